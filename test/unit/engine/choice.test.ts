import { describe, expect, it } from 'vitest';
import { doctorReport } from '../../../src/contract/types';
import { fallbackCounts, startEngine } from '../../../src/main/engine';
import { CANDIDATES } from '../../../src/main/engine/candidates';
import { inspectEngines } from '../../../src/main/engine/doctor';
import { tf } from '../../../src/main/engine/tf';

describe('the choice of an engine', () => {
  it('starts the one that is named, and says which it is', async () => {
    const engine = await startEngine('wasm');
    expect(engine).toMatchObject({ name: expect.stringMatching(/wasm.*SIMD/), device: 'wasm' });
    expect(tf.getBackend()).toBe('wasm');
  });

  it('always finds one for "auto" and for "cpu"', async () => {
    expect((await startEngine('auto')).why).toMatch(/\.$/);
    expect((await startEngine('cpu')).why).toMatch(/\.$/);
  });

  it('refuses a device that is not there, in a sentence that says what to do', async () => {
    for (const candidate of CANDIDATES)
      if (!(await candidate.probe()).available)
        await expect(startEngine(candidate.device)).rejects.toMatchObject({
          code: 'DEVICE_UNAVAILABLE',
          message: expect.stringMatching(/cannot be used on this machine\. .*Choose "auto"/),
        });
  });

  it('tries the processor last', () => {
    expect(CANDIDATES.at(-1)?.device).toBe('wasm');
  });
});

describe('the doctor', () => {
  it('names every engine, tests those that are there, and says which one "auto" takes', async () => {
    const report = await inspectEngines(true);
    expect(doctorReport.pick({ engines: true, chosen: true }).parse(report)).toEqual(report);
    for (const engine of report.engines) {
      expect(engine.why).toMatch(/\.$/);
      expect(engine.why).not.toMatch(/\n| at .*:\d+:\d+/);
      if (engine.available) expect(engine.selfTest).toMatchObject({ ok: true, gflops: expect.any(Number) });
    }
    expect(report.engines.map(({ name }) => name)).toContain(report.chosen);
  });
});

it('kernels that only the plain JavaScript backend has run there, and are counted', async () => {
  await startEngine('wasm');
  const before = fallbackCounts().UnsortedSegmentSum ?? 0;
  const sums = tf.tidy(() =>
    tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([1, 0, 1, 1], 'int32'), 2).dataSync(),
  );
  expect([...sums]).toEqual([2, 8]);
  expect(fallbackCounts().UnsortedSegmentSum).toBe(before + 1);
});
