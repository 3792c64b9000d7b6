/**
 * @file One engine in one process: it prepares a case and makes a step for each line "step" it reads, answering in JSON.
 * Arguments: { size, batch, backend: "onnx" | "wasm" | "tfjs-wasm", threads, device?, dump? } as JSON.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { type OnnxDevice, registerOnnxBackend } from '../../src/main/engine/onnx';
import { tf } from '../../src/main/engine/tf';
import { startWasm } from '../../src/main/engine/wasm';
import { batchOf, createNetwork, initialWeights } from './network';
import { startPlainWasm } from './plainWasm';

const options = JSON.parse(process.argv[2]!) as {
  size: number;
  batch: number;
  backend: 'onnx' | 'wasm' | 'tfjs-wasm';
  threads: number;
  device?: OnnxDevice;
  dump?: string;
  profile?: string;
};
const BATCHES = 3;

async function start() {
  if (options.backend !== 'onnx') {
    await (options.backend === 'wasm' ? startWasm() : startPlainWasm());
    return null;
  }
  const registered = registerOnnxBackend(tf as never, {
    device: options.device,
    threads: options.threads,
    profilePath: options.profile,
  });
  await tf.setBackend(registered.name);
  return registered;
}

const engine = await start();
const network = createNetwork(tf as never, options);
const shape: [number, number, number, number] = [options.batch, options.size, options.size, 3];
const batches = Array.from({ length: BATCHES }, (_, index) => {
  const { image, noise } = batchOf(options, index);
  return { image: tf.tensor4d(image, shape), noise: tf.tensor4d(noise, shape) };
});
const clean = batches.map(({ image }) => tf.tidy(() => network.embed(image)));
for (const embedding of clean) await embedding.data();
if (options.dump) dump(options.dump);

let made = 0;
async function step() {
  const index = made++ % BATCHES;
  const { image, noise } = batches[index]!;
  const began = performance.now();
  const used = process.cpuUsage();
  const loss = network.step(image as Tensor4D, noise as Tensor4D, clean[index] as Tensor2D);
  const recorded = performance.now();
  const [value] = await loss.data();
  loss.dispose();
  const { user, system } = process.cpuUsage(used);
  const processorMs = (user + system) / 1e3;
  return { ms: performance.now() - began, processorMs, recordMs: recorded - began, loss: value };
}

async function infer() {
  const began = performance.now();
  const mask = tf.tidy(() => network.unet(batches[made++ % BATCHES]!.image as Tensor4D));
  await mask.data();
  mask.dispose();
  return { ms: performance.now() - began };
}

function information() {
  const status = readFileSync('/proc/self/status', 'utf8');
  const megabytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / 1024;
  return {
    peakMb: Math.round(megabytes('VmHWM')),
    residentMb: Math.round(megabytes('VmRSS')),
    tensors: tf.memory().numTensors,
    ...engine?.statistics(),
    fallbacks: engine?.fallbackCounts(),
  };
}

/** Weights, data, the loss and its gradients, for PyTorch to begin with and to compare. */
function dump(path: string): void {
  const parts: { name: string; shape: number[]; values: Float32Array }[] = [];
  const add = (name: string, values: Float32Array, dimensions: number[]) =>
    parts.push({ name, shape: dimensions, values });
  const { unet, encoder } = initialWeights();
  for (const [name, weights] of Object.entries(unet)) add(`u.${name}`, weights.values, weights.shape);
  for (const [name, weights] of Object.entries(encoder)) add(`e.${name}`, weights.values, weights.shape);
  for (const [index, { image, noise }] of batches.entries()) {
    add(`x${index}`, image.dataSync() as Float32Array, shape);
    add(`n${index}`, noise.dataSync() as Float32Array, shape);
  }
  const first = batches[0]!;
  const { value, grads } = tf.variableGrads(() =>
    network.loss(first.image as Tensor4D, first.noise as Tensor4D, clean[0] as Tensor2D).asScalar(),
  );
  add('loss', value.dataSync() as Float32Array, [1]);
  for (const [name, gradient] of Object.entries(grads))
    add(`g.${name}`, gradient.dataSync() as Float32Array, gradient.shape);
  tf.dispose([value, ...Object.values(grads)]);
  writeFileSync(
    `${path}.bin`,
    Buffer.concat(
      parts.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
    ),
  );
  let offset = 0;
  const contents = parts.map(({ name, shape: dimensions, values }) => {
    const entry = [name, offset, values.length, dimensions];
    offset += values.length;
    return entry;
  });
  writeFileSync(`${path}.json`, JSON.stringify(contents));
}

const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'step') answer(await step());
  else if (line === 'infer') answer(await infer());
  else if (line === 'information') answer(information());
  else break;
}
engine?.endProfiling();
process.exit(0);
