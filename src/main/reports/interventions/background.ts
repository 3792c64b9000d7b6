/**
 * @file Whether the answers hang on what lies around the object: objects are moved onto the surroundings of other classes,
 * and taken out of their own. Where nobody drew the object, the hottest part of its map stands in for it.
 */
import { Random } from '../../noise/random';
import { maskOfBoxes } from '../boxes';
import { composed, filled } from '../edits';
import type { Answer, Ask, Box, Subject } from '../types';
import { draw } from './region';

const GROUNDS = 3;

/** One image, and what became of its answer; shares over several pictures. */
export interface Swapped {
  id: number;
  label: number;
  /** The object on other classes' surroundings: another answer than its class. */
  left: number;
  /** ... the class that the surroundings come from. */
  followsGround: number;
  /** The object on its own class' surroundings: another answer than its class. What the cutting alone does. */
  leftControl: number;
  /** The class that its surroundings alone are answered as. */
  without: number;
}

export interface Movable {
  subject: Subject;
  /** What is moved, and filled where the picture serves as surroundings: the object, and a cue that has been proved. */
  object: Uint8Array;
}

/** @param movable images answered right, of all classes */
export async function swapBackgrounds(
  movable: Movable[],
  size: number,
  seed: number,
  ask: Ask,
): Promise<Swapped[]> {
  const grounds = movable.map(({ subject, object }) =>
    filled(subject.pixels, object, size, new Random(seed, subject.id, 'fill')),
  );
  const plans = movable.map(({ subject }, i) => {
    const random = new Random(seed, subject.id, 'swap');
    const pick = (own: boolean) =>
      draw(
        movable.flatMap((other, j) =>
          j !== i && (other.subject.label === subject.label) === own ? [j] : [],
        ),
        GROUNDS,
        random,
      );
    return { i, other: pick(false), own: pick(true) };
  });
  const onto = (i: number, j: number) => ({
    pixels: composed(movable[i]!.subject.pixels, movable[i]!.object, grounds[j]!),
  });
  const answers = await ask(
    plans.flatMap(({ i, other, own }) => [
      { pixels: grounds[i]! },
      ...[...other, ...own].map((j) => onto(i, j)),
    ]),
  );
  let at = 0;
  const next = (count: number) => {
    at += count;
    return answers.slice(at - count, at);
  };
  return plans.map(({ i, other, own }) => {
    const { id, label } = movable[i]!.subject;
    const [without] = next(1);
    const [onOther, onOwn] = [next(other.length), next(own.length)];
    const share = (of: Answer[], holds: (answer: Answer, k: number) => boolean) =>
      of.length === 0 ? 0 : of.filter(holds).length / of.length;
    return {
      ...{ id, label },
      left: share(onOther, (answer) => answer.label !== label),
      followsGround: share(onOther, (answer, k) => answer.label === movable[other[k]!]!.subject.label),
      leftControl: share(onOwn, (answer) => answer.label !== label),
      without: without!.label,
    };
  });
}

/** Places of the regions that are taken out one at a time: three by three, each half the side. */
function largeRegions(size: number): Box[] {
  const side = Math.round(size / 2);
  const starts = [0, Math.round((size - side) / 2), size - side];
  return starts.flatMap((y) => starts.map((x) => ({ x, y, width: side, height: side })));
}

/**
 * Whether the answer stays whichever large region is filled from the rest of the picture: then it hangs on no single
 * thing, and what it hangs on is spread over the picture. @returns for every subject the share of regions that can go
 */
export async function lossOfRegions(
  subjects: Subject[],
  size: number,
  seed: number,
  ask: Ask,
): Promise<number[]> {
  const regions = largeRegions(size);
  const masks = regions.map((box) => maskOfBoxes([box], size));
  const answers = await ask(
    subjects.flatMap((subject) =>
      masks.map((mask, k) => ({
        pixels: filled(subject.pixels, mask, size, new Random(seed, subject.id * 9 + k, 'loss')),
      })),
    ),
  );
  return subjects.map(
    ({ label }, i) =>
      answers.slice(i * regions.length, (i + 1) * regions.length).filter((answer) => answer.label === label)
        .length / regions.length,
  );
}
