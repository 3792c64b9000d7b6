/** @file What the benchmarks share: engines in processes of their own, driven line by line, and how times are summed up. */
import { spawn, spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

/** What Node is started with, as for the program's own worker (src/main/training/spawn.ts). */
export const WORKER_FLAGS = ['--max-semi-space-size=64'];

/** A process that answers one line of JSON for each line it is sent; its first line says that it is ready. */
export async function start(name, command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done)
      throw new Error(`${name} ended early (${child.signalCode ?? child.exitCode ?? 'its output closed'}).`);
    return JSON.parse(value);
  };
  const ask = (question) => {
    child.stdin.write(`${question}\n`);
    return answer();
  };
  await answer();
  return { name, ask, stop: () => child.stdin.end('quit\n') };
}

/** Our time beside another engine's, as `--json` prints it. @param milliseconds of a contestant */
export function compared(name, ours, peers, milliseconds) {
  return peers.map((peer) => {
    const [ours_ms, peer_ms] = [milliseconds(ours), milliseconds(peer)];
    return { name, ours_ms, peer: peer.name, peer_ms, ratio: ours_ms / peer_ms };
  });
}

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

/** The command of a python3 that has PyTorch; undefined, said once, where there is none. */
export function pythonWithTorch() {
  const python = ['/usr/bin/python3', 'python3'].find(
    (command) => spawnSync(command, ['-c', 'import torch, PIL']).status === 0,
  );
  if (!python) console.error('python3 lacks PyTorch or Pillow: PyTorch’s columns are left out.');
  return python;
}

/**
 * Bundles a benchmark's TypeScript with the program's sources, under out/, from where the packages are found.
 * @returns the bundle's path
 */
export async function bundle(entryPoint) {
  const outfile = join(import.meta.dirname, '../out/bench', `${basename(entryPoint, '.ts')}.js`);
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  return outfile;
}
