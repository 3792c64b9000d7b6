/** @file Table 2 of the paper: what a linear probe reads from an autoencoder's features, by what the autoencoder had to undo. */
import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { AdamW } from '../../models/optimizer';
import { Parameters } from '../../models/parameters';
import { Random } from '../../noise/random';
import { breatheOrStop } from '../../training/jobs/loop';
import type { JobContext } from '../../training/protocol';
import { pngOf } from '../images/pictures';
import { Stages } from '../images/stages';
import { picksAt, probeError } from '../probe';
import type { LabConfig, LabContext } from '../types';
import { type Corruption, corrupted, drawsFor, MASKS, maskOutputs } from './corruption';
import { DIGITS, type Digits, PIXELS, readDigits } from './digits';
import {
  batchOf,
  classLoss,
  decode,
  decoderWeights,
  dense,
  encode,
  encoderWeights,
  featuresOf,
  HIDDEN,
  layer,
  maskAnswer,
  maskWeights,
  reconstructionLoss,
} from './network';
import { FULL_ROWS, QUICK_ROWS, type RowPlan } from './rows';
import type { MnistReport, MnistRow } from './types';

export interface Recipe {
  train: number;
  test: number;
  hidden: number;
  epochs: number;
  batch: number;
  probeEpochs: number;
}

const FULL: Recipe = { train: 60_000, test: 10_000, hidden: HIDDEN, epochs: 3, batch: 256, probeEpochs: 20 };
const QUICK: Recipe = { train: 10_000, test: 10_000, hidden: 500, epochs: 4, batch: 200, probeEpochs: 10 };
const RATE = 1e-3;
const PROBE_BATCH = 500;
const CURVE_POINTS = 40;
const PICTURES = 6;
const SIDE = 28;

interface RowResult {
  error: number;
  curve: MnistRow['curve'];
  images: string[] | null;
}

export async function runMnist({ seed, seeds, quick }: LabConfig, context: LabContext): Promise<MnistReport> {
  const recipe = quick ? QUICK : FULL;
  const plans = quick ? QUICK_ROWS : FULL_ROWS;
  const list = Array.from({ length: seeds }, (_, i) => seed + i);
  const digits = await readDigits(recipe);
  const stages = new Stages(context, plans.length * seeds);
  const results = new Map<string, RowResult[]>(plans.map(({ key }) => [key, []]));
  // Seed by seed, so that one broken off has whole tables.
  for (const one of list)
    for (const plan of plans)
      results
        .get(plan.key)!
        .push(
          await stages.part(`${plan.key}, seed ${one}`, 1, () =>
            stages.run((job) => measured(plan, digits, recipe, one, one === seed, job)),
          ),
        );
  return {
    ...{ experiment: 'mnist', seeds: list, train: digits.train.count, test: digits.test.count },
    epochs: recipe.epochs,
    rows: plans.map(({ key, title, paper }) => {
      const rows = results.get(key)!;
      return { key, title, paper, error: rows.map(({ error }) => error), curve: rows[0]!.curve };
    }),
    pictures: [
      { title: 'digit', images: await pictures(digits.test.images.subarray(0, PICTURES * PIXELS)) },
      ...plans.flatMap(({ key, title }) => {
        const { images } = results.get(key)![0]!;
        return images ? [{ title, images }] : [];
      }),
    ],
  };
}

async function measured(
  { how }: RowPlan,
  digits: { train: Digits; test: Digits },
  recipe: Recipe,
  seed: number,
  first: boolean,
  job: JobContext,
): Promise<RowResult> {
  const probe = async (size: number, embed: (x: Tensor2D) => Tensor2D) => {
    const of = async (some: Digits) => ({
      values: await featuresOf(some, size, embed),
      labels: some.labels,
    });
    const plan = { classes: DIGITS, epochs: recipe.probeEpochs, batch: PROBE_BATCH, seed };
    const [train, test] = [await of(digits.train), await of(digits.test)];
    return 100 * (await probeError(train, test, plan, () => breatheOrStop(job)));
  };
  if (how === 'raw') return { error: await probe(PIXELS, (x) => x.clone()), curve: [], images: null };
  const { hidden } = recipe;
  const random = new Random(seed, 0, 'mnist weights');
  const weights = {
    ...encoderWeights(hidden, random),
    ...(how === 'supervised' ? layer('head', hidden, DIGITS, random) : {}),
    ...(typeof how === 'object' ? decoderWeights(hidden, random) : {}),
    ...(typeof how === 'object' && maskOutputs(how) > 0 ? maskWeights(maskOutputs(how), random) : {}),
  };
  const parameters = new Parameters(weights);
  try {
    const curve = how === 'random' ? [] : await trained(parameters, how, digits.train, recipe, seed, job);
    const error =
      how === 'supervised'
        ? 100 * (await headError(parameters, digits.test))
        : await probe(hidden, (x) => encode(parameters, x));
    const images = first && typeof how === 'object' ? await seen(parameters, how, digits.test, seed) : null;
    return { error, curve, images };
  } finally {
    parameters.dispose();
  }
}

