import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { FromWorker } from '../../../src/main/training/protocol';
import { forkWorker } from '../../../src/main/training/spawn';
import { checkpointAt, maskModel } from './fakes';

const file = fileURLToPath(new URL('fixtures/echoWorker.mjs', import.meta.url));
const job = { kind: 'maps', mask: 'positive', maskModel, images: [], config: { batch: 1 } } as const;

test('typed arrays reach the worker as they are', async () => {
  const worker = forkWorker(file);
  const answer = new Promise<FromWorker>((resolve) => worker.onMessage(resolve));
  worker.send({ type: 'start', job: { ...job, images: [] }, device: 'auto', checkpoint: checkpointAt(5) });
  expect(await answer).toMatchObject({ name: 'Float32Array 5' });
  worker.kill();
});

test('an exit says how, and why if the process said so', async () => {
  const worker = forkWorker(file);
  const reason = new Promise<string>((resolve) => worker.onExit(resolve));
  worker.send({ type: 'stop' });
  expect(await reason).toBe('exit code 7: RuntimeError: out of memory');
  // To a process that is gone nothing can be said, and that is no error.
  worker.send({ type: 'resume' });
});

test('a killed worker says by which signal', async () => {
  const worker = forkWorker(file);
  const reason = new Promise<string>((resolve) => worker.onExit(resolve));
  worker.kill();
  expect(await reason).toBe('signal SIGKILL');
});
