/** A project without image files, and a worker that says what the test tells it to. */
import { join } from 'node:path';
import type { AppEvent } from '../../../src/contract/types';
import { serialise } from '../../../src/main/models/serialise';
import type { EncoderSpec, MaskModelSpec } from '../../../src/main/models/spec';
import { openProject } from '../../../src/main/store/project';
import type { ProjectStore, ScannedImage } from '../../../src/main/store/types';
import type { Checkpoint, FromWorker, JobResult, ToWorker } from '../../../src/main/training/protocol';
import type { PlannedRun, SpawnWorker, WorkerProcess } from '../../../src/main/training/types';
import { temporaryFolder } from './fixtures/temporary';

export function scanned(path: string, className: string | null, split: string | null = null): ScannedImage {
  return {
    ...{ path, className, split, width: 20, height: 10, bytes: 1, modifiedMs: 1 },
    hash: `hash of ${path}`,
    thumbnail: new Uint8Array(1),
  };
}

/** Two classes of ten images each, unless told otherwise. */
export function newProject(images = twoClasses(10)): ProjectStore {
  const folder = temporaryFolder();
  const store = openProject(join(folder, 'test.penumbra'), { folder });
  store.putImages(images);
  return store;
}

export function twoClasses(count: number, split: string | null = null): ScannedImage[] {
  return ['cat', 'dog'].flatMap((name) =>
    Array.from({ length: count }, (_, i) =>
      scanned(`${split ? `${split}/` : ''}${name}/${String(i).padStart(3, '0')}.png`, name, split),
    ),
  );
}

class FakeWorker implements WorkerProcess {
  readonly received: ToWorker[] = [];
  killed = false;
  #message: (message: FromWorker) => void = () => {};
  #exit: (reason: string) => void = () => {};
  constructor(readonly onReceive: () => void) {}

  send(message: ToWorker): void {
    this.received.push(message);
    this.onReceive();
  }
  onMessage(listener: (message: FromWorker) => void): void {
    this.#message = listener;
  }
  onExit(listener: (reason: string) => void): void {
    this.#exit = listener;
  }
  kill(): void {
    this.killed = true;
  }
  say(...messages: FromWorker[]): void {
    for (const message of messages) this.#message(message);
  }
  die(reason: string): void {
    this.#exit(reason);
  }
}

/** Every worker that was started, and what was sent to them, in order. */
export class FakeWorkers {
  readonly all: FakeWorker[] = [];
  readonly #waiting: { type: ToWorker['type']; resolve: (message: ToWorker) => void }[] = [];
  readonly #unread: ToWorker[] = [];

  readonly spawn: SpawnWorker = () => {
    const worker = new FakeWorker(() => this.#deliver(worker.received.at(-1)!));
    this.all.push(worker);
    return worker;
  };

  get current(): FakeWorker {
    return this.all.at(-1)!;
  }

  /** The next message of a type to any worker. */
  next<T extends ToWorker['type']>(type: T): Promise<Extract<ToWorker, { type: T }>> {
    const place = this.#unread.findIndex((message) => message.type === type);
    if (place >= 0) {
      const [message] = this.#unread.splice(0, place + 1).slice(-1);
      return Promise.resolve(message as Extract<ToWorker, { type: T }>);
    }
    return new Promise((resolve) => {
      this.#waiting.push({ type, resolve: resolve as (message: ToWorker) => void });
    });
  }

  #deliver(message: ToWorker): void {
    const place = this.#waiting.findIndex(({ type }) => type === message.type);
    if (place < 0) this.#unread.push(message);
    else this.#waiting.splice(place, 1)[0]!.resolve(message);
  }
}

export class Events {
  readonly all: AppEvent[] = [];
  readonly emit = (event: AppEvent): void => void this.all.push(event);
  statuses(runId: number): string[] {
    const seen = this.all.flatMap((event) =>
      event.type === 'run' && event.run.id === runId ? [event.run.status as string] : [],
    );
    return seen.filter((status, i) => status !== seen[i - 1]);
  }
}

const normalisation = { mean: [0, 0, 0] as [number, number, number], std: 64 };

export const encoderSpec: EncoderSpec = {
  ...{ kind: 'classifier', inputSize: 16, embeddingSize: 4, normalisation, classes: ['cat', 'dog'] },
  topology: {},
  weights: { w: { shape: [2], values: Float32Array.of(1, 2) } },
};

export const maskModel: MaskModelSpec = {
  ...{ channels: [4], size: 16, normalisation, scale: { sigmaMin: 0.02, sigmaMax: 1.5, pixelScale: 64 } },
  weights: { w: { shape: [1], values: Float32Array.of(3) } },
};

export const encoderResult: JobResult = {
  kind: 'encoder',
  encoder: encoderSpec,
  accuracy: { clean: 1, at: { '0.5': 1, '1': 0.97, '1.5': 0.8 } },
  confusion: null,
  agreement: null,
  warnings: [],
};

export const maskResult: JobResult = { kind: 'mask', model: maskModel, warnings: [] };

export const checkpointAt = (step: number): Checkpoint => ({
  step,
  arrays: { w: { shape: [1], values: Float32Array.of(step) } },
  state: { best: step / 10 },
});

/** A GraphModel that pools a map; without the map where features come straight from the image. */
const POOLING = {
  modelTopology: {
    node: [
      { name: 'image', op: 'Placeholder' },
      { name: 'map', op: 'Conv2D', input: ['image', 'w'], attr: { strides: { list: { i: [1, 2, 2, 1] } } } },
      { name: 'features', op: 'Mean', input: ['map', 'axes'] },
    ],
  },
  weights: [],
  features: 'features',
  logits: null,
};
export const MAPLESS = { ...POOLING, features: 'map' };

export function storedEncoder(
  store: ProjectStore,
  changes: Partial<Parameters<ProjectStore['addEncoder']>[0]> = {},
): number {
  return store.addEncoder({
    ...{ name: 'stored', kind: 'graph-model', noiseReady: false, calibratedFrom: null, fingerprint: 'f' },
    card: {
      inputSize: 32,
      embeddingSize: 4,
      classes: null,
      parameters: 2,
      accuracy: null,
      agreement: null,
      warnings: [],
    },
    spec: serialise({ ...encoderSpec, kind: 'graph-model', inputSize: 32, classes: null, topology: POOLING }),
    ...changes,
  });
}

const common = {
  device: 'auto',
  split: null,
  images: 20,
  dataHash: 'h',
  versions: {},
  preset: 'draft',
  seed: 1,
};

/** An encoder, a positive mask made with it, and its maps. */
export const threeRuns = (): PlannedRun[] => [
  {
    ...{ kind: 'encoder', mask: null, title: 'Encoder', encoderId: null, after: null, steps: 10 },
    config: {
      ...common,
      ...{
        encoder: 'classifier',
        name: 'folder classifier 16 px',
        classes: ['cat', 'dog'],
        fingerprint: 'e',
      },
      training: {
        size: 16,
        seed: 1,
        batch: 4,
        epochs: 1,
        width: 4,
        learningRate: 0.01,
        noise: 1.2,
        heldOut: 0.2,
      },
    },
  },
  {
    ...{
      kind: 'mask',
      mask: 'positive',
      title: 'Positive mask',
      encoderId: null,
      after: { planned: 0 },
      steps: 20,
    },
    config: { ...common, training: { size: 16 } },
  },
  {
    ...{ kind: 'maps', mask: 'positive', title: 'Maps', encoderId: null, after: { planned: 1 }, steps: 20 },
    config: { ...common, training: { batch: 4 } },
  },
];
