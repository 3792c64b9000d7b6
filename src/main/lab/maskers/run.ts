/** @file Table 1 of the paper, measured: ways to hide part of an image, at equal information removed. */
import { buildEncoder } from '../../models/encoder';
import type { EncoderSpec } from '../../models/spec';
import type { Encoder } from '../../models/types';
import type { Masked, Masker, Pictures } from '../../noise/maskers/types';
import { Random } from '../../noise/random';
import { mean } from '../../noise/statistics';
import { breatheOrStop } from '../../training/jobs/loop';
import { SIZE, testImages, trainedEncoder } from '../images/encoder';
import { answersTo, objectsOf, picturesOf, pngOf } from '../images/pictures';
import { Stages } from '../images/stages';
import type { LabConfig, LabContext } from '../types';
import { GRADIENT_TITLES, type GradientMeasure, gradientNoise } from './gradients';
import { fineness, semantics } from './properties';
import { drawPixels, type ReaderPixels, readBits, SOURCE_BITS, valueClasses } from './readers';
import { TRAINING_STAGES, trainMaskers } from './train';
import type { MaskerRow, MaskersReport } from './types';

const FULL = { strengths: [3, 4, 5, 6, 7], steps: 100, readerSteps: 1500, images: 200, draws: 16 };
const QUICK = { strengths: [4, 5.5, 7], steps: 40, readerSteps: 400, images: 50, draws: 6 };
/** Bits at which masks are shown and held against objects. */
const SHOWN = { full: 6, quick: 5.5 };
const PICTURES = 3;
const GRADIENT_IMAGES = 4;
/** Stages of a seed beside the training: hiding, reading, gradients. */
const MEASURING_STAGES = 3;

interface SeedResult {
  rows: { [Key in keyof MaskerRow]: MaskerRow[Key] extends (infer One)[] ? One : MaskerRow[Key] }[];
  semantic: number[][];
  gradients: GradientMeasure[];
  pictures: MaskersReport['pictures'] | null;
  accuracy: number;
}

export async function runMaskers(
  { seed, seeds, quick }: LabConfig,
  context: LabContext,
): Promise<MaskersReport> {
  const recipe = quick ? QUICK : FULL;
  const shown = quick ? SHOWN.quick : SHOWN.full;
  const { images, classes } = context;
  const perSeed = TRAINING_STAGES + MEASURING_STAGES;
  const stages = new Stages(context, 1 + seeds * perSeed);
  let spec: EncoderSpec | undefined;
  const list = Array.from({ length: seeds }, (_, i) => seed + i);
  const results: SeedResult[] = [];
  for (const one of list)
    results.push(
      await stages.part(`seed ${one}`, perSeed + (one === seed ? 1 : 0), async () => {
        spec ??= await stages.run((job) => trainedEncoder(job, images, classes, seed));
        const encoder = await buildEncoder(spec);
        try {
          return await ofSeed(one, { ...recipe, shown, first: one === seed }, spec, encoder, stages, context);
        } finally {
          encoder.dispose();
        }
      }),
    );
  return {
    ...{ experiment: 'maskers', seeds: list, size: SIZE, strengths: recipe.strengths },
    testImages: testImages(images, recipe.images).length,
    ...{ accuracy: results[0]!.accuracy, sourceBits: SOURCE_BITS, pictures: results[0]!.pictures! },
    rows: results[0]!.rows.map(({ name, title }, k) => {
      const of = <T>(value: (row: SeedResult['rows'][number]) => T) =>
        results.map(({ rows }) => value(rows[k]!));
      const across = (lists: number[][]) => recipe.strengths.map((_, s) => lists.map((values) => values[s]!));
      return {
        ...{ name, title, semantic: results.flatMap(({ semantic }) => semantic[k]!) },
        ...{ objects: of((row) => row.objects), fineness: of((row) => row.fineness) },
        lost: across(of((row) => row.lost)),
        read: across(of((row) => row.read)),
        accuracy: across(of((row) => row.accuracy)),
      };
    }),
    gradients: GRADIENT_TITLES.map((title, k) => {
      const of = (key: keyof GradientMeasure) => results.map(({ gradients }) => gradients[k]![key]);
      return { title, variance: of('variance'), direction: of('direction'), added: of('added') };
    }),
  };
}

