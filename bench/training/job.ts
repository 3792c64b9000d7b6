/**
 * @file The program's own mask job on a sample folder. Answers each line "train" with the seconds of a whole training,
 * after writing what script.py needs to begin with and to agree with.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { type OnnxDevice, registerOnnxBackend } from '../../src/main/engine/onnx';
import { tf } from '../../src/main/engine/tf';
import { decodeSquare } from '../../src/main/library/decode';
import { DEMO_CLASSES, writeDemo } from '../../src/main/library/demo';
import { buildEncoder } from '../../src/main/models/encoder';
import { createMaskModel } from '../../src/main/models/maskModel';
import { resnetEmbeddingSize } from '../../src/main/models/resnet';
import { resnetStatistics, resnetWeights, TrainingResnet } from '../../src/main/models/resnetTraining';
import type { EncoderSpec, NamedArrays } from '../../src/main/models/spec';
import { maskedLoss } from '../../src/main/noise/maskedLoss';
import { Random } from '../../src/main/noise/random';
import { standardNormals } from '../../src/main/noise/sampling';
import { loadBatch } from '../../src/main/training/jobs/batches';
import { runMaskJob } from '../../src/main/training/jobs/mask';
import { PixelCache } from '../../src/main/training/pixelCache';
import { presetOf } from '../../src/main/training/presets';
import type { JobContext, JobImage } from '../../src/main/training/protocol';

const options = JSON.parse(process.argv[2]!) as {
  steps: number;
  size: number;
  batch: number;
  threads: number;
  folder: string;
  images: number;
  pixels: number;
  device: OnnxDevice;
  dump: string;
};
const WIDTH = 24;
const SEED = 1;
const { size, batch, steps } = options;

const { name } = registerOnnxBackend(tf as never, { device: options.device, threads: options.threads });
await tf.setBackend(name);
await writeDemo(options.folder, { images: options.images, size: options.pixels, seed: SEED });
const images: JobImage[] = readdirSync(`${options.folder}/train`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.png'))
  .sort()
  .map((name, id) => ({ id, file: `${options.folder}/train/${name}`, label: null }));
const encoder = await randomEncoder();
const { mask, kinds } = presetOf('standard', 'classifier');
const config = { ...mask, ...kinds.positive, size, batch, steps, seed: SEED, objective: 'nt-xent' as const };

/** A network that saw no images, its running statistics aside: nothing here depends on what it knows. */
async function randomEncoder(): Promise<EncoderSpec> {
  const random = new Random(SEED, 0, 'encoder');
  const training = new TrainingResnet(
    WIDTH,
    resnetWeights(WIDTH, DEMO_CLASSES.length, random),
    resnetStatistics(WIDTH),
  );
  const spec: EncoderSpec = {
    ...{ kind: 'classifier', inputSize: size, embeddingSize: resnetEmbeddingSize(WIDTH) },
    ...{ classes: [...DEMO_CLASSES], normalisation: { mean: [127.5, 127.5, 127.5], std: 64 } },
    ...{ topology: { width: WIDTH }, weights: await training.folded() },
  };
  training.parameters.dispose();
  training.statistics.dispose();
  return spec;
}

/** Decoding as in the worker of the program: ahead of the steps, and each file once. */
function context(onLoss: (loss: number) => void): JobContext & { close(): void } {
  const cache = new PixelCache(images, false, { decode: decodeSquare });
  return {
    checkpoint: null,
    pixels: (image, side) => cache.get(image, side),
    send: (message) => {
      if (message.type === 'metric') onLoss(message.point.loss);
    },
    breathe: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return 'go';
    },
    close: () => cache.close(),
  };
}

async function train() {
  const losses: number[] = [];
  const run = context((loss) => losses.push(loss));
  const began = performance.now();
  await runMaskJob({ kind: 'mask', mask: 'positive', encoder, images, previews: [], config }, run);
  const seconds = (performance.now() - began) / 1000;
  run.close();
  const mean = (part: number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
  return { seconds, first: mean(losses.slice(0, 10)), last: mean(losses.slice(-10)) };
}

/** Weights, one batch, its loss and gradients. */
async function dump(path: string): Promise<void> {
  const parts: [string, NamedArrays[string]][] = [];
  const add = (name: string, shape: number[], values: Float32Array) => parts.push([name, { shape, values }]);
  const run = context(() => {});
  const model = createMaskModel(config.channels, new Random(SEED, 0, 'weights'), config.outputStride);
  const built = await buildEncoder(encoder);
  const picks = images.slice(0, batch).map((image) => ({ image, flipped: false }));
  const x = await loadBatch(run, picks, size, encoder.normalisation);
  run.close();
  const eps = standardNormals(x.shape, new Random(SEED, 0, 'eps'));
  for (const [key, { shape, values }] of Object.entries(await model.weights()))
    add(`u.${key}`, shape, values);
  for (const [key, { shape, values }] of Object.entries(encoder.weights)) add(`e.${key}`, shape, values);
  const clean = built.embed(x) as Tensor2D;
  const { value, grads } = tf.variableGrads(
    () =>
      maskedLoss(
        {
          ...config,
          mask: 'positive',
          logOdds: (y: Tensor4D) => model.logOdds(y),
          embed: built.embed,
          scale: config,
        },
        { x, clean, eps, budget: 0.8 },
      ).loss,
    model.variables,
  );
  add('x', x.shape, await x.data<'float32'>());
  add('eps', x.shape, await eps.data<'float32'>());
  add('loss', [1], await value.data<'float32'>());
  const names = Object.keys(await model.weights());
  for (const [i, variable] of model.variables.entries())
    add(`g.${names[i]}`, variable.shape, await grads[variable.name]!.data<'float32'>());
  writeFileSync(
    `${path}.bin`,
    Buffer.concat(
      parts.map(([, { values }]) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
    ),
  );
  let offset = 0;
  const contents = parts.map(([key, { shape, values }]) => {
    const entry = [key, offset, values.length, shape];
    offset += values.length;
    return entry;
  });
  writeFileSync(`${path}.json`, JSON.stringify({ contents, config }));
  tf.dispose([x, eps, clean, value, ...Object.values(grads)]);
  model.dispose();
  built.dispose();
}

function information() {
  const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]);
  return { peakMb: Math.round(kilobytes / 1024) };
}

await dump(options.dump);
const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'train') answer(await train());
  else if (line === 'information') answer(information());
  else break;
}
process.exit(0);
