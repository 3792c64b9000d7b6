/** @file Sparse adversarial attacks (section 2.1): a small perturbation, spent where the negative mask says. */
import type { Scalar, Tensor4D } from '@tensorflow/tfjs';
import { type Grid, resample } from '../../../contract/noiseMap';
import { tf } from '../../engine/tf';
import { buildEncoder } from '../../models/encoder';
import { maskModelFromSpec } from '../../models/maskModel';
import type { EncoderSpec, MaskModelSpec } from '../../models/spec';
import type { Encoder } from '../../models/types';
import { Random } from '../../noise/random';
import { mean } from '../../noise/statistics';
import { auroc } from '../../saliency/scores/auroc';
import { breatheOrStop } from '../../training/jobs/loop';
import { mapsOf } from '../../training/jobs/previews';
import type { JobContext } from '../../training/protocol';
import { SIZE, testImages, trainedEncoder, trainedMask } from '../images/encoder';
import { answersTo, inBatches, objectsOf, picturesOf, pngOf } from '../images/pictures';
import { Stages } from '../images/stages';
import type { LabConfig, LabContext, LabImage } from '../types';
import { largest, noisePerturbation, perturbation } from './perturbation';
import type { AttackReport, AttackRow, Direction, Place } from './types';

const FULL = { steps: 100, most: 200, sizes: [0.5, 1, 2, 4, 6, 8, 12, 16, 24, 32, 64] };
const QUICK = { steps: 50, most: 50, sizes: [1, 2, 4, 8, 16, 32, 64] };
const SPARSE = 0.1;
const PIXELS = SIZE * SIZE;
const PLACES: Place[] = ['everywhere', 'mask', 'other', 'gradient', 'random'];
const ATTACKS = PLACES.flatMap((place) =>
  (['noise', 'sign'] as Direction[]).map((direction) => ({ place, direction })),
);
const SHOWN = { count: 4, size: 8 };

interface SeedResult {
  flips: number[][];
  least: number[];
  objects: number;
  images: number;
  accuracy: number;
  pictures: AttackReport['pictures'];
}

export async function runAttack(
  { seed, seeds, quick }: LabConfig,
  context: LabContext,
): Promise<AttackReport> {
  const { steps, most, sizes } = quick ? QUICK : FULL;
  const { images, classes } = context;
  const list = Array.from({ length: seeds }, (_, i) => seed + i);
  const stages = new Stages(context, 1 + 2 * seeds);
  let known: EncoderSpec | undefined;
  const results: SeedResult[] = [];
  for (const one of list)
    results.push(
      await context.part(`seed ${one}`, async () => {
        // What is attacked is an encoder as it is usually trained: one that reads noise hardly gives way to noise.
        known ??= await stages.run((job) => trainedEncoder(job, images, classes, seed, 0));
        const spec = known;
        const mask = await stages.run((job) => trainedMask(job, 'negative', spec, images, one, { steps }));
        const encoder = await buildEncoder(spec);
        try {
          return await stages.run((job) => attack(encoder, mask, testImages(images, most), sizes, one, job));
        } finally {
          encoder.dispose();
        }
      }),
    );
  const { accuracy, pictures, images: attacked } = results[0]!;
  return {
    ...{ experiment: 'attack', seeds: list, sizes, sparse: SPARSE, accuracy, pictures },
    images: attacked,
    objects: results.map(({ objects }) => objects),
    rows: ATTACKS.map(
      (one, a): AttackRow => ({
        ...one,
        flips: sizes.map((_, s) => results.map(({ flips }) => flips[a]![s]!)),
        least: results.map(({ least }) => least[a]!),
      }),
    ),
  };
}

