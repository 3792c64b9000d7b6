import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExplainAnswer, ExplainJob } from '../../../src/main/training/protocol';
import { WarmWorker } from '../../../src/main/training/warmWorker';
import { encoderSpec, FakeWorkers } from './fakes';

const answers: Record<string, ExplainAnswer> = {
  predict: { type: 'predict', clean: [1], noised: null, kept: null, similarity: null },
  attribute: { type: 'attribute', width: 1, height: 1, values: Float32Array.of(1) },
  curve: { type: 'curve', hasHead: true, learned: [1], uniform: [1] },
};
const tasks = {
  predict: { type: 'predict', noise: null, samples: 1 },
  attribute: { type: 'attribute', method: 'gradient' },
  curve: { type: 'curve', logOdds: [], scale: { sigmaMin: 0.1, sigmaMax: 1, pixelScale: 1 }, budget: 0.5 },
} satisfies Record<string, ExplainJob['task']>;

let workers: FakeWorkers;
let warm: WarmWorker;
let taken: boolean;
let told: number;
beforeEach(() => {
  workers = new FakeWorkers();
  [taken, told] = [false, 0];
  const spawn = workers.spawn;
  warm = new WarmWorker({ spawn, workerFile: 'worker.js', deviceTaken: () => taken, idleMs: 1000 });
});

const ask = (type: keyof typeof tasks, signal?: AbortSignal) =>
  warm.ask({
    ...{
      encoderId: 7,
      signal,
      job: { images: [], size: 16, seed: 1, task: tasks[type] as ExplainJob['task'] },
    },
    encoder: () => {
      told++;
      return encoderSpec;
    },
  });
async function begun() {
  const { job, device } = await workers.next('start');
  return { task: (job as ExplainJob).task.type, spec: (job as ExplainJob).encoder.spec, device };
}
const answer = (type: keyof typeof tasks) =>
  workers.current.say({ type: 'done', result: { kind: 'explain', answer: answers[type]! } });

describe('the warm worker', () => {
  it('keeps its process between questions, and tells it the encoder once', async () => {
    const first = ask('predict');
    expect(await begun()).toMatchObject({ spec: encoderSpec, device: 'auto' });
    answer('predict');
    expect(await first).toEqual(answers.predict);
    const second = ask('attribute');
    expect((await begun()).spec).toBeNull();
    answer('attribute');
    await second;
    expect([workers.all.length, told]).toEqual([1, 1]);
  });

  it('answers what a person waits for first', async () => {
    const all = [ask('curve'), ask('curve'), ask('attribute'), ask('predict')];
    const order = [];
    for (let i = 0; i < all.length; i++) {
      const { task } = await begun();
      order.push(task);
      answer(task);
    }
    await Promise.all(all);
    expect(order).toEqual(['curve', 'predict', 'attribute', 'curve']);
  });

  it('passes over questions that are no longer asked, and stops the one in hand', async () => {
    const [late, now] = [new AbortController(), new AbortController()];
    const first = ask('attribute', now.signal);
    const second = ask('predict', late.signal);
    await begun();
    late.abort();
    now.abort();
    await workers.next('stop');
    workers.current.say({ type: 'stopped' });
    await expect(first).rejects.toMatchObject({ code: 'STOPPED' });
    await expect(second).rejects.toMatchObject({ code: 'STOPPED' });
    const third = ask('predict');
    expect((await begun()).task).toBe('predict');
    answer('predict');
    await third;
    expect(workers.all).toHaveLength(1);
  });

  it('leaves the device to a training, and answers on the processor meanwhile', async () => {
    const asked = ask('predict');
    expect((await begun()).device).toBe('auto');
    taken = true;
    warm.giveWay();
    expect(workers.all[0]!.killed).toBe(true);
    expect(await begun()).toMatchObject({ device: 'cpu', spec: encoderSpec });
    answer('predict');
    expect(await asked).toEqual(answers.predict);
    warm.giveWay();
    expect(workers.all[1]!.killed).toBe(false);
  });

  it('ends when nobody has asked for a while', async () => {
    vi.useFakeTimers();
    const asked = ask('predict');
    await begun();
    answer('predict');
    await asked;
    await vi.advanceTimersByTimeAsync(900);
    expect(workers.current.killed).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(workers.current.killed).toBe(true);
    vi.useRealTimers();
  });

  it('is told the encoder again after an error, whose process is gone', async () => {
    const asked = ask('predict');
    await begun();
    workers.current.say({ type: 'error', code: 'ENGINE_FAILED', message: 'no memory' });
    await expect(asked).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    const again = ask('predict');
    expect((await begun()).spec).toEqual(encoderSpec);
    answer('predict');
    await again;
    expect(workers.all).toHaveLength(2);
  });

  it('ends with the project, and so does whoever waits', async () => {
    const [first, second] = [ask('predict'), ask('curve')];
    await begun();
    warm.close();
    await expect(first).rejects.toMatchObject({ code: 'STOPPED' });
    await expect(second).rejects.toMatchObject({ code: 'STOPPED' });
    await expect(ask('predict')).rejects.toMatchObject({ code: 'STOPPED' });
    expect(workers.current.killed).toBe(true);
  });
});
