/**
 * @file Whether a simple property of an image tells its class: brightness, darkness, blur, saturation, size, aspect, border. Each
 * is measured against the share of the largest class, which is what knowing nothing reaches.
 */

import { upperTail } from '../../contract/noiseMap';
import type { ImageProperty } from '../../contract/reports';
import { Random } from '../noise/random';
import { mean } from '../noise/statistics';
import { figureOf } from './figures';
import { holm } from './statistics';

export interface Measured {
  id: number;
  label: number;
  /** RGB bytes [size, size, 3]. */
  pixels: Uint8Array;
  /** Of the file, in pixels. */
  width: number;
  height: number;
}

type Name = ImageProperty['name'];

/** With the ids of every class, those that have most of it first. */
export type FoundProperty = ImageProperty & { extremes: number[][] };

const FOLDS = 5;
const BINS = 8;
/** Fewer images cannot be left out in turns. */
const LEAST_IMAGES = 20;

export function imageProperties(
  images: Measured[],
  classes: number,
  size: number,
  seed: number,
): FoundProperty[] {
  if (images.length < LEAST_IMAGES) return [];
  const labels = images.map(({ label }) => label);
  const counts = Array.from(
    { length: classes },
    (_, label) => labels.filter((other) => other === label).length,
  );
  const majority = Math.max(...counts) / images.length;
  const measured = images.map((image) => propertiesOf(image, size));
  const found = (Object.keys(measured[0]!) as Name[]).map((name) => {
    const values = measured.map((one) => one[name]);
    const hits = predicted(values, labels, seed).map((answer, i) => Number(answer === labels[i]));
    const deviation = Math.sqrt((majority * (1 - majority)) / images.length);
    return {
      name,
      accuracy: figureOf(hits, seed),
      majority,
      p: deviation > 0 ? upperTail((mean(hits) - majority) / deviation) : 1,
      // A class none of whose images could be read has none.
      means: counts.map((count, label) =>
        count === 0 ? 0 : mean(values.filter((_value, i) => labels[i] === label)),
      ),
      extremes: counts.map((_, label) =>
        images
          .flatMap((image, i) => (image.label === label ? [{ id: image.id, value: values[i]! }] : []))
          .sort((a, b) => b.value - a.value)
          .map(({ id }) => id),
      ),
    };
  });
  const adjusted = holm(found.map(({ p }) => p));
  return found.map((one, i) => ({ ...one, p: adjusted[i]! }));
}

function propertiesOf({ pixels, width, height }: Measured, size: number): Record<Name, number> {
  const grey = new Float32Array(size * size);
  let saturation = 0;
  for (let p = 0; p < grey.length; p++) {
    const [r, g, b] = [pixels[p * 3]!, pixels[p * 3 + 1]!, pixels[p * 3 + 2]!];
    grey[p] = 0.299 * r + 0.587 * g + 0.114 * b;
    const most = Math.max(r, g, b);
    if (most > 0) saturation += (most - Math.min(r, g, b)) / most;
  }
  const sorted = Float32Array.from(grey).sort();
  return {
    brightness: mean(grey) / 255,
    darkness: 1 - sorted[Math.floor(0.99 * (sorted.length - 1))]! / 255,
    blur: 1 / (1 + Math.sqrt(laplacianVariance(grey, size))),
    saturation: saturation / grey.length,
    size: Math.log2(width * height),
    aspect: Math.log2(width / height),
    border: uniformBorder(grey, size),
  };
}

function laplacianVariance(grey: Float32Array, size: number): number {
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < size - 1; y++)
    for (let x = 1; x < size - 1; x++) {
      const p = y * size + x;
      const value = grey[p - 1]! + grey[p + 1]! + grey[p - size]! + grey[p + size]! - 4 * grey[p]!;
      sum += value;
      squares += value * value;
      count++;
    }
  return squares / count - (sum / count) ** 2;
}

/** Share of the sides' outermost lines that have one tone throughout. */
function uniformBorder(grey: Float32Array, size: number): number {
  const line = (at: (i: number) => number) => {
    const values = Array.from({ length: size }, (_, i) => grey[at(i)]!);
    return Number(Math.max(...values) - Math.min(...values) < 8);
  };
  return mean([
    line((i) => i),
    line((i) => (size - 1) * size + i),
    line((i) => i * size),
    line((i) => i * size + size - 1),
  ]);
}

/** The most frequent class among images of the other folds with a like value (bins of equal counts). */
function predicted(values: number[], labels: number[], seed: number): number[] {
  const order = new Random(seed, values.length, 'folds').permutation(values.length);
  const answers = new Array<number>(values.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const [left, known] = [true, false].map((out) =>
      [...order].filter((_, place) => (place % FOLDS === fold) === out),
    ) as [number[], number[]];
    const edges = edgesOf(known.map((j) => values[j]!));
    const inBin = Array.from({ length: BINS }, () => [] as number[]);
    for (const j of known) inBin[binOf(values[j]!, edges)]!.push(labels[j]!);
    const usual = mostFrequent(known.map((j) => labels[j]!));
    const best = inBin.map((found) => (found.length > 0 ? mostFrequent(found) : usual));
    for (const i of left) answers[i] = best[binOf(values[i]!, edges)]!;
  }
  return answers;
}

function edgesOf(values: number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return Array.from({ length: BINS - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / BINS)]!);
}

const binOf = (value: number, edges: number[]): number => edges.filter((edge) => value >= edge).length;

function mostFrequent(labels: number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}
