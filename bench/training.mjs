/**
 * @file Times a whole mask training: this program's job, from the image files to the trained mask, beside a
 * straightforward PyTorch script with the same networks, mathematics and threads, in turns. Folder and encoder are the
 * same for both; the encoder's weights are random, which costs the same.
 *
 *   node bench/training.mjs [--rounds 3] [--threads 1,2] [--steps 150] [--size 64] [--batch 32] [--images 600] [--pixels 224] [--device cpu|webgpu] [--json]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, compared, median, pythonWithTorch, start, WORKER_FLAGS } from './processes.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: availableParallelism() > 1 ? `1,${availableParallelism()}` : '1' },
    steps: { type: 'string', default: '150' },
    size: { type: 'string', default: '64' },
    batch: { type: 'string', default: '32' },
    images: { type: 'string', default: '600' },
    pixels: { type: 'string', default: '224' },
    device: { type: 'string', default: 'cpu' },
    json: { type: 'boolean', default: false },
  },
});
const [rounds, steps, size, batch, images, pixels] = [
  options.rounds,
  options.steps,
  options.size,
  options.batch,
  options.images,
  options.pixels,
].map(Number);
const here = resolve(import.meta.dirname, 'training');
const scratch = mkdtempSync(join(tmpdir(), 'training-bench-'));
const python = pythonWithTorch();
const results = [];
const say = options.json ? console.error : console.log;

async function compare(job, threads) {
  const { device } = options;
  const setting = { steps, size, batch, threads, folder: join(scratch, 'sample'), images, pixels };
  const argument = JSON.stringify({ ...setting, device, dump: join(scratch, 'dump') });
  const ours = await start('penumbra', 'node', [...WORKER_FLAGS, job, argument]);
  const both = [{ ...ours, seconds: [] }];
  if (python) {
    const script = await start('torch', python, [join(here, 'script.py'), argument]);
    both.push({ ...script, seconds: [] });
    const { loss, gradients } = await script.ask('agreement');
    say(`agreement with PyTorch: loss ${loss.toExponential(1)}, gradients ${gradients.toExponential(1)}`);
  }
  for (let round = 0; round < rounds; round++)
    for (const one of both) {
      const { seconds, first, last } = await one.ask('train');
      one.seconds.push(seconds);
      say(`  ${one.name}: ${seconds.toFixed(1)} s, loss ${first.toFixed(3)} -> ${last.toFixed(3)}`);
    }
  const name = `mask training, ${steps} steps, ${size} px, batch ${batch}, threads ${threads}${device === 'cpu' ? '' : `, ${device}`}`;
  results.push(...compared(name, both[0], both.slice(1), (one) => 1000 * median(one.seconds)));
  for (const { name, seconds, ask, stop } of both) {
    const { peakMb } = await ask('information');
    const ratio = (median(both[0].seconds) / median(seconds)).toFixed(2);
    say(
      `mask training, ${steps} steps, ${size} px, batch ${batch}, ${images} files of ${pixels} px, threads ${threads}: ${name.padEnd(8)} ${median(seconds).toFixed(1)} s (least ${Math.min(...seconds).toFixed(1)}), penumbra takes ${ratio} of it, peak ${peakMb} MB`,
    );
    stop();
  }
}

try {
  const job = await bundle(join(here, 'job.ts'));
  for (const threads of options.threads.split(',')) await compare(job, Number(threads));
  if (options.json) console.log(JSON.stringify({ results }, null, 2));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
