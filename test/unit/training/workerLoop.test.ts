import { describe, expect, test } from 'vitest';
import { PenumbraError } from '../../../src/contract/errors';
import type { ParentPort } from '../../../src/main/training/parentPort';
import type { FromWorker, Job, JobContext, JobResult, ToWorker } from '../../../src/main/training/protocol';
import { serveJobs } from '../../../src/main/training/workerLoop';
import { checkpointAt, maskModel } from './fakes';

const image = { id: 1, file: '/a.png', label: null };
const job: Job = { kind: 'maps', mask: 'positive', maskModel, images: [image], config: { batch: 1 } };
const start: ToWorker = { type: 'start', job, device: 'auto', checkpoint: null };

/** A worker around one job function, and a way to wait for what it says. */
function worker(
  runJob: (job: Job, context: JobContext) => Promise<JobResult>,
  engine?: () => never,
  drained = async () => {},
) {
  let listener: (message: ToWorker) => void = () => {};
  const said: FromWorker[] = [];
  let wake: () => void = () => {};
  const port: ParentPort = {
    send: (message) => {
      said.push(message);
      wake();
    },
    drained,
    onMessage: (given) => {
      listener = given;
    },
    onClose: () => {},
  };
  serveJobs(port, {
    startEngine: async () => (engine ? engine() : { name: 'fake', device: 'wasm' }),
    decode: async (_file, size) => new Uint8Array(size * size * 3).fill(7),
    runJob,
  });
  return {
    said,
    tell: (message: ToWorker) => listener(message),
    until: async (type: FromWorker['type'], count = 1) => {
      while (said.filter((message) => message.type === type).length < count)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    },
  };
}

/** Counts steps until told to stop; sends a checkpoint before it ends, as every job does. */
async function counting(_job: Job, context: JobContext): Promise<JobResult> {
  for (let step = (context.checkpoint?.step ?? 0) + 1; step <= 1000; step++) {
    if ((await context.breathe()) === 'stop') {
      context.send({ type: 'checkpoint', checkpoint: checkpointAt(step) });
      throw new PenumbraError('STOPPED', 'stopped');
    }
    context.send({ type: 'progress', step, steps: 1000 });
  }
  return { kind: 'maps', failed: [] };
}

describe('the worker', () => {
  test('says which engine it uses, gives pixels, and sends the result', async () => {
    const { tell, until, said } = worker(async (_job, context) => {
      expect(await context.pixels(image, 2)).toEqual(new Uint8Array(12).fill(7));
      return { kind: 'maps', failed: [] };
    });
    tell(start);
    await until('done');
    expect(said).toEqual([
      { type: 'engine', name: 'fake', device: 'wasm' },
      { type: 'done', result: { kind: 'maps', failed: [] } },
    ]);
  });

  test('waits until what it sent has left: a large checkpoint must not pile up behind the steps', async () => {
    let leave: () => void = () => {};
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const { tell, until, said } = worker(counting, undefined, () => left);
    tell(start);
    await until('engine');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(said.filter(({ type }) => type === 'progress')).toEqual([]);
    leave();
    await until('progress', 3);
  });

  test('holds at a pause and goes on after it', async () => {
    const { tell, until, said } = worker(counting);
    tell(start);
    await until('progress', 3);
    tell({ type: 'pause' });
    const reached = said.length;
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    // The step that was under way when the pause came may still be told.
    expect(said.length).toBeLessThanOrEqual(reached + 1);
    tell({ type: 'resume' });
    await until('done');
    expect(said.filter(({ type }) => type === 'progress')).toHaveLength(1000);
  });

  test.each(['running', 'paused'])(
    'stops with a checkpoint while %s, and takes the next job',
    async (state) => {
      const { tell, until, said } = worker(counting);
      tell(start);
      await until('progress', 2);
      if (state === 'paused') tell({ type: 'pause' });
      tell({ type: 'stop' });
      await until('stopped');
      expect(said.slice(-2).map(({ type }) => type)).toEqual(['checkpoint', 'stopped']);
      tell({ ...start, checkpoint: checkpointAt(999) });
      await until('done');
    },
  );

  test('reports what a job throws and lives on', async () => {
    let failing = true;
    const { tell, until, said } = worker(async () => {
      if (failing) throw new PenumbraError('TRAINING_DIVERGED', 'The loss is not finite.');
      return { kind: 'maps', failed: [] };
    });
    tell(start);
    await until('error');
    expect(said.at(-1)).toEqual({
      type: 'error',
      code: 'TRAINING_DIVERGED',
      message: 'The loss is not finite.',
    });
    failing = false;
    tell(start);
    await until('done');
  });

  test.each([
    [new Error('out of memory\nat kernel'), 'ENGINE_FAILED', 'failed (out of memory).'],
    [new TypeError('x is undefined'), 'INTERNAL', 'x is undefined'],
  ])('tells an engine that failed from a fault of our own: %s', async (error, code, message) => {
    const { tell, until, said } = worker(async () => {
      throw error;
    });
    tell(start);
    await until('error');
    expect(said.at(-1)).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('reports an engine that cannot start', async () => {
    const { tell, until, said } = worker(counting, () => {
      throw new PenumbraError('DEVICE_UNAVAILABLE', 'No such device here.');
    });
    tell(start);
    await until('error');
    expect(said).toEqual([{ type: 'error', code: 'DEVICE_UNAVAILABLE', message: 'No such device here.' }]);
  });

  test('refuses a second job while one runs', async () => {
    const { tell, until, said } = worker(counting);
    tell(start);
    await until('progress');
    tell(start);
    await until('error');
    expect(said.at(-1)).toMatchObject({ code: 'INTERNAL' });
  });
});
