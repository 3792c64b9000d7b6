/**
 * @file Threads that compute images of a batch beside the main one. The backend's heap cannot be shared between
 * threads, so they work in a memory of their own, into which inputs and from which results are copied.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { MAX_SHARED_PAGES } from './assembler';

/** One call of a compiled function for one image: each argument is one of the job's addresses plus an offset. */
export interface HelperCall {
  key: string;
  args: [role: number, offset: number][];
}

/** An address that moves on from image to image or from unit to unit. In bytes. */
export interface Address {
  base: number;
  perImage: number;
  perUnit: number;
}

/** A batch in units of one or more images, of which a thread takes one at a time: unit u begins at firstImage(u). */
export interface HelperJob {
  images: number;
  units: number;
  /** Helpers take units from the last one down to this one; only those are staged for them. */
  firstStaged: number;
  calls: HelperCall[];
  modules: ReadonlyMap<string, WebAssembly.Module>;
  addresses: Address[];
}

export function firstImage(unit: number, images: number, units: number): number {
  return Math.floor((unit * images) / units);
}

/** More threads than this find no more of a batch to share. */
const MOST = 7;
export const MOST_UNITS = 4096;
const PAGE_BYTES = 65536;
const PATIENCE_MS = 60_000;

/** One thread for each processor core, the main one among them. */
export const helperCount = () => Math.min(availableParallelism() - 1, MOST);

/** Control words of helper h: the number of the job it was given (negated once it has begun, 0 when done), and a bell. */
const wordsOf = (helper: number) => ({ state: 2 * helper, bell: 2 * helper + 1 });
const CLAIMS = 2 * MOST;

/** Runs in the helper; CommonJS text, so that it is there however the program was bundled. */
const SOURCE = `
const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');
const { control, memory, state, bell, claims } = workerData;
const functions = new Map();
const firstImage = (unit, images, units) => Math.floor((unit * images) / units);
function work({ number, images, units, firstStaged, calls, modules, addresses }) {
  for (const [key, module] of modules)
    functions.set(key, new WebAssembly.Instance(module, { env: { memory } }).exports.run);
  if (Atomics.compareExchange(control, state, number, -number) !== number) return;
  const runs = calls.map(({ key }) => functions.get(key));
  for (let unit = units - 1; unit >= firstStaged; unit--) {
    if (Atomics.compareExchange(control, claims + unit, 0, 2) !== 0) continue;
    const end = firstImage(unit + 1, images, units);
    for (let image = firstImage(unit, images, units); image < end; image++) {
      const at = addresses.map(({ base, perImage, perUnit }) => base + perImage * image + perUnit * unit);
      calls.forEach(({ args }, i) => runs[i](...args.map(([role, offset]) => at[role] + offset)));
    }
  }
  Atomics.store(control, state, 0);
  Atomics.notify(control, state);
}
for (;;) {
  const rung = Atomics.load(control, bell);
  const received = receiveMessageOnPort(parentPort);
  if (received) work(received.message);
  else Atomics.wait(control, bell, rung);
}
`;

export class Helpers {
  readonly count: number;
  private readonly memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_SHARED_PAGES, shared: true });
  private readonly control = new Int32Array(new SharedArrayBuffer((CLAIMS + MOST_UNITS) * 4));
  private readonly workers: { worker: Worker; known: Set<string> }[];
  private view = new Float32Array(this.memory.buffer);
  private job = 0;

  constructor(count = helperCount()) {
    this.count = count;
    this.workers = Array.from({ length: count }, (_, helper) => {
      const words = wordsOf(helper);
      const workerData = { control: this.control, memory: this.memory, claims: CLAIMS, ...words };
      const worker = new Worker(SOURCE, { eval: true, workerData });
      worker.unref();
      return { worker, known: new Set<string>() };
    });
  }

  /** The helpers' memory as floats, of at least `bytes`; null where so much cannot be had. */
  reserve(bytes: number): Float32Array | null {
    const missing = Math.ceil(bytes / PAGE_BYTES) - this.memory.buffer.byteLength / PAGE_BYTES;
    if (missing > 0) {
      try {
        this.memory.grow(missing);
      } catch {
        return null;
      }
      this.view = new Float32Array(this.memory.buffer);
    }
    return this.view;
  }

  /** Gives the job to every helper. Until `finish`, the main thread takes units from the first one up. */
  begin({ modules, ...job }: HelperJob): void {
    this.job++;
    this.control.fill(0, CLAIMS, CLAIMS + job.units);
    this.workers.forEach(({ worker, known }, helper) => {
      const { state, bell } = wordsOf(helper);
      const fresh = [...modules].filter(([key]) => !known.has(key));
      for (const [key] of fresh) known.add(key);
      Atomics.store(this.control, state, this.job);
      worker.postMessage({ number: this.job, modules: fresh, ...job });
      Atomics.add(this.control, bell, 1);
      Atomics.notify(this.control, bell);
    });
  }

  /** Takes a unit for the main thread, unless a helper has it. */
  claim(unit: number): boolean {
    return Atomics.compareExchange(this.control, CLAIMS + unit, 0, 1) === 0;
  }

  isHelpers(unit: number): boolean {
    return Atomics.load(this.control, CLAIMS + unit) === 2;
  }

  /** Waits for helpers that are at work; those that have not begun by now need not any more. */
  finish(): void {
    for (let helper = 0; helper < this.count; helper++) {
      const { state } = wordsOf(helper);
      if (Atomics.compareExchange(this.control, state, this.job, 0) === this.job) continue;
      while (Atomics.load(this.control, state) !== 0)
        if (Atomics.wait(this.control, state, -this.job, PATIENCE_MS) === 'timed-out')
          throw new Error('A computing thread of the wasm engine does not answer.');
    }
  }
}
