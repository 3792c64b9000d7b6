/**
 * @file Patterns that recur: a small piece of picture that most images of one class have, at whatever place, and hardly an
 * image of the others. A sticker or a logo is the same picture everywhere; parts of natural objects hardly ever are.
 */
import { boxSums } from './boxes';
import { separation } from './statistics';
import type { Box, Subject } from './types';

/** Pictures are searched at this side. */
const SIDE = 32;
/** Sides of the pieces that are looked for, in those pixels. */
const PIECES = [6, 10];
/** Images of a class that pieces are taken from, and pieces of each. */
const SOURCES = 6;
/** Pieces are chosen on so many images of the class, and twice as many others. */
const JUDGES = 25;
/** A piece that separates less well on these is not looked for in all. */
const PROMISING = 0.8;
const PEAKS = 2;

export interface Pattern {
  label: number;
  /** Where the piece was taken from. */
  sourceId: number;
  /** P(an image of the class is more like it than an image of another). */
  separation: number;
  /** The best match in every image, in order, and how far it is off: mean squared difference of colours. */
  matches: { box: Box; distance: number }[];
}

interface Small {
  /** [SIDE, SIDE, 3] */
  colours: Float32Array;
}

/** Every class' most telling piece; images of fewer than two classes have none. */
export function recurringPatterns(subjects: Subject[], classes: number, size: number): Pattern[] {
  const small = subjects.map(({ pixels }) => shrunk(pixels, size));
  return Array.from({ length: classes }, (_, label) => best(subjects, small, label, size)).filter(
    (pattern) => pattern !== null,
  );
}

function best(subjects: Subject[], small: Small[], label: number, size: number): Pattern | null {
  const ours = subjects.flatMap((subject, i) => (subject.label === label ? [i] : []));
  const others = subjects.flatMap((subject, i) => (subject.label === label ? [] : [i]));
  if (ours.length < 3 || others.length < 3) return null;
  const judges = [...spread(ours, JUDGES), ...spread(others, 2 * JUDGES)];
  let found: { separation: number; source: number; piece: Float32Array; side: number } | null = null;
  for (const source of spread(ours, SOURCES))
    for (const side of PIECES)
      for (const { x, y } of peaks(subjects[source]!.kept, size, side)) {
        const piece = cut(small[source]!, x, y, side);
        const value = separationBy(
          judges,
          subjects,
          label,
          source,
          (i) => search(small[i]!, piece, side).distance,
        );
        if (!found || value > found.separation) found = { separation: value, source, piece, side };
      }
  if (!found || found.separation < PROMISING) return null;
  const { source, piece, side } = found;
  const matches = small.map((picture) => search(picture, piece, side));
  const scale = size / SIDE;
  const all = subjects.map((_, i) => i);
  return {
    label,
    sourceId: subjects[source]!.id,
    // The pieces were chosen on a sample; what is reported is measured on all other images.
    separation: separationBy(all, subjects, label, source, (i) => matches[i]!.distance),
    matches: matches.map(({ x, y, distance }) => ({
      box: {
        x: Math.round(x * scale),
        y: Math.round(y * scale),
        width: Math.round(side * scale),
        height: Math.round(side * scale),
      },
      distance,
    })),
  };
}

function separationBy(
  images: number[],
  subjects: Subject[],
  label: number,
  source: number,
  distance: (image: number) => number,
): number {
  const scored = images
    .filter((i) => i !== source)
    .map((i) => [subjects[i]!.label === label, -distance(i)] as const);
  const of = (ours: boolean) => scored.flatMap(([is, score]) => (is === ours ? [score] : []));
  return separation(of(true), of(false));
}

function spread(items: number[], count: number): number[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, k) => items[Math.floor(((k + 0.5) * items.length) / count)]!);
}

function shrunk(pixels: Uint8Array, size: number): Small {
  const colours = new Float32Array(SIDE * SIDE * 3);
  for (let channel = 0; channel < 3; channel++) {
    const plane = Float32Array.from({ length: size * size }, (_, p) => pixels[p * 3 + channel]!);
    const sum = boxSums(plane, size);
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) {
        const left = Math.floor((x * size) / SIDE);
        const top = Math.floor((y * size) / SIDE);
        const width = Math.max(1, Math.floor(((x + 1) * size) / SIDE) - left);
        const height = Math.max(1, Math.floor(((y + 1) * size) / SIDE) - top);
        colours[(y * SIDE + x) * 3 + channel] =
          sum({ x: left, y: top, width, height }) / (width * height) / 255;
      }
  }
  return { colours };
}

/** The places of most kept information that do not overlap, in small pixels. */
function peaks(kept: Float32Array, size: number, side: number): { x: number; y: number }[] {
  const sum = boxSums(kept, size);
  const scale = size / SIDE;
  const places: { x: number; y: number; bits: number }[] = [];
  for (let y = 0; y <= SIDE - side; y++)
    for (let x = 0; x <= SIDE - side; x++) {
      const width = Math.floor(side * scale);
      const box = { x: Math.floor(x * scale), y: Math.floor(y * scale), width, height: width };
      places.push({ x, y, bits: sum(box) });
    }
  places.sort((a, b) => b.bits - a.bits);
  const chosen: typeof places = [];
  for (const place of places) {
    if (chosen.length === PEAKS) break;
    if (chosen.every(({ x, y }) => Math.max(Math.abs(x - place.x), Math.abs(y - place.y)) >= side * 0.75))
      chosen.push(place);
  }
  return chosen;
}

function cut({ colours }: Small, x: number, y: number, side: number): Float32Array {
  const piece = new Float32Array(side * side * 3);
  for (let row = 0; row < side; row++)
    piece.set(
      colours.subarray(((y + row) * SIDE + x) * 3, ((y + row) * SIDE + x + side) * 3),
      row * side * 3,
    );
  return piece;
}

/** The place most like the piece; a place is given up as soon as it is worse than the best. */
function search(
  { colours }: Small,
  piece: Float32Array,
  side: number,
): { x: number; y: number; distance: number } {
  let best = { x: 0, y: 0, distance: Number.POSITIVE_INFINITY };
  for (let y = 0; y <= SIDE - side; y++)
    for (let x = 0; x <= SIDE - side; x++) {
      let sum = 0;
      for (let row = 0; row < side && sum < best.distance; row++) {
        const from = ((y + row) * SIDE + x) * 3;
        const line = row * side * 3;
        for (let k = 0; k < side * 3; k++) {
          const off = colours[from + k]! - piece[line + k]!;
          sum += off * off;
        }
      }
      if (sum < best.distance) best = { x, y, distance: sum };
    }
  return { ...best, distance: best.distance / piece.length };
}
