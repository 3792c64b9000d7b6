import type { FunctionBuilder } from './assembler';
import type { WasmBackend } from './backend';
import { free } from './backend';
import { compiled, moduleForHelpers } from './compile';
import { type Address, firstImage, Helpers, MOST_UNITS } from './helpers';
import { addressOf, type Frame, pad } from './padding';
import type { TensorInfo } from './types';

/** The tensors of a job; constants follow from `CONSTANT` on. */
export const INPUT = 0;
export const SIDE = 1;
export const OUTPUT = 2;
export const CONSTANT = 3;

/** A computation on a batch, image by image. */
export interface ImageJob {
  /** [batch, height, width, channels]; the functions see each image padded (or cut) to `frame`. */
  x: TensorInfo;
  frame: Frame;
  /** A second input with one part for each image. */
  side?: TensorInfo;
  /** Inputs that every image uses. */
  constants: TensorInfo[];
  out: TensorInfo;
  /** Whether `out` has a part for each image, or sums up what the images add to it, from zero. */
  summed: boolean;
  /** Functions to run for each image, arguments being addresses in the tensors above. */
  calls: { key: string; build: () => FunctionBuilder; args: [role: number, offsetBytes: number][] }[];
  /** Multiplications for one image. */
  work: number;
}

/** Below this many multiplications in a batch, waking another thread costs more than it saves. */
const WORTH_SHARING = 4e6;
/** Sums are made of this many partial sums, whoever computes them: so that threads do not change the result. */
const PARTIAL_SUMS = 4;

let helpers: Helpers | undefined;

/** Runs a job on all threads. */
export function overImages(backend: WasmBackend, job: ImageJob): void {
  const images = job.x.shape[0]!;
  const units = job.summed ? Math.min(images, PARTIAL_SUMS) : images;
  const sums = job.summed ? backend.makeOutput([units, sizeOf(job.out)], 'float32') : null;
  if (sums) {
    const start = addressOf(backend, sums) / 4;
    backend.wasm.HEAPF32.fill(0, start, start + sizeOf(sums));
  }
  const plan: Plan = { ...job, out: sums ?? job.out, images, units };
  const here = onMainThread(backend, plan);
  helpers ??= new Helpers();
  const worthwhile = units > 1 && units <= MOST_UNITS && images * job.work >= WORTH_SHARING;
  const shared = worthwhile && helpers.count > 0 ? share(backend, plan, helpers) : null;
  for (let unit = 0; unit < units && (!shared || helpers.claim(unit)); unit++) here.run(unit);
  if (shared) {
    helpers.finish();
    shared.collect();
  }
  here.end();
  if (sums) {
    addUp(backend, sums, job.out);
    free(backend, sums);
  }
}

interface Plan extends ImageJob {
  images: number;
  units: number;
}

function sizeOf(tensor: TensorInfo): number {
  return tensor.shape.reduce((product, n) => product * n, 1);
}

/** @param sums [units, ...the shape of out] */
function addUp(backend: WasmBackend, sums: TensorInfo, out: TensorInfo): void {
  const heap = backend.wasm.HEAPF32;
  const size = sizeOf(out);
  const [from, to] = [addressOf(backend, sums) / 4, addressOf(backend, out) / 4];
  heap.copyWithin(to, from, from + size);
  for (let start = size; start < sizeOf(sums); start += size)
    for (let i = 0; i < size; i++) heap[to + i]! += heap[from + start + i]!;
}

