/** A long training does not grow: tensors, the backend's data, compiled sessions, and the memory of the process. */
import { expect, test } from 'vitest';
import { registerOnnxBackend } from '../../src/main/engine/onnx';
import { tf } from '../../src/main/engine/tf';
import { runJob } from '../../src/main/training/jobs';
import { report, slowContext } from './support';

const STEPS = 1000;
const WARM_UP = 100;
const MEGABYTE = 2 ** 20;

test('1,000 steps of a mask leave nothing behind', async () => {
  const backend = registerOnnxBackend(tf as never, { name: 'onnx-leaks' });
  await tf.setBackend(backend.name);
  const config = { size: 32, batch: 8, steps: 10 };
  await runJob({ kind: 'bench', config }, slowContext());
  const state = () => ({
    tensors: tf.memory().numTensors,
    data: tf.backend().numDataIds(),
    sessions: backend.statistics().sessions,
  });
  const before = state();
  const resident: number[] = [];
  for (let done = 0; done < STEPS; done += WARM_UP) {
    await runJob({ kind: 'bench', config: { ...config, steps: WARM_UP } }, slowContext());
    resident.push(process.memoryUsage.rss() / MEGABYTE);
  }
  report('state', { before, after: state() });
  report('resident MB, each 100 steps', resident.map(Math.round).join(' '));
  expect(state()).toEqual(before);
  // What the allocators keep in reserve moves by tens of megabytes; a leak of one batch of activations would add hundreds.
  expect(resident.at(-1)! - resident[1]!).toBeLessThan(100);
});
