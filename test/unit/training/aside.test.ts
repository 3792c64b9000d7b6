/** Jobs beside the queue: one worker each, ended with the job; and the comparison of engines that is made of them. */
import { describe, expect, test } from 'vitest';
import type { DoctorReport } from '../../../src/contract/types';
import { startEngine } from '../../../src/main/engine';
import { runAside } from '../../../src/main/training/aside';
import { timeEngines } from '../../../src/main/training/bench';
import { runJob } from '../../../src/main/training/jobs';
import type { JobResult } from '../../../src/main/training/protocol';
import { FakeWorkers } from './fakes';
import { contextOf } from './jobSupport';

const engine = (name: string, device: 'cpu' | 'wasm' | 'cuda', available = true) =>
  ({ name, device, available, why: 'Because.', selfTest: null }) satisfies DoctorReport['engines'][number];
const doctorResult: JobResult = {
  kind: 'doctor',
  report: { chosen: 'B', engines: [engine('A', 'wasm'), engine('B', 'cpu'), engine('C', 'cuda', false)] },
};
const doctorJob = { kind: 'doctor', selfTest: false } as const;

describe('a job aside', () => {
  test('gives its result, and its process ends', async () => {
    const workers = new FakeWorkers();
    const done = runAside(doctorJob, 'cpu', { spawn: workers.spawn });
    await workers.next('start');
    workers.current.say({ type: 'done', result: doctorResult });
    expect(await done).toEqual(doctorResult);
    expect(workers.current.killed).toBe(true);
  });

  test('fails with the sentence the job ends with, and its process ends', async () => {
    const workers = new FakeWorkers();
    const done = runAside(doctorJob, 'cpu', { spawn: workers.spawn });
    await workers.next('start');
    workers.current.say({ type: 'error', code: 'ENGINE_FAILED', message: 'It failed.' });
    await expect(done).rejects.toMatchObject({ code: 'ENGINE_FAILED', message: 'It failed.' });
    expect(workers.current.killed).toBe(true);
  });

  test('is stopped by its signal, before it began as well', async () => {
    const workers = new FakeWorkers();
    const abort = new AbortController();
    const done = runAside(doctorJob, 'cpu', { spawn: workers.spawn, signal: abort.signal });
    await workers.next('start');
    abort.abort();
    expect((await workers.next('stop')).type).toBe('stop');
    workers.current.say({ type: 'stopped' });
    await expect(done).rejects.toMatchObject({ code: 'STOPPED' });
    const late = runAside(doctorJob, 'cpu', { spawn: workers.spawn, signal: abort.signal });
    await expect(late).rejects.toMatchObject({ code: 'STOPPED' });
    expect(workers.all).toHaveLength(1);
  });
});

test('engines are timed in turns, each in its process, the chosen one against the others', async () => {
  const workers = new FakeWorkers();
  const done = timeEngines(2, { spawn: workers.spawn });
  await workers.next('start');
  workers.current.say({ type: 'done', result: doctorResult });
  const times = [
    [10, 640],
    [40, 1280],
    [30, 320],
    [60, 640],
  ];
  const devices: string[] = [];
  for (const [step, maps] of times) {
    const message = await workers.next('start');
    devices.push(message.type === 'start' ? message.device : '');
    workers.all
      .find(({ received }) => received.at(-1) === message)!
      .say({
        type: 'done',
        result: {
          ...{ kind: 'bench', stepMs: [step!, step!], mapsMs: [maps!] },
          ...{ fallbacks: {}, residentMb: 1, peakMb: 1 },
        },
      });
  }
  expect(devices).toEqual(['cpu', 'wasm', 'cpu', 'wasm']);
  expect(await done).toEqual([
    { name: expect.stringContaining('step'), ours: 'B', ours_ms: 20, peer: 'A', peer_ms: 50, ratio: 0.4 },
    { name: expect.stringContaining('map'), ours: 'B', ours_ms: 15, peer: 'A', peer_ms: 30, ratio: 0.5 },
  ]);
  expect(workers.all.every(({ killed }) => killed)).toBe(true);
});

test('the work that is timed is a whole small training', async () => {
  await startEngine('cpu');
  const result = await runJob({ kind: 'bench', config: { size: 32, batch: 4, steps: 3 } }, contextOf());
  if (result.kind !== 'bench') throw new Error('no figures came back');
  expect(result.stepMs).toHaveLength(2);
  expect(result.mapsMs).toHaveLength(4);
  for (const ms of [...result.stepMs, ...result.mapsMs]) expect(ms).toBeGreaterThan(0);
  expect(result.peakMb).toBeGreaterThan(50);
});