function onMainThread(backend: WasmBackend, plan: Plan) {
  const { frame, x, side, out, images, units } = plan;
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const asItIs = frame.top === 0 && frame.left === 0 && frame.width === width && frame.height <= height;
  const padded = asItIs ? null : backend.makeOutput([frame.height, frame.width, channels], 'float32');
  const functions = plan.calls.map(({ key, build }) => compiled(backend, key, build));
  const fixed = (tensor: TensorInfo): Address => ({
    base: addressOf(backend, tensor),
    perImage: 0,
    perUnit: 0,
  });
  const moving = (tensor: TensorInfo): Address => ({
    ...fixed(tensor),
    perImage: (sizeOf(tensor) / images) * 4,
  });
  const addresses: Address[] = [
    padded ? fixed(padded) : moving(x),
    side ? moving(side) : { base: 0, perImage: 0, perUnit: 0 },
    plan.summed ? { ...fixed(out), perUnit: (sizeOf(out) / units) * 4 } : moving(out),
    ...plan.constants.map(fixed),
  ];
  const heap = backend.wasm.HEAPF32;
  const source = addressOf(backend, x) / 4;
  const target = padded ? addressOf(backend, padded) / 4 : 0;
  if (padded) heap.fill(0, target, target + sizeOf(padded));
  return {
    run(unit: number): void {
      for (
        let image = firstImage(unit, images, units);
        image < firstImage(unit + 1, images, units);
        image++
      ) {
        if (padded) pad(heap, source + image * height * width * channels, x.shape, heap, target, frame);
        const at = addresses.map(({ base, perImage, perUnit }) => base + perImage * image + perUnit * unit);
        plan.calls.forEach(({ args }, i) => {
          functions[i]!(...args.map(([role, offset]) => at[role]! + offset));
        });
      }
    },
    end(): void {
      if (padded) free(backend, padded);
    },
  };
}

/** Copies what the helpers need into their memory and sets them to work. */
function share(backend: WasmBackend, plan: Plan, helping: Helpers): { collect(): void } | null {
  const { x, frame, side, out, images, units } = plan;
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const firstUnit = Math.floor(units / (helping.count + 1));
  const first = firstImage(firstUnit, images, units);
  const staged = images - first;
  const frameFloats = frame.height * frame.width * channels;
  const sideFloats = side ? sizeOf(side) / images : 0;
  const outFloats = sizeOf(out) / units;

  // Vectors may be read a little past the end of a tensor: every part is followed by some room.
  let end = 16;
  const take = (floats: number) => {
    const start = end;
    end += Math.ceil(floats / 4) * 4 + 16;
    return start;
  };
  const inputAt = take(staged * frameFloats);
  const sideAt = take(staged * sideFloats);
  const outputAt = take((units - firstUnit) * outFloats);
  const constantsAt = plan.constants.map((tensor) => take(sizeOf(tensor)));
  const memory = helping.reserve(end * 4);
  if (!memory) return null;

  const heap = backend.wasm.HEAPF32;
  const at = (tensor: TensorInfo) => addressOf(backend, tensor) / 4;
  memory.fill(0, inputAt, inputAt + staged * frameFloats);
  for (let i = 0; i < staged; i++)
    pad(
      heap,
      at(x) + (first + i) * height * width * channels,
      x.shape,
      memory,
      inputAt + i * frameFloats,
      frame,
    );
  if (side) {
    const from = at(side) + first * sideFloats;
    memory.set(heap.subarray(from, from + staged * sideFloats), sideAt);
  }
  plan.constants.forEach((tensor, i) => {
    memory.set(heap.subarray(at(tensor), at(tensor) + sizeOf(tensor)), constantsAt[i]!);
  });
  if (plan.summed) memory.fill(0, outputAt, outputAt + (units - firstUnit) * outFloats);
  const perImage = (start: number, floats: number): Address => ({
    base: (start - first * floats) * 4,
    perImage: floats * 4,
    perUnit: 0,
  });
  helping.begin({
    images,
    units,
    firstStaged: firstUnit,
    calls: plan.calls.map(({ key, args }) => ({ key, args })),
    modules: new Map(plan.calls.map(({ key, build }) => [key, moduleForHelpers(key, build)])),
    addresses: [
      perImage(inputAt, frameFloats),
      perImage(sideAt, sideFloats),
      { base: (outputAt - firstUnit * outFloats) * 4, perImage: 0, perUnit: outFloats * 4 },
      ...constantsAt.map((start) => ({ base: start * 4, perImage: 0, perUnit: 0 })),
    ],
  });
  return {
    collect() {
      for (let unit = firstUnit; unit < units; unit++)
        if (helping.isHelpers(unit)) {
          const from = outputAt + (unit - firstUnit) * outFloats;
          heap.set(memory.subarray(from, from + outFloats), at(out) + unit * outFloats);
        }
    },
  };
}
