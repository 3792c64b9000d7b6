/** @file The worker's life: one job at a time, with messages that may come at any moment. */
import { setImmediate as yieldToMessages } from 'node:timers/promises';
import { describeError, type ErrorCode, PenumbraError } from '../../contract/errors';
import type { DeviceName } from '../../contract/types';
import type { ParentPort } from './parentPort';
import { type Decode, PixelCache } from './pixelCache';
import type { Job, JobContext, JobImage, JobResult, ToWorker } from './protocol';

export interface WorkerTools {
  startEngine(device: DeviceName): Promise<{ name: string; device: DeviceName }>;
  decode: Decode;
  runJob(job: Job, context: JobContext): Promise<JobResult>;
}

/** Waiting to go on: `go` runs, `hold` waits inside `breathe`, `stop` ends the job at its next breath. */
class Brake {
  #state: 'go' | 'hold' | 'stop' = 'go';
  #release: (() => void) | null = null;
  readonly #drained: () => Promise<void>;

  constructor(drained: () => Promise<void>) {
    this.#drained = drained;
  }

  set(state: 'go' | 'hold' | 'stop'): void {
    // A job that is ending is not called back.
    if (this.#state === 'stop') return;
    this.#state = state;
    if (state !== 'hold') this.#release?.();
  }

  async breathe(): Promise<'go' | 'stop'> {
    // Training keeps the thread busy: without this turn of the event loop no message would ever be read.
    await yieldToMessages();
    // A pipe takes a few hundred kilobytes a turn: a checkpoint of a large network would take hundreds of steps to leave, with all that is sent behind it.
    await this.#drained();
    while (this.#state === 'hold')
      await new Promise<void>((resolve) => {
        this.#release = resolve;
      });
    return this.#state === 'stop' ? 'stop' : 'go';
  }
}

/** Serves jobs until main goes away. Whatever a job throws is sent as an error, and the worker waits for the next. */
export function serveJobs(port: ParentPort, tools: WorkerTools): void {
  let brake: Brake | null = null;

  const start = async (message: Extract<ToWorker, { type: 'start' }>): Promise<void> => {
    const { job, device, checkpoint } = message;
    const mine = new Brake(() => port.drained());
    brake = mine;
    const images = imagesOf(job);
    const pixels = new PixelCache(images, job.kind === 'maps', { decode: tools.decode });
    try {
      const engine = await tools.startEngine(device);
      port.send({ type: 'engine', name: engine.name, device: engine.device });
      const result = await tools.runJob(job, {
        pixels: (image, size) => pixels.get(image, size),
        send: (sent) => port.send(sent),
        breathe: () => mine.breathe(),
        checkpoint,
      });
      port.send({ type: 'done', result });
    } catch (error) {
      const { code, message: sentence } = describeJobError(error);
      port.send(code === 'STOPPED' ? { type: 'stopped' } : { type: 'error', code, message: sentence });
    } finally {
      pixels.close();
      brake = null;
    }
  };

  port.onMessage((message) => {
    if (message.type === 'start') {
      if (brake)
        port.send({ type: 'error', code: 'INTERNAL', message: 'The worker is busy with another job.' });
      else void start(message);
    } else brake?.set(message.type === 'pause' ? 'hold' : message.type === 'resume' ? 'go' : 'stop');
  });
}

function imagesOf(job: Job): JobImage[] {
  if (!('images' in job)) return [];
  return job.kind === 'mask' ? [...job.images, ...job.previews] : job.images;
}

/** What a job did not foresee comes from the engine (no memory, a missing kernel), unless it is a fault of our own. */
function describeJobError(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof PenumbraError || error instanceof TypeError || error instanceof ReferenceError)
    return describeError(error);
  const [reason] = describeError(error).message.split('\n', 1);
  return {
    code: 'ENGINE_FAILED',
    message: `The compute engine failed (${reason}). Try again with a smaller size or batch, or on another device.`,
  };
}