async function trained(
  parameters: Parameters,
  how: 'supervised' | Corruption,
  digits: Digits,
  { epochs, batch }: Recipe,
  seed: number,
  job: JobContext,
): Promise<MnistRow['curve']> {
  const steps = epochs * Math.floor(digits.count / batch);
  const optimizer = new AdamW(parameters.variables, { learningRate: RATE, steps, weightDecay: 0 });
  const curve: MnistRow['curve'] = [];
  const every = Math.max(1, Math.floor(steps / CURVE_POINTS));
  let sum = 0;
  try {
    for (let step = 0; step < steps; step++) {
      await breatheOrStop(job);
      const { x, labels } = batchOf(digits, picksAt(step, batch, digits.count, seed));
      const random = new Random(seed, step, 'mnist noise');
      const draws = how === 'supervised' ? null : drawsFor(how, batch, random);
      const chosen = random.below(MASKS);
      const loss = optimizer.minimise(step, () =>
        how === 'supervised'
          ? classLoss(dense(parameters, 'head', encode(parameters, x)), labels)
          : autoencoderLoss(parameters, how, x, draws, chosen),
      );
      sum += (await loss.data())[0]!;
      tf.dispose([x, labels, loss, ...(draws ? [draws] : [])]);
      if ((step + 1) % every === 0) {
        curve.push({ step: step + 1, loss: sum / every });
        sum = 0;
      }
      job.send({ type: 'progress', step: step + 1, steps });
    }
    return curve;
  } finally {
    optimizer.dispose();
  }
}

/** The clean digit from what is left of it. Labels reach neither the autoencoder nor the mask model. */
export function autoencoderLoss(
  parameters: Parameters,
  how: Corruption,
  x: Tensor2D,
  draws: Tensor2D | null,
  chosen: number,
): Scalar {
  const maskModel = (input: Tensor2D) => maskAnswer(parameters, input);
  const { view, penalty } = corrupted(how, x, maskModel, draws, chosen);
  const loss = reconstructionLoss(decode(parameters, encode(parameters, view)), x);
  return penalty ? (loss.add(penalty) as Scalar) : loss;
}

async function headError(parameters: Parameters, test: Digits): Promise<number> {
  const scores = await featuresOf(test, DIGITS, (x) => dense(parameters, 'head', encode(parameters, x)));
  let wrong = 0;
  for (let i = 0; i < test.count; i++) {
    const row = scores.subarray(i * DIGITS, (i + 1) * DIGITS);
    if (row.indexOf(Math.max(...row)) !== test.labels[i]) wrong++;
  }
  return wrong / test.count;
}

/** What the trained encoder gets to see of the first test digits. */
async function seen(parameters: Parameters, how: Corruption, test: Digits, seed: number): Promise<string[]> {
  const { x, labels } = batchOf(
    test,
    Uint32Array.from({ length: PICTURES }, (_, i) => i),
  );
  const draws = drawsFor(how, PICTURES, new Random(seed, 0, 'mnist pictures'));
  const view = tf.tidy(() =>
    corrupted(how, x, (input) => maskAnswer(parameters, input), draws, 0).view.clone(),
  );
  const values = await view.data<'float32'>();
  tf.dispose([x, labels, view, ...(draws ? [draws] : [])]);
  return pictures(values);
}

const pictures = (values: Float32Array): Promise<string[]> =>
  Promise.all(
    Array.from({ length: values.length / PIXELS }, (_, i) =>
      pngOf(
        values.subarray(i * PIXELS, (i + 1) * PIXELS).map((value) => 255 * value),
        SIDE,
        1,
      ),
    ),
  );
