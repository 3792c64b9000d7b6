import type { DoctorReport } from '../../contract/types';
import { CANDIDATES } from './candidates';
import { candidatesFor, firstUsable, startEngine } from './index';
import { tf } from './tf';

type Engine = DoctorReport['engines'][number];

export type EngineReport = Pick<DoctorReport, 'engines' | 'chosen'>;

/**
 * What computes on this machine, and why.
 * @param selfTest also run a convolution and its gradients on every engine that is there; takes seconds
 */
export async function inspectEngines(selfTest: boolean): Promise<EngineReport> {
  const engines: Engine[] = [];
  const { candidate: best } = await firstUsable(candidatesFor('auto'), 'auto');
  for (const candidate of CANDIDATES) {
    const { name, device, probe, start } = candidate;
    const { available, worthwhile = true, why } = await probe();
    const verdict = available ? ` ${explain(candidate === best, worthwhile)}` : '';
    const engine: Engine = { name, device, available, why: `${why}${verdict}`, selfTest: null };
    engines.push(engine);
    if (!available || !selfTest) continue;
    try {
      engine.name = await start();
      engine.selfTest = await testConvolution();
    } catch (error) {
      engine.selfTest = { ok: false, error: Number.MAX_VALUE, gflops: 0 };
      engine.why = `Its self-test failed: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return { engines, chosen: (await startEngine('auto')).name };
}

function explain(chosen: boolean, worthwhile: boolean): string {
  if (chosen) return 'Chosen: the best that works here.';
  return worthwhile
    ? 'Not chosen: a better one works here.'
    : 'Not chosen by itself: the processor is about as fast.';
}

type Shape4D = [number, number, number, number];
const SMALL: [Shape4D, Shape4D] = [
  [2, 12, 10, 8],
  [3, 3, 8, 16],
];
const LARGE: [Shape4D, Shape4D] = [
  [8, 32, 32, 32],
  [3, 3, 32, 32],
];
/** Single precision, and room for engines that compute convolutions by transforms. */
const TOLERANCE = 1e-3;

/** Error against the plain JavaScript backend, and the speed of output, input gradient and filter gradient together. */
async function testConvolution(): Promise<NonNullable<Engine['selfTest']>> {
  const engine = tf.getBackend();
  const ours = await convolve(...SMALL);
  await tf.setBackend('cpu');
  const theirs = await convolve(...SMALL);
  await tf.setBackend(engine);
  const error = Math.max(...theirs.map((values, i) => relativeError(ours[i]!, values)));

  await convolve(...LARGE);
  const started = performance.now();
  const rounds = 3;
  for (let round = 0; round < rounds; round++) await convolve(...LARGE);
  const milliseconds = (performance.now() - started) / rounds;
  const [[batch, height, width], [rows, columns, inChannels, outChannels]] = LARGE;
  const operations = 3 * 2 * batch * height * width * rows * columns * inChannels * outChannels;
  return { ok: error < TOLERANCE, error, gflops: operations / milliseconds / 1e6 };
}

async function convolve(xShape: Shape4D, wShape: Shape4D): Promise<Float32Array[]> {
  const results = tf.tidy(() => {
    const x = wave(xShape);
    const w = wave(wShape);
    const forward = (a: typeof x, b: typeof w) => tf.conv2d(a, b, 1, 'same');
    const dy = wave([xShape[0], xShape[1], xShape[2], wShape[3]]);
    return [forward(x, w), ...tf.grads(forward as never)([x, w], dy)];
  });
  const values = await Promise.all(results.map((tensor) => tensor.data() as Promise<Float32Array>));
  tf.dispose(results);
  return values;
}

/** Values between -1 and 1 without a pattern of the tensor's shape; no random generator needs to agree. */
function wave(shape: Shape4D) {
  const size = shape.reduce((product, n) => product * n, 1);
  return tf.tensor4d(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898)),
    shape,
  );
}

function relativeError(actual: Float32Array, expected: Float32Array): number {
  let [largest, error] = [0, 0];
  expected.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    error = Math.max(error, Math.abs(value - actual[i]!));
  });
  return error / largest;
}
