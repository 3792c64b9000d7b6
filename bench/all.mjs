/**
 * @file The engines' part of `npm run bench`: steps and inference (engine.mjs), then a whole mask training (training.mjs).
 *
 *   node bench/all.mjs [--json]     one document { results: [{ name, ours_ms, peer, peer_ms, ratio }] }, ratio = ours / peer
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const results = [];
for (const script of ['engine.mjs', 'training.mjs']) {
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, script), ...(options.json ? ['--json'] : [])],
    { stdio: ['ignore', options.json ? 'pipe' : 'inherit', 'inherit'], encoding: 'utf8' },
  );
  if (status !== 0) process.exit(status ?? 1);
  if (options.json) results.push(...JSON.parse(stdout).results);
}
if (options.json) console.log(JSON.stringify({ results }, null, 2));