async function attack(
  encoder: Encoder,
  mask: MaskModelSpec,
  tested: LabImage[],
  sizes: number[],
  seed: number,
  job: JobContext,
): Promise<SeedResult> {
  const { values } = await picturesOf(job, tested, SIZE, encoder.normalisation);
  const answers = await answersTo(encoder, values, SIZE);
  const right = tested.flatMap(({ label }, i) => (answers[i] === label ? [i] : []));
  const images = right.map((i) => tested[i]!);
  const length = PIXELS * 3;
  const clean = new Float32Array(right.length * length);
  right.forEach((from, to) => {
    clean.set(values.subarray(from * length, (from + 1) * length), to * length);
  });
  const labels = images.map(({ label }) => label!);
  const gradient = await lossGradient(encoder, clean, labels);
  const maps = await negativeMaps(mask, images, job);
  const chosen = choices(maps, gradient, seed);
  const flips: number[][] = [];
  const least: number[] = [];
  const shown: AttackReport['pictures'] = [
    { title: 'image', images: await some(clean) },
    { title: 'negative mask', images: await Promise.all(maps.slice(0, SHOWN.count).map(pictureOf)) },
  ];
  for (const [a, { place, direction }] of ATTACKS.entries()) {
    const byImage = images.map(() => sizes.at(-1)!);
    const held = new Set(images.keys());
    const shares: number[] = [];
    for (const size of sizes) {
      await breatheOrStop(job);
      const random = new Random(seed, a, `attack ${size}`);
      const view = Float32Array.from(clean);
      images.forEach((_, i) => {
        const places = chosen[place][i]!;
        const change =
          direction === 'noise'
            ? noisePerturbation(places, random.normals(new Float32Array(length)), size)
            : perturbation(places, gradient.subarray(i * length, (i + 1) * length), size);
        change.forEach((value, k) => {
          view[i * length + k]! += value;
        });
      });
      const now = await answersTo(encoder, view, SIZE);
      const flipped = now.map((answer, i) => answer !== labels[i]);
      shares.push(mean(flipped.map(Number)));
      flipped.forEach((one, i) => {
        if (one && held.delete(i)) byImage[i] = size;
      });
      if (size === SHOWN.size) shown.push({ title: `${place}, ${direction}`, images: await some(view) });
    }
    flips.push(shares);
    least.push(mean(byImage));
    job.send({ type: 'progress', step: a + 1, steps: ATTACKS.length });
  }
  const objects = await objectsOf(images, SIZE);
  const found = objects.flatMap((object, i) => (object ? [auroc(maps[i]!, object)] : []));
  return {
    ...{ flips, least, objects: mean(found), images: images.length, pictures: shown },
    accuracy: right.length / tested.length,
  };
}

/** Of the cross entropy of the true class, by the pixels. @returns [images, pixels, 3] */
async function lossGradient(encoder: Encoder, clean: Float32Array, labels: number[]): Promise<Float32Array> {
  const gradient = new Float32Array(clean.length);
  await inBatches(clean, SIZE, encoder.normalisation, async (x, from) => {
    const slope = tf.tidy(() => {
      const truth = tf.oneHot(labels.slice(from, from + x.shape[0]), encoder.classes!.length).toFloat();
      const loss = (input: Tensor4D) =>
        truth
          .mul(tf.logSoftmax(encoder.logits!(input)))
          .sum()
          .neg() as Scalar;
      return tf.grad(loss as never)(x) as Tensor4D;
    });
    gradient.set(await slope.data<'float32'>(), from * PIXELS * 3);
    slope.dispose();
  });
  return gradient;
}

/** Log-odds of every pixel, larger where noise hurts more. */
async function negativeMaps(
  mask: MaskModelSpec,
  images: LabImage[],
  job: JobContext,
): Promise<Float32Array[]> {
  const model = maskModelFromSpec(mask);
  try {
    const drawn = await mapsOf(job, images, model.logOdds, SIZE, mask.normalisation);
    return drawn.map(({ width, height, logOdds }): Float32Array => {
      const map: Grid = { width, height, values: logOdds };
      return resample(map, SIZE, SIZE).values;
    });
  } finally {
    model.dispose();
  }
}

/** The pixels of every image that an attack on each place may change. */
function choices(maps: Float32Array[], gradient: Float32Array, seed: number): Record<Place, Uint8Array[]> {
  const count = Math.round(SPARSE * PIXELS);
  const slopes = maps.map((_, i) =>
    Float32Array.from({ length: PIXELS }, (__, p) => {
      const at = (i * PIXELS + p) * 3;
      return Math.abs(gradient[at]!) + Math.abs(gradient[at + 1]!) + Math.abs(gradient[at + 2]!);
    }),
  );
  const masks = maps.map((map) => largest(map, count));
  return {
    everywhere: maps.map(() => new Uint8Array(PIXELS).fill(1)),
    mask: masks,
    other: masks.map((_, i) => masks[(i + 1) % masks.length]!),
    gradient: slopes.map((slope) => largest(slope, count)),
    random: maps.map((_, i) =>
      largest(new Random(seed, i, 'places').normals(new Float32Array(PIXELS)), count),
    ),
  };
}

const some = (values: Float32Array): Promise<string[]> =>
  Promise.all(
    Array.from({ length: Math.min(SHOWN.count, values.length / PIXELS / 3) }, (_, i) =>
      pngOf(values.subarray(i * PIXELS * 3, (i + 1) * PIXELS * 3), SIZE),
    ),
  );

/** A map in grey, from its least to its largest value. */
function pictureOf(map: Float32Array): Promise<string> {
  const [low, high] = [Math.min(...map), Math.max(...map)];
  return pngOf(
    map.map((value) => (255 * (value - low)) / Math.max(high - low, 1e-9)),
    SIZE,
    1,
  );
}
