/**
 * @file The class-position test: is there a place where one class differs from the others in all its images? It says
 * what is in the maps, or in the pixels, and nothing about what the encoder uses: it nominates regions for interventions.
 */
import { Random } from '../noise/random';
import { boxSums, slidingWindows } from './boxes';
import { momentsOf, separation, welchZ } from './statistics';
import type { Box } from './types';

export interface Place {
  label: number;
  box: Box;
  z: number;
  /** Familywise over all windows and classes, by permutation of labels. */
  p: number;
  /** The median |z| of the class over all windows: how far the place stands out. */
  typicalZ: number;
}

const PERMUTATIONS = 200;
/** The variance of a few images is a matter of luck: their z under shuffled labels would hide the places of every other class. */
const LEAST_IMAGES = 8;

/** One value a window and image: rows are images, columns windows (times features). */
interface Pooled {
  images: number;
  columns: number;
  values: Float32Array;
  boxOf(column: number): Box;
}

/** @param kept maps of kept information, [size, size] each */
export function hotPlaces(
  kept: Float32Array[],
  labels: number[],
  classes: number,
  size: number,
  seed: number,
): Place[] {
  const windows = slidingWindows(size);
  const values = new Float32Array(kept.length * windows.length);
  kept.forEach((map, i) => {
    const sum = boxSums(map, size);
    windows.forEach((box, w) => {
      values[i * windows.length + w] = sum(box) / (box.width * box.height);
    });
  });
  const pooled = { images: kept.length, columns: windows.length, values, boxOf: (w: number) => windows[w]! };
  return strongest(pooled, labels, classes, (z) => z, seed);
}

/** The same on the colours of the pixels: what the data has at a fixed place, whether or not anybody looks there. */
export function colouredPlaces(
  pixels: Uint8Array[],
  labels: number[],
  classes: number,
  size: number,
  seed: number,
): Place[] {
  const windows = slidingWindows(size);
  const columns = windows.length * 3;
  const values = new Float32Array(pixels.length * columns);
  pixels.forEach((image, i) => {
    for (let channel = 0; channel < 3; channel++) {
      const plane = Float32Array.from({ length: size * size }, (_, p) => image[p * 3 + channel]!);
      const sum = boxSums(plane, size);
      windows.forEach((box, w) => {
        values[i * columns + w * 3 + channel] = sum(box) / (box.width * box.height);
      });
    }
  });
  const pooled = {
    images: pixels.length,
    columns,
    values,
    boxOf: (w: number) => windows[Math.floor(w / 3)]!,
  };
  return strongest(pooled, labels, classes, Math.abs, seed);
}

/**
 * How well a place tells a class from the others by the mean of one colour channel: the best channel's AUROC, in either
 * direction. A cue at a fixed place separates nearly every image; an object that only tends to be there does not.
 * @returns in [0.5, 1]
 */
export function colourSeparation(pixels: Uint8Array[], labels: number[], place: Place, size: number): number {
  return Math.max(
    ...[0, 1, 2].map((channel) => {
      const means = pixels.map((image) =>
        boxSums(
          Float32Array.from({ length: size * size }, (_, p) => image[p * 3 + channel]!),
          size,
        )(place.box),
      );
      const of = (inside: boolean) => means.filter((_, i) => (labels[i] === place.label) === inside);
      const above = separation(of(true), of(false));
      return Math.max(above, 1 - above);
    }),
  );
}

/** Every class' strongest place, with its p value from the strongest place of any class under shuffled labels. */
function strongest(
  pooled: Pooled,
  labels: number[],
  classes: number,
  strength: (z: number) => number,
  seed: number,
): Place[] {
  const totals = columnTotals(pooled);
  const zOf = (shuffled: ArrayLike<number>) => zScores(pooled, totals, shuffled, classes);
  const observed = zOf(labels);
  const random = new Random(seed, labels.length, 'fixed places');
  const highest = Array.from({ length: PERMUTATIONS }, () => {
    const order = random.permutation(labels.length);
    const scores = zOf(Array.from(order, (i) => labels[i]!));
    return Math.max(...scores.map((row) => row.reduce((most, z) => Math.max(most, strength(z)), 0)));
  });
  return observed.map((row, label) => {
    let best = 0;
    row.forEach((z, column) => {
      if (strength(z) > strength(row[best]!)) best = column;
    });
    const z = strength(row[best]!);
    const above = highest.filter((other) => other >= z).length;
    const sizes = row.map(Math.abs).sort();
    const typicalZ = sizes[Math.floor(sizes.length / 2)]!;
    return { label, box: pooled.boxOf(best), z, p: (above + 1) / (PERMUTATIONS + 1), typicalZ };
  });
}

function columnTotals({ images, columns, values }: Pooled): { sums: Float64Array; squares: Float64Array } {
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let i = 0; i < images; i++)
    for (let c = 0; c < columns; c++) {
      const value = values[i * columns + c]!;
      sums[c]! += value;
      squares[c]! += value * value;
    }
  return { sums, squares };
}

/** Each class against the rest, in every column. @returns [classes][columns] */
function zScores(
  { images, columns, values }: Pooled,
  totals: ReturnType<typeof columnTotals>,
  labels: ArrayLike<number>,
  classes: number,
): Float32Array[] {
  const counts = new Array<number>(classes).fill(0);
  const sums = Array.from({ length: classes }, () => new Float64Array(columns));
  const squares = Array.from({ length: classes }, () => new Float64Array(columns));
  for (let i = 0; i < images; i++) {
    const label = labels[i]!;
    counts[label]!++;
    const [sum, square] = [sums[label]!, squares[label]!];
    for (let c = 0; c < columns; c++) {
      const value = values[i * columns + c]!;
      sum[c]! += value;
      square[c]! += value * value;
    }
  }
  return counts.map((count, label) =>
    Float32Array.from({ length: columns }, (_, c) => {
      const others = images - count;
      if (Math.min(count, others) < LEAST_IMAGES) return 0;
      const [sum, square] = [sums[label]![c]!, squares[label]![c]!];
      return welchZ(
        momentsOf(count, sum, square),
        momentsOf(others, totals.sums[c]! - sum, totals.squares[c]! - square),
      );
    }),
  );
}
