/** @file Keeps what a running job sends: metrics in batches, checkpoints and maps at once; and tells the window. */
import { DEFAULT_BUDGET, entropyOf, type NoiseScale } from '../../contract/noiseMap';
import type { AppEvent, MetricPoint } from '../../contract/types';
import { serialise } from '../models/serialise';
import type { ProjectStore, RunPatch, RunRow } from '../store/types';
import type { JobMessage } from './host';
import { measureImages } from './measures';
import { Pace } from './pace';
import type { Checkpoint, FromWorker } from './protocol';

const FLUSH_MS = 1000;
const BATCH = 50;
/** Progress is told at most so often; the eye reads no faster. */
const TELL_MS = 250;

type SentMaps = Extract<FromWorker, { type: 'maps' }>['maps'];

/** What `receive` cannot keep by itself, because it depends on the kind of run. */
export interface MapsTarget {
  /** The mask run the maps belong to. */
  maskRunId: number;
  scale: NoiseScale;
  /** How many images have maps already. */
  mapped: number;
}

export class RunRecorder {
  readonly #store: ProjectStore;
  readonly #row: RunRow;
  readonly #emit: (event: AppEvent) => void;
  readonly #tell: () => void;
  readonly #target: MapsTarget | null;
  readonly #pace: Pace;
  #metrics: MetricPoint[] = [];
  #patch: RunPatch = {};
  #timer: NodeJS.Timeout | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;
  #step: number;
  #steps: number;
  #mapped: number;
  /** What a flush in the background met (a full disk): thrown at the next message, where it ends the job. */
  #fault: unknown = null;

  /** @param tell sends the run's summary to the window */
  constructor(
    store: ProjectStore,
    row: RunRow,
    target: MapsTarget | null,
    emit: (event: AppEvent) => void,
    tell: () => void,
  ) {
    this.#store = store;
    this.#row = row;
    this.#target = target;
    this.#emit = emit;
    this.#tell = tell;
    this.#step = row.step;
    this.#steps = row.steps;
    this.#mapped = target?.mapped ?? 0;
    this.#pace = new Pace(store.metrics(row.id).map(({ msPerStep }) => msPerStep));
  }

  /** Where the run stands now, ahead of what has been written. */
  get progress(): { step: number; steps: number; secondsLeft: number | null } {
    const left = this.#pace.secondsFor(this.#steps - this.#step);
    return { step: this.#step, steps: this.#steps, secondsLeft: left };
  }

  receive(message: JobMessage): void {
    if (this.#fault) throw this.#fault;
    switch (message.type) {
      case 'engine':
        this.#store.updateRun(this.#row.id, { engine: message.name });
        this.#tell();
        break;
      case 'progress':
        // Maps are counted by the images that have one, which holds across resumed runs too.
        if (!this.#target) this.#advance(message.step, message.steps);
        break;
      case 'metric':
        this.#keepMetric(message.point);
        break;
      case 'preview':
        this.#emit({
          ...message,
          runId: this.#row.id,
          maps: message.maps.map(({ imageId, logOdds }) => ({ imageId, logOdds: Array.from(logOdds) })),
        });
        break;
      case 'checkpoint':
        this.#keepCheckpoint(message.checkpoint);
        break;
      case 'maps':
        this.#keepMaps(message.maps);
        break;
    }
  }

  /** The time until the next step is not the run's: it is paused. */
  interrupt(): void {
    this.#pace.interrupt();
  }

  /** Writes what has gathered; called before the status of the run changes. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const metrics = this.#metrics;
    const patch = this.#patch;
    this.#metrics = [];
    this.#patch = {};
    if (metrics.length > 0) this.#store.addMetrics(this.#row.id, metrics);
    if (Object.keys(patch).length > 0) this.#store.updateRun(this.#row.id, patch);
  }

  #advance(step: number, steps: number): void {
    const now = performance.now();
    this.#pace.tick(step, now);
    this.#step = step;
    this.#steps = steps;
    this.#patch = { ...this.#patch, step, steps };
    this.#schedule();
    if (now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    this.#tell();
  }

  #keepMetric(point: MetricPoint): void {
    this.#emit({ type: 'metric', runId: this.#row.id, point });
    this.#metrics.push(point);
    if (this.#metrics.length >= BATCH) this.flush();
    else this.#schedule();
  }

  #keepCheckpoint(checkpoint: Checkpoint): void {
    this.flush();
    this.#store.putCheckpoint(this.#row.id, checkpoint.step, serialise(checkpoint));
  }

  #keepMaps(maps: SentMaps): void {
    const target = this.#target;
    if (!target) return;
    const budget = DEFAULT_BUDGET[this.#row.mask!];
    const sizes = new Map(
      this.#store
        .images({ ids: maps.map(({ imageId }) => imageId) })
        .map(({ id, width, height }) => [id, width * height]),
    );
    const kept = maps
      // An image may have left the folder while its map was computed.
      .filter(({ imageId }) => sizes.has(imageId))
      .map((map) => {
        const grid = { width: map.width, height: map.height, values: map.logOdds };
        const entropies = entropyOf(grid, budget, target.scale, sizes.get(map.imageId)!);
        return { ...map, runId: target.maskRunId, ...entropies };
      });
    this.#store.putMaps(kept, target.scale);
    measureImages(
      this.#store,
      kept.map(({ imageId }) => imageId),
    );
    this.#mapped += maps.length;
    this.#advance(this.#mapped, this.#steps);
  }

  /** Kept in memory only until the next flush, at the latest in a second. */
  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      try {
        this.flush();
      } catch (error) {
        this.#fault = error;
      }
    }, FLUSH_MS);
  }
}
