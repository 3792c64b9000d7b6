/**
 * A whole training step (U-Net, ResNet-18, NT-Xent, Adam) on WebGPU against the processor. Without a graphics processor
 * a software adapter serves, if Chromium brings one; both must give the same losses.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';

const CHROMIUM = '/usr/lib/chromium';
const ADAPTER = join(CHROMIUM, 'vk_swiftshader_icd.json');
const STEPS = 3;
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'onnx-devices-'));
const worker = join(folder, 'worker.mjs');

beforeAll(async () => {
  await build({
    entryPoints: [join(root, 'bench/engine/worker.ts')],
    outfile: worker,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(import.meta.filename).href) },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Both have to be there when the process starts. */
const onAdapter = () => ({ ...process.env, VK_ICD_FILENAMES: ADAPTER, LD_LIBRARY_PATH: CHROMIUM });

function losses(device: string, steps: number): { losses: number[]; last: Record<string, number> } {
  const options = { size: 32, batch: 2, backend: 'onnx', threads: 1, device };
  const { stdout, stderr } = spawnSync('node', [worker, JSON.stringify(options)], {
    input: [...new Array<string>(steps).fill('step'), 'information', 'quit'].join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: onAdapter(),
  });
  const answers = stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line));
  expect(answers.length, stderr).toBe(steps + 1);
  return { losses: answers.slice(0, -1).map(({ loss }) => loss), last: answers.at(-1) };
}

it.skipIf(!existsSync(ADAPTER))(
  'WebGPU trains as the processor does (skipped without a software adapter)',
  () => {
    const { losses: expected, last: processor } = losses('cpu', STEPS);
    const { losses: actual, last } = losses('webgpu', STEPS);
    // Weights and the optimizer's state stay on the device from step to step.
    expect(processor.resident).toBe(0);
    expect(last.resident).toBeGreaterThan(30);
    expect(last.fallbacks).toEqual({});
    expect(actual[0]).toBeCloseTo(expected[0]!, 5);
    // Adam's first steps are as large for tiny gradients as for others, and these are noise in single precision.
    for (const [step, loss] of expected.entries()) expect(Math.abs(actual[step]! - loss)).toBeLessThan(5e-3);
  },
);

it.skipIf(!existsSync(ADAPTER))(
  'every gradient on WebGPU is that of the processor (skipped as above)',
  () => {
    const { status, stdout } = spawnSync(
      'npx',
      [
        'vitest',
        'run',
        ...['Gradients', 'Training', 'Replay'].map((name) => `test/unit/engine/onnx${name}.test.ts`),
      ],
      { cwd: root, encoding: 'utf8', env: { ...onAdapter(), PENUMBRA_TEST_DEVICE: 'webgpu' } },
    );
    expect(status, stdout).toBe(0);
  },
);

it('a thousand steps leave memory as it was', () => {
  const few = losses('cpu', 50).last;
  const many = losses('cpu', 1000).last;
  expect(many.tensors).toBe(few.tensors);
  expect(many.compiled).toBe(few.compiled);
  expect(many.residentMb! - few.residentMb!).toBeLessThan(80);
});
