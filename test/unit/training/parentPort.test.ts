import { afterEach, expect, test } from 'vitest';
import { connectToParent } from '../../../src/main/training/parentPort';
import type { FromWorker } from '../../../src/main/training/protocol';

const original = process.send;
afterEach(() => {
  process.send = original;
});

test("what is sent under plain Node has left when every message's callback was called", async () => {
  const written: (() => void)[] = [];
  process.send = ((_message: unknown, _handle: unknown, _options: unknown, callback: () => void) =>
    written.push(callback) > 0) as typeof process.send;
  const port = connectToParent();
  await port.drained();
  const message: FromWorker = { type: 'progress', step: 1, steps: 2 };
  port.send(message);
  port.send(message);
  let drained = false;
  const all = port.drained().then(() => {
    drained = true;
  });
  written[0]!();
  await Promise.resolve();
  expect(drained).toBe(false);
  written[1]!();
  await all;
  await port.drained();
});
