/**
 * @file How far apart two processors are: the time in which a number goes from one to the other and back. On a machine with several
 * level-3 caches it tells whether two threads share one, which decides what it costs one thread to read what the other wrote.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const TURNS = 200_000;

/** @returns nanoseconds there and back */
export async function roundTrip() {
  const turn = new Int32Array(new SharedArrayBuffer(4));
  const partner = new Worker(new URL(import.meta.url), { workerData: turn });
  const ended = new Promise((done) => partner.once('exit', done));
  await new Promise((done) => partner.once('message', done));
  const began = process.hrtime.bigint();
  for (let i = 0; i < TURNS; i++) {
    Atomics.store(turn, 0, 1);
    while (Atomics.load(turn, 0) !== 0);
  }
  const nanoseconds = Number(process.hrtime.bigint() - began) / TURNS;
  await ended;
  return nanoseconds;
}

if (!isMainThread) {
  parentPort.postMessage('ready');
  for (let i = 0; i < TURNS; i++) {
    while (Atomics.load(workerData, 0) !== 1);
    Atomics.store(workerData, 0, 0);
  }
}
