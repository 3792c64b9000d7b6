/** Which device is taken, with devices that are not in this machine: fakes that only differ in speed. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { candidatesFor, firstUsable } from '../../../src/main/engine';
import type { Candidate } from '../../../src/main/engine/candidates';
import type { Runtime } from '../../../src/main/engine/onnx/runtime/binding';
import { probeDevices } from '../../../src/main/engine/onnx/runtime/probe';
import { chooseThreads } from '../../../src/main/engine/onnx/runtime/threads';
import type { Probe } from '../../../src/main/engine/probe';

const cpus = vi.hoisted(() => ({ threads: 8 }));
vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  availableParallelism: () => cpus.threads,
}));
afterEach(() => vi.restoreAllMocks());

const fake = (device: Candidate['device'], probe: Omit<Probe, 'why'>): Candidate => ({
  ...{ name: device, device, automatic: true },
  probe: async () => ({ ...probe, why: `${device} was probed.` }),
  start: async () => device,
});

describe('"auto"', () => {
  it('asks in the order: tfjs-node-gpu, CUDA, WebGPU, DirectML, Core ML, the processor, wasm', () => {
    expect(candidatesFor('auto').map(({ device }) => device)).toEqual([
      ...['tensorflow', 'cuda', 'webgpu', 'dml', 'coreml', 'cpu', 'wasm'],
    ]);
  });

  it('takes the first that works', async () => {
    const here = [
      fake('tensorflow', { available: false }),
      fake('webgpu', { available: true }),
      fake('cpu', { available: true }),
    ];
    const { candidate, reasons } = await firstUsable(here, 'auto');
    expect(candidate?.device).toBe('webgpu');
    expect(reasons).toEqual(['tensorflow was probed.', 'webgpu was probed.']);
  });

  it('passes over an adapter in software, which a user may still name', async () => {
    const software = fake('webgpu', { available: true, worthwhile: false });
    const here = [software, fake('cpu', { available: true })];
    expect((await firstUsable(here, 'auto')).candidate?.device).toBe('cpu');
    expect((await firstUsable([software], 'webgpu')).candidate).toBe(software);
  });

  it('says so when nothing works', async () => {
    const { candidate } = await firstUsable([fake('cpu', { available: false })], 'auto');
    expect(candidate).toBeNull();
  });
});

/** A runtime whose convolutions take so many milliseconds on each device, by a clock of its own; null: it fails. */
function runtimeWith(milliseconds: Partial<Record<string, number | null>>): Runtime {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  return {
    version: '1.0',
    devices: Object.keys(milliseconds) as Runtime['devices'],
    createTensor: (type, data, dims) => ({ type, data, dims, location: 'cpu', dispose: () => {} }),
    createSession: () => {
      let device = '';
      return {
        loadModel: (_model, _offset, _length, options) => {
          device = (options as { executionProviders: string[] }).executionProviders[0]!;
          if (milliseconds[device] === null) throw new Error('no such device');
        },
        run: () => {
          now += milliseconds[device]!;
          return {};
        },
        dispose: () => {},
        endProfiling: () => {},
      };
    },
  };
}

describe('the devices of ONNX Runtime', () => {
  const probe = (milliseconds: Parameters<typeof runtimeWith>[0], wanted: string) =>
    probeDevices(runtimeWith(milliseconds)).find(({ device }) => device === wanted);

  it('are worth it when they compute clearly faster than the processor', () => {
    expect(probe({ cpu: 60, dml: 10 }, 'dml')).toMatchObject({
      ...{ available: true, worthwhile: true, why: expect.stringContaining('6.0 times as fast') },
    });
  });

  it('are not when they are as slow, as adapters in software are', () => {
    expect(probe({ cpu: 60, cuda: 500 }, 'cuda')).toMatchObject({ available: true, worthwhile: false });
    expect(probe({ cpu: 60, coreml: 50 }, 'coreml')).toMatchObject({ available: true, worthwhile: false });
  });

  it('are not there when they fail, or when the runtime was built without them; then what is needed is said', () => {
    for (const milliseconds of [{ cpu: 60, cuda: null }, { cpu: 60 }])
      expect(probe(milliseconds, 'cuda')).toMatchObject({
        ...{ available: false, worthwhile: false, why: expect.stringContaining('CUDA 12') },
      });
  });
});

describe('the number of threads', () => {
  const choose = (times: Record<number, number>) => chooseThreads((threads) => times[threads]!);

  it('is that of the processor where all of them help', () => {
    expect(choose({ 8: 10, 4: 19, 2: 37, 1: 70 })).toBe(8);
  });

  it('is smaller where two threads share a core', () => {
    expect(choose({ 8: 10, 4: 10, 2: 19, 1: 37 })).toBe(4);
  });

  it('is one where others keep the processor busy, so that more threads wait for each other', () => {
    expect(choose({ 8: 90, 4: 70, 2: 60, 1: 40 })).toBe(1);
  });

  it('is not more than 16 on large machines', () => {
    cpus.threads = 64;
    expect(choose({ 16: 10, 8: 19, 4: 37, 2: 70, 1: 130 })).toBe(16);
  });
});
