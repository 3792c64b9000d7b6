/** @file Every score of the maps of a few images (docs/scores.md). */
import type { Tensor4D } from '@tensorflow/tfjs';
import { type ScoreName, scoreName } from '../../contract/types';
import { tf } from '../engine/tf';
import type { Encoder } from '../models/types';
import { Random } from '../noise/random';
import { gaussianBlur } from './blur';
import type { Explainer } from './explainer';
import { confidences, type Pixels } from './faithfulness/answers';
import { areaUnder, replacedBySaliency } from './faithfulness/removal';
import { roadScore, roadVersions } from './faithfulness/road';
import { maxSensitivity } from './faithfulness/sensitivity';
import { gini } from './scores/gini';
import { objectScores } from './scores/object';
import { rankCorrelation } from './scores/rankCorrelation';
import { type Target, targetOf } from './target';

/** One value an image that was measured. */
export type ScoreLists = Record<ScoreName, number[]>;

export interface Scoring {
  encoder: Encoder;
  /** Normalised images [batch, height, width, 3]. */
  x: Tensor4D;
  /** 1 on the object, 0 outside, [height, width]; null where none is known. */
  objects: (Uint8Array | null)[];
  /** How many of the images, from the first, are also tested for faithfulness: that takes hundreds of passes each. */
  tested: number;
  seed: number;
  breathe(): Promise<void>;
}

/** What is inserted into: the image blurred by this share of its side. */
const BLUR = 1 / 12;

/**
 * @param maps of the images, drawn by the explainer
 * @param stranger the same method for an encoder with randomised weights, where there is one
 */
export async function scoreMaps(
  scoring: Scoring,
  explainer: Explainer,
  maps: Float32Array[],
  stranger: Explainer | undefined,
): Promise<ScoreLists> {
  const { x, objects, tested, seed } = scoring;
  const lists = Object.fromEntries(scoreName.options.map((name) => [name, [] as number[]])) as ScoreLists;
  const add = (values: Partial<Record<ScoreName, number>>) => {
    // A map without any saliency has no mass to place; its other scores stand.
    for (const [name, value] of Object.entries(values))
      if (Number.isFinite(value)) lists[name as ScoreName].push(value);
  };
  const width = x.shape[2];
  maps.forEach((map, i) => {
    const object = objects[i];
    // Without anything inside, or outside, there is nothing to tell apart.
    if (object?.includes(1) && object.includes(0)) add(objectScores(map, object, width));
    add({ gini: gini(map) });
  });
  if (tested === 0) return lists;

  const part = x.slice([0, 0, 0, 0], [tested, -1, -1, -1]);
  const target = targetOf(scoring.encoder, part);
  try {
    const [pixels, blurred] = await pixelsOf(part);
    for (let i = 0; i < tested; i++)
      add(await faithfulness(scoring, target, i, maps[i]!, pixels[i]!, blurred[i]!));
    const drawn = maps.slice(0, tested);
    const changes = await maxSensitivity(part, drawn, (moved) => explainer.explain(moved, seed), seed);
    for (const sensitivity of changes) add({ sensitivity });
    const compare = async (name: 'randomisation' | 'seeds', other: Explainer, otherSeed: number) => {
      const others = await other.explain(part, otherSeed);
      for (const [i, map] of others.entries()) add({ [name]: rankCorrelation(map, drawn[i]!) });
    };
    if (stranger) await compare('randomisation', stranger, seed);
    if (explainer.random) await compare('seeds', explainer, seed + 1);
  } finally {
    target.dispose();
    part.dispose();
  }
  return lists;
}

async function faithfulness(
  { x, seed, breathe }: Scoring,
  target: Target,
  image: number,
  map: Float32Array,
  pixels: Pixels,
  blurred: Pixels,
): Promise<Partial<Record<ScoreName, number>>> {
  const size: [number, number] = [x.shape[1], x.shape[2]];
  const sure = (versions: Pixels[]) => confidences(target, versions, image, size, breathe);
  // The mean colour is 0 in normalised units.
  const nothing = new Float32Array(pixels.length);
  const { lerf, morf } = roadVersions(map, pixels, size, new Random(seed, image, 'road'));
  return {
    deletion: areaUnder(await sure(replacedBySaliency(map, pixels, nothing))),
    insertion: areaUnder(await sure(replacedBySaliency(map, blurred, pixels))),
    road: roadScore(await sure(lerf), await sure(morf)),
  };
}

/** The images, and the images blurred, as arrays. */
async function pixelsOf(x: Tensor4D): Promise<[Pixels[], Pixels[]]> {
  const blurred = gaussianBlur(x, BLUR * Math.min(x.shape[1], x.shape[2]));
  const both = await Promise.all([x, blurred].map((images) => images.data<'float32'>()));
  tf.dispose(blurred);
  const length = x.size / x.shape[0];
  return both.map((values) =>
    Array.from({ length: x.shape[0] }, (_, i) => values.slice(i * length, (i + 1) * length)),
  ) as [Pixels[], Pixels[]];
}