type Recipe = typeof FULL & { shown: number; first: boolean };

async function ofSeed(
  seed: number,
  recipe: Recipe,
  spec: EncoderSpec,
  encoder: Encoder,
  stages: Stages,
  { images }: LabContext,
): Promise<SeedResult> {
  const trained = await trainMaskers(stages, spec, encoder, images, { seed, steps: recipe.steps });
  try {
    const tested = testImages(images, recipe.images);
    const objects = await objectsOf(tested, SIZE);
    const labels = tested.map(({ label }) => label!);
    const hidden = await stages.run(async (job) => {
      const pictures = await picturesOf(job, tested, SIZE, encoder.normalisation);
      const classesOfValues = valueClasses(pictures.values);
      const share = (answers: number[]) => mean(answers.map((answer, i) => Number(answer === labels[i])));
      const rows: Omit<SeedResult['rows'][number], 'read'>[] = [];
      const pixels: ReaderPixels[] = [];
      const semantic: number[][] = [];
      const shown: Shown[] = [];
      for (const [m, masker] of trained.maskers.entries()) {
        const at = await Promise.all(
          recipe.strengths.map((bits) => masker.mask(pictures, bits, new Random(seed, m, `hide ${bits}`))),
        );
        const accuracy: number[] = [];
        for (const { view } of at) {
          await breatheOrStop(job);
          accuracy.push(share(await answersTo(encoder, view, SIZE)));
        }
        pixels.push(
          ...at.map((one, s) => drawPixels(pictures, one, classesOfValues, new Random(seed, s, `read ${m}`))),
        );
        const held = at[recipe.strengths.indexOf(recipe.shown)]!;
        const found = semantics(held.bits, objects);
        semantic.push(found.semantic);
        shown.push({ masker, masked: held });
        rows.push({
          ...{
            name: masker.name,
            title: masker.title,
            objects: found.objects,
            semantic: mean(found.semantic),
          },
          ...{ fineness: fineness(held.bits, SIZE), lost: at.map(({ bits }) => mean(bits)), accuracy },
        });
        job.send({ type: 'progress', step: m + 1, steps: trained.maskers.length });
      }
      const accuracy = share(await answersTo(encoder, pictures.values, SIZE));
      return {
        rows,
        pixels,
        semantic,
        accuracy,
        pictures: recipe.first ? await shownOf(pictures, shown, recipe.shown) : null,
      };
    });
    const read = await stages.run((job) =>
      readBits(hidden.pixels, recipe.readerSteps, seed, async (done) => {
        if (done % 25 === 0) await breatheOrStop(job);
        job.send({ type: 'progress', step: done, steps: recipe.readerSteps });
      }),
    );
    const gradients = await stages.run(async (job) => {
      const half = await picturesOf(job, tested.slice(0, GRADIENT_IMAGES), SIZE / 2, encoder.normalisation);
      const steps = GRADIENT_TITLES.length * recipe.draws;
      return gradientNoise(trained.positive, encoder, half, recipe.draws, seed, async (step) => {
        await breatheOrStop(job);
        job.send({ type: 'progress', step, steps });
      });
    });
    const many = recipe.strengths.length;
    const rows = hidden.rows.map((row, m) => ({ ...row, read: read.slice(m * many, (m + 1) * many) }));
    return {
      rows,
      gradients,
      semantic: hidden.semantic,
      pictures: hidden.pictures,
      accuracy: hidden.accuracy,
    };
  } finally {
    trained.dispose();
  }
}

interface Shown {
  masker: Masker;
  masked: Masked;
}

async function shownOf(
  { values, size, count }: Pictures,
  shown: Shown[],
  bits: number,
): Promise<MaskersReport['pictures']> {
  const length = size * size * 3;
  const some = (all: Float32Array) =>
    Promise.all(
      Array.from({ length: PICTURES }, (_, i) => {
        // Evenly over the images, which stand class by class.
        const at = Math.floor((i * count) / PICTURES);
        return pngOf(all.subarray(at * length, (at + 1) * length), size);
      }),
    );
  return {
    bits,
    originals: await some(values),
    masked: await Promise.all(
      shown.map(async ({ masker, masked }) => ({ title: masker.title, images: await some(masked.view) })),
    ),
  };
}
