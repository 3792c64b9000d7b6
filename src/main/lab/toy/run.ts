/** @file The paper's toy experiment (section 4): noise that is learned keeps what classification needs, fixed noise does not. */
import type { Tensor, Tensor3D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { gaussianEntropy } from '../../noise/entropy';
import { Random } from '../../noise/random';
import { CosineAdam, crossEntropy, StackedMlp } from '../stack';
import type { Breathe, LabConfig } from '../types';
import { bestFixedAccuracy } from './closedForm';
import { drawToy, type ToyData } from './data';
import { ToyMembers } from './members';
import type { ToyPicture, ToyReport, ToyRow } from './types';

const SIGMAS = [0.5, 1, 2, 3, 4, 5, 6, 8];
const QUICK_SIGMAS = [1, 2];
const STEPS = 1500;
const QUICK_STEPS = 500;
const BATCH = 256;
const HIDDEN = 64;
const RATE = 5e-3;
const TEST_POINTS = 20_000;
const TEST_BATCH = 2000;
const PICTURE_POINTS = 500;
const PICTURE_SIGMA = 1;

/** Trains everything for every seed. @param breathe called with the steps done and all steps */
export async function runToy({ seed, seeds, quick }: LabConfig, breathe: Breathe): Promise<ToyReport> {
  const sigmas = quick ? QUICK_SIGMAS : SIGMAS;
  const steps = quick ? QUICK_STEPS : STEPS;
  const list = Array.from({ length: seeds }, (_, i) => seed + i);
  const rows = sigmas.map(
    (sigma): ToyRow => ({
      ...{ sigma, entropy: entropyOf(sigma), fixedBest: bestFixedAccuracy(sigma), leak: false },
      ...{ learned: [], bounded: [], fixed: [], separate: [], irrelevantMore: [] },
    }),
  );
  let picture: ToyPicture | undefined;
  for (const [i, one] of list.entries()) {
    const breatheAt = (done: number) => breathe(i * 2 * steps + done, seeds * 2 * steps);
    const result = await repetition(one, sigmas, steps, breatheAt);
    picture ??= result.picture;
    rows.forEach((row, s) => {
      row.learned.push(result.accuracy(s, 'learned'));
      row.bounded.push(result.accuracy(s, 'bounded'));
      row.fixed.push(result.accuracy(s, 'fixed'));
      row.separate.push(result.separate[s]!);
      row.irrelevantMore.push(result.irrelevantMore[s]!);
    });
  }
  for (const row of rows) row.leak = mean(row.separate) < mean(row.fixed);
  return { experiment: 'toy', seeds: list, steps, testPoints: TEST_POINTS, rows, picture: picture! };
}

interface Repetition {
  accuracy(sigma: number, kind: 'learned' | 'bounded' | 'fixed'): number;
  separate: number[];
  irrelevantMore: number[];
  picture: ToyPicture;
}

async function repetition(
  seed: number,
  sigmas: number[],
  steps: number,
  breathe: (done: number) => Promise<void>,
): Promise<Repetition> {
  const members = new ToyMembers(sigmas, HIDDEN, seed);
  const classifier = new StackedMlp(members.count, 2, HIDDEN, 2, new Random(seed, 0, 'classifier'));
  const judge = new StackedMlp(sigmas.length, 2, HIDDEN, 2, new Random(seed, 0, 'judge'));
  const optimizer = new CosineAdam([...members.variables, ...classifier.variables], RATE, steps);
  const judgeOptimizer = new CosineAdam(judge.variables, RATE, steps);
  try {
    for (let step = 0; step < steps; step++) {
      await breathe(step);
      const batch = tensorsOf(
        drawToy(BATCH, new Random(seed, step, 'toy')),
        new Random(seed, step, 'toy noise'),
      );
      optimizer.minimise(step, () => {
        const noisy = members.noisy(batch.x, members.deviations(batch.x), batch.eps);
        return crossEntropy(classifier.run(noisy.div(10)), batch.labels);
      });
      tf.dispose(Object.values(batch));
    }
    for (let step = 0; step < steps; step++) {
      await breathe(steps + step);
      const random = new Random(seed, steps + step, 'toy');
      const batch = tensorsOf(drawToy(BATCH, random), new Random(seed, steps + step, 'toy noise'));
      // The noise of another point: as large and as uneven, but it knows nothing of this one.
      const noisy = tf.tidy(() => {
        const sigma = members.deviations(batch.x, sigmas.length);
        const order = tf.tensor1d([...random.permutation(BATCH)], 'int32');
        return members.noisy(batch.x, tf.gather(sigma, order, 1), batch.eps);
      });
      judgeOptimizer.minimise(step, () => crossEntropy(judge.run(noisy.div(10)), batch.labels));
      tf.dispose([noisy, ...Object.values(batch)]);
    }
    return await measure(seed, sigmas, members, classifier, judge);
  } finally {
    for (const part of [members, classifier, judge, optimizer, judgeOptimizer]) part.dispose();
  }
}

async function measure(
  seed: number,
  sigmas: number[],
  members: ToyMembers,
  classifier: StackedMlp,
  judge: StackedMlp,
): Promise<Repetition> {
  const hits = new Float64Array(members.count);
  const judged = new Float64Array(sigmas.length);
  const more = new Float64Array(sigmas.length);
  for (let i = 0; i < TEST_POINTS / TEST_BATCH; i++) {
    const batch = tensorsOf(
      drawToy(TEST_BATCH, new Random(seed, i, 'test')),
      new Random(seed, i, 'test noise'),
    );
    const [right, rightJudged, uneven] = tf.tidy(() => {
      const sigma = members.deviations(batch.x);
      const noisy = members.noisy(batch.x, sigma, batch.eps);
      const learned = members.learned(noisy);
      return [
        rightAnswers(classifier.run(noisy.div(10)), batch.labels),
        rightAnswers(judge.run(learned.div(10)), batch.labels),
        irrelevantMore(members.learned(sigma), batch.irrelevant),
      ];
    });
    for (const [sums, tensor] of [
      [hits, right],
      [judged, rightJudged],
      [more, uneven],
    ] as const) {
      const values = await tensor!.data();
      for (let k = 0; k < sums.length; k++) sums[k]! += values[k]!;
    }
    tf.dispose([right!, rightJudged!, uneven!, ...Object.values(batch)]);
  }
  return {
    accuracy: (sigma, kind) => hits[members.indexOf(sigma, kind)]! / TEST_POINTS,
    separate: [...judged].map((count) => count / TEST_POINTS),
    irrelevantMore: [...more].map((count) => count / TEST_POINTS),
    picture: await pictureOf(seed, sigmas, members, classifier),
  };
}

async function pictureOf(
  seed: number,
  sigmas: number[],
  members: ToyMembers,
  classifier: StackedMlp,
): Promise<ToyPicture> {
  const data = drawToy(PICTURE_POINTS, new Random(seed, 0, 'picture'));
  const at = members.indexOf(Math.max(0, sigmas.indexOf(PICTURE_SIGMA)), 'learned');
  const batch = tensorsOf(data, new Random(seed, 0, 'picture noise'));
  const [sigma, answers] = tf.tidy(() => {
    const deviations = members.deviations(batch.x);
    const scores = classifier.run(members.noisy(batch.x, deviations, batch.eps).div(10));
    return [member(deviations, at), member(scores, at).argMax(1)];
  });
  const [deviations, answered] = await Promise.all([sigma!.data(), answers!.data()]);
  tf.dispose([sigma!, answers!, ...Object.values(batch)]);
  const pairs = (values: ArrayLike<number>) =>
    Array.from(
      { length: PICTURE_POINTS },
      (_, i) => [values[2 * i]!, values[2 * i + 1]!] as [number, number],
    );
  return {
    sigma: sigmas[Math.max(0, sigmas.indexOf(PICTURE_SIGMA))]!,
    points: pairs(data.x),
    labels: [...data.labels],
    answers: [...answered],
    deviations: pairs(deviations),
  };
}

/** Tensors of a batch with a first dimension for the members: x and eps [1, n, 2], one-hot labels and dimensions [1, n, 2]. */
function tensorsOf(
  { x, labels, irrelevant }: ToyData,
  random: Random,
): Record<'x' | 'eps' | 'labels' | 'irrelevant', Tensor> {
  const count = labels.length;
  const oneHot = (values: Uint8Array) =>
    tf.tidy(() =>
      tf
        .oneHot(tf.tensor1d([...values], 'int32'), 2)
        .toFloat()
        .expandDims(0),
    );
  return {
    x: tf.tensor3d(x, [1, count, 2]),
    eps: tf.tensor3d(random.normals(new Float32Array(2 * count)), [1, count, 2]),
    labels: oneHot(labels),
    irrelevant: oneHot(irrelevant),
  };
}

/** @param scores [members, n, 2] @param labels one-hot [1, n, 2] @returns how many are right, [members] */
function rightAnswers(scores: Tensor3D, labels: Tensor): Tensor {
  return scores.argMax(2).equal(labels.argMax(2)).toFloat().sum(1);
}

/** @param sigma [members, n, 2] @param irrelevant one-hot [1, n, 2] @returns at how many points it is larger there, [members] */
function irrelevantMore(sigma: Tensor, irrelevant: Tensor): Tensor {
  const signed = irrelevant.mul(2).sub(1);
  return sigma.mul(signed).sum(2).greater(0).toFloat().sum(1);
}

function member(x: Tensor, index: number): Tensor {
  return tf.gather(x, tf.tensor1d([index], 'int32'), 0).squeeze([0]);
}

/** Eq. 2 of a point whose two dimensions have this geometric mean deviation. */
function entropyOf(sigma: number): number {
  return tf.tidy(() => gaussianEntropy(tf.fill([1, 2], 2 * Math.log(sigma))).dataSync()[0]!);
}

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
