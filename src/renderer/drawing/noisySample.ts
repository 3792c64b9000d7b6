/** @file An image under its noise: x + sigma(q) e, e from a standard normal, cut to what eight bits can show. */
import { type Grid, type NoiseScale, resample, sigmaOf } from '../../contract/noiseMap';

const STEPS = 1024;

/** Standard normal numbers, the same for the same seed: moving the budget changes the noise's size, not its grain. */
export function gaussians(count: number, seed: number): Float32Array {
  const uniform = mulberry32(seed);
  const values = new Float32Array(count + (count % 2));
  for (let i = 0; i < values.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    values[i] = radius * Math.cos(angle);
    values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** Tommy Ettinger's generator of 32-bit state. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param noise at least three numbers a pixel */
export function paintNoisy(
  canvas: HTMLCanvasElement,
  clean: ImageData,
  fraction: Grid,
  scale: NoiseScale,
  noise: Float32Array,
): void {
  const { width, height, data } = clean;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const { values } = resample(fraction, width, height);
  const sigmas = Float32Array.from(
    { length: STEPS + 1 },
    (_, i) => sigmaOf(i / STEPS, scale) * scale.pixelScale,
  );
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(width, height);
  const out = image.data;
  for (let i = 0, from = 0; i < values.length; i++, from += 4) {
    const sigma = sigmas[(values[i]! * STEPS + 0.5) | 0]!;
    const at = 3 * i;
    // The clamped array rounds and cuts.
    out[from] = data[from]! + sigma * noise[at]!;
    out[from + 1] = data[from + 1]! + sigma * noise[at + 1]!;
    out[from + 2] = data[from + 2]! + sigma * noise[at + 2]!;
    out[from + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
