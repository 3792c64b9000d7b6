/** @file The encoder as a report asks it: by its own head where that knows the folder's classes, else by the nearest class mean. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import type { Encoder } from '../../models/types';
import { Random } from '../../noise/random';
import type { Answer, Ask, Picture } from '../../reports/types';
import { normalise } from './batches';

/** So many pixels at once keep any encoder's memory within bounds. */
const BATCH_PIXELS = 2 ** 18;

export interface Answerer {
  kind: 'head' | 'prototypes';
  ask: Ask;
  /** The answers to the labelled pictures themselves; with prototypes each without its own part in its class' mean. */
  askLabelled(pictures: Picture[], labels: number[]): Promise<Answer[]>;
}

/** @param breathe called once a batch */
export function answererOf(
  encoder: Encoder,
  classes: string[],
  size: number,
  breathe: () => Promise<void>,
): Answerer {
  const batches = inBatches(encoder, size, breathe);
  const known = encoder.classes;
  if (encoder.logits && known && classes.every((name) => known.includes(name))) {
    const { logits } = encoder;
    const labels = known.map((name) => classes.indexOf(name));
    const ask: Ask = (pictures) =>
      batches(
        pictures,
        (x) => logits(x).softmax(),
        (row) => highest(row, (i) => labels[i]!),
      );
    return { kind: 'head', ask, askLabelled: ask };
  }
  return prototypes(encoder, classes.length, batches);
}

type Batches = <T>(
  pictures: Picture[],
  run: (x: Tensor4D) => Tensor2D,
  each: (row: Float32Array) => T,
) => Promise<T[]>;

function inBatches(encoder: Encoder, size: number, breathe: () => Promise<void>): Batches {
  const length = size * size * 3;
  const batch = Math.max(1, Math.floor(BATCH_PIXELS / (size * size)));
  return async (pictures, run, each) => {
    const results: ReturnType<typeof each>[] = [];
    for (let from = 0; from < pictures.length; from += batch) {
      await breathe();
      const part = pictures.slice(from, from + batch);
      const values = new Float32Array(part.length * length);
      part.forEach((picture, i) => {
        write(picture, size, encoder, values.subarray(i * length, (i + 1) * length));
      });
      const rows = tf.tidy(() => run(tf.tensor4d(values, [part.length, size, size, 3])));
      const answers = await rows.data<'float32'>();
      const width = rows.shape[1];
      rows.dispose();
      for (let i = 0; i < part.length; i++) results.push(each(answers.slice(i * width, (i + 1) * width)));
    }
    return results;
  };
}

function write(
  { pixels, noise }: Picture,
  size: number,
  { normalisation }: Encoder,
  out: Float32Array,
): void {
  normalise(pixels, size, normalisation, out);
  if (!noise) return;
  const { where, sigma, seed } = noise;
  const random = new Random(seed, 0, 'report noise');
  where.forEach((inside, p) => {
    for (let c = 0; inside && c < 3; c++) out[p * 3 + c]! += sigma * random.normal();
  });
}

function highest(row: Float32Array, labelOf: (index: number) => number): Answer {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return { label: labelOf(best), probability: row[best]! };
}

/** The class whose mean of unit embeddings is nearest by cosine; how sure that is stands as a softmax of the cosines. */
function prototypes(encoder: Encoder, classes: number, batches: Batches): Answerer {
  const embed = (pictures: Picture[]) => batches(pictures, (x) => encoder.embed(x), unit);
  let sums: Float32Array[] = [];
  const nearest = (z: Float32Array, own: number | null): Answer => {
    const cosines = sums.map((sum, label) => {
      const rest = own === label ? sum.map((value, i) => value - z[i]!) : sum;
      return dot(unit(rest), z);
    });
    const weights = cosines.map((cosine) => Math.exp((cosine - 1) / TEMPERATURE));
    const total = weights.reduce((sum, value) => sum + value, 0);
    return highest(
      Float32Array.from(weights, (weight) => weight / total),
      (label) => label,
    );
  };
  return {
    kind: 'prototypes',
    ask: async (pictures) => (await embed(pictures)).map((z) => nearest(z, null)),
    askLabelled: async (pictures, labels) => {
      const vectors = await embed(pictures);
      sums = Array.from({ length: classes }, (_, label) => {
        const sum = new Float32Array(encoder.embeddingSize);
        vectors.forEach((z, i) => {
          for (let k = 0; labels[i] === label && k < z.length; k++) sum[k]! += z[k]!;
        });
        return sum;
      });
      return vectors.map((z, i) => nearest(z, labels[i]!));
    },
  };
}

const TEMPERATURE = 0.1;

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((value) => value / length) : vector;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
