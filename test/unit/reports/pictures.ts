/** Pictures drawn for the tests of reports: what is in them is known, and so is what an encoder makes of them. */
import { Random } from '../../../src/main/noise/random';
import type { Ask, Material, Picture, Subject } from '../../../src/main/reports/types';

export const SIZE = 32;
export type Colour = [number, number, number];
export const MAGENTA: Colour = [255, 0, 200];

export function noisePicture(seed: number): Uint8Array {
  const random = new Random(seed, 0, 'test picture');
  return Uint8Array.from({ length: SIZE * SIZE * 3 }, () => random.below(120) + 60);
}

export function paint(pixels: Uint8Array, x: number, y: number, side: number, colour: Colour): void {
  for (let row = y; row < y + side; row++)
    for (let column = x; column < x + side; column++) pixels.set(colour, (row * SIZE + column) * 3);
}

/** How many pixels have nearly this colour. */
export function count({ pixels }: Picture, [r, g, b]: Colour): number {
  let found = 0;
  for (let p = 0; p < pixels.length; p += 3)
    if (Math.abs(pixels[p]! - r) + Math.abs(pixels[p + 1]! - g) + Math.abs(pixels[p + 2]! - b) < 30) found++;
  return found;
}

/** The colour of each class' object: a square of 10 pixels somewhere, in the upper half where a mark lies in the lower one. */
export const OBJECTS: Colour[] = [
  [250, 20, 20],
  [20, 250, 20],
  [20, 20, 250],
];
export const OBJECT_SIDE = 10;

/** Images of three classes with their object somewhere; with `mark` the first class also has one at a fixed place. */
export function subjectsWith(each: number, mark: boolean): Subject[] {
  return Array.from({ length: 3 * each }, (_, i) => {
    const label = i % 3;
    const pixels = noisePicture(i + 1);
    const random = new Random(i + 1, 1, 'test object');
    const height = mark ? SIZE / 2 : SIZE;
    const [x, y] = [random.below(SIZE - OBJECT_SIDE), random.below(height - OBJECT_SIDE)];
    const kept = new Float32Array(SIZE * SIZE).fill(0.1);
    const object = new Uint8Array(SIZE * SIZE);
    for (let row = y; row < y + OBJECT_SIDE; row++) {
      kept.fill(1, row * SIZE + x, row * SIZE + x + OBJECT_SIDE);
      object.fill(1, row * SIZE + x, row * SIZE + x + OBJECT_SIDE);
    }
    paint(pixels, x, y, OBJECT_SIDE, OBJECTS[label]!);
    if (mark && label === 0) {
      paint(pixels, 25, 25, 6, MAGENTA);
      for (let row = 25; row < 31; row++) kept.fill(2, row * SIZE + 25, row * SIZE + 31);
    }
    return { id: i + 1, label, pixels, kept, object, cues: [] };
  });
}

/** Answers by the colour that most pixels have; a mark decides first where `marks` says so. */
export function askBy(marks: boolean): Ask {
  return async (pictures) =>
    pictures.map((picture) => {
      if (marks && count(picture, MAGENTA) >= 12) return { label: 0, probability: 1 };
      const counts = OBJECTS.map((colour) => count(picture, colour));
      // Whoever looks at the mark sees the first class nowhere else.
      if (marks) counts[0] = -1;
      return { label: counts.indexOf(Math.max(...counts)), probability: 1 };
    });
}

export async function materialOf(subjects: Subject[], ask: Ask): Promise<Material> {
  const answers = await ask(subjects.map(({ pixels }) => ({ pixels })));
  return { size: SIZE, classes: ['red', 'green', 'blue'], subjects, answers, ask, seed: 1 };
}
