/**
 * @file How time and memory grow with the number of images: the built program, served, on a generated folder.
 *
 *   node bench/scale.mjs [--counts 1000,10000,100000] [--maps 32] [--no-window] [--directory DIR] [--json]
 *
 * Scanning is compared with sharp alone, which makes the same thumbnails and nothing else, before and after it in the same run.
 * Maps are those of a tiny mask model of `--maps` px, stopped halfway and resumed; 0 leaves them out. With --directory
 * what was made stays there, and a run that was broken off goes on behind its last whole phase. Linux only (/proc).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, median } from './processes.mjs';
import { drawFolder } from './scale/folder.mjs';
import { lookAt } from './scale/window.mjs';
import { serve } from './served.mjs';

const { values: options } = parseArgs({
  options: {
    counts: { type: 'string', default: '1000,10000,100000' },
    maps: { type: 'string', default: '32' },
    window: { type: 'boolean', default: true },
    directory: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

/** Sharp alone is timed on so many before, and as many after. */
const SAMPLE = 2000;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The most that a process has had in memory, in MB; 0 once it has ended. */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return 0;
  }
}

const childrenOf = (pid) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);

function run(script, ...args) {
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}.`);
  return stdout;
}

function sharpAlone(folder) {
  return JSON.parse(run(join(import.meta.dirname, 'scale/alone.mjs'), folder, String(SAMPLE)));
}

/** What a process has used of the processor, in seconds (Linux counts it in hundredths). */
function processorOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function scan({ call, pid }, folder, file) {
  const started = processorOf(pid);
  const began = performance.now();
  let project = await call('project/openFolder', { folder, file });
  while (project.scanning) {
    await pause(50);
    project = await call('project/current');
  }
  return {
    images: project.images,
    seconds: (performance.now() - began) / 1000,
    processorSeconds: processorOf(pid) - started,
  };
}

/** Every way the library is narrowed and sorted: the slowest by its median. */
async function queries({ call }) {
  const views = [
    ...['name', 'positiveBits', 'negativeBits', 'disagreement', 'suspicion'].flatMap((sort) => [
      { sort },
      { sort, descending: true },
    ]),
    ...[
      { className: 'class 3' },
      { split: 'test' },
      { search: '0007' },
      { search: 'nowhere' },
      { checked: false },
    ],
    ...[
      { annotated: false },
      { warning: true },
      { warning: false },
      { className: 'class 3', sort: 'positiveBits', split: 'train' },
    ],
  ];
  const timed = [];
  for (const view of views)
    for (const [path, input] of [
      ['library/list', view],
      ['library/list', { ...view, offset: 900 }],
      ['library/ids', view],
    ]) {
      const times = [];
      for (let i = 0; i < 5; i++) {
        const began = performance.now();
        await call(path, input);
        times.push(performance.now() - began);
      }
      timed.push({ what: `${path} ${JSON.stringify(input)}`, ms: median(times) });
    }
  const [slowest] = timed.sort((a, b) => b.ms - a.ms);
  return { slowestMs: slowest.ms, slowest: slowest.what };
}

/** Maps of all images, stopped once halfway. */
async function maps({ call, pid }, count) {
  const [{ id }] = await call('maps/render');
  const statusOf = async () => (await call('training/runs')).find((one) => one.id === id);
  let workerMb = 0;
  let began = performance.now();
  let seconds = 0;
  let stoppedAt = null;
  for (;;) {
    await pause(200);
    for (const child of childrenOf(pid)) workerMb = Math.max(workerMb, peakOf(child));
    const { status, step, error } = await statusOf();
    if (status === 'done') break;
    if (status === 'failed') throw new Error(error.message);
    if (stoppedAt !== null || step < count / 2) continue;
    await call('training/stop', { runId: id });
    seconds += (performance.now() - began) / 1000;
    stoppedAt = (await statusOf()).step;
    await call('training/resume', { runId: id });
    began = performance.now();
  }
  seconds += (performance.now() - began) / 1000;
  return { mapsPerSecond: count / seconds, stoppedAt, workerMb };
}

/** Does what has not been done in this directory before, and notes what came of it. */
async function phase(directory, name, work) {
  const notes = join(directory, 'notes.json');
  const known = existsSync(notes) ? JSON.parse(readFileSync(notes, 'utf8')) : {};
  known[name] ??= await work();
  writeFileSync(notes, JSON.stringify(known));
  return known[name];
}

/** Runs the program, with the project open, as long as the work takes. */
async function withProgram(directory, file, work) {
  const program = await serve(directory);
  try {
    if (file) await program.call('project/openFile', { file });
    const result = await work(program);
    return { ...result, mainMb: peakOf(program.pid) };
  } finally {
    await program.stop();
  }
}

async function measure(count, directory) {
  const folder = join(directory, 'images');
  const file = join(directory, 'many.penumbra');
  await phase(directory, 'draw', () => drawFolder(folder, count).then(() => ({})));
  const scanned = await phase(directory, 'scan', async () => {
    const before = sharpAlone(folder);
    const ours = await withProgram(directory, null, (program) => scan(program, folder, file));
    const after = sharpAlone(folder);
    const per = (name) => (before.images + after.images) / (before[name] + after[name]);
    return {
      ...{
        scanSeconds: ours.seconds,
        imagesPerSecond: ours.images / ours.seconds,
        sharpPerSecond: per('seconds'),
      },
      ratio: ours.images / ours.seconds / per('seconds'),
      processorRatio: ours.images / ours.processorSeconds / per('processorSeconds'),
      scanMb: ours.mainMb,
    };
  });
  const seen = await phase(directory, 'window', () =>
    options.window ? withProgram(directory, file, (program) => lookAt(program, file)) : {},
  );
  const rendered = await phase(directory, 'maps', async () => {
    if (options.maps === '0') return {};
    run(await bundle(join(import.meta.dirname, 'scale/mask.ts')), file, options.maps);
    const { mainMb, ...rest } = await withProgram(directory, file, (program) => maps(program, count));
    return { ...rest, mapsMb: mainMb };
  });
  const asked = await phase(directory, 'queries', () => withProgram(directory, file, queries));
  const mainMb = Math.max(scanned.scanMb, rendered.mapsMb ?? 0, asked.mainMb, seen.mainMb ?? 0);
  return {
    count,
    ...scanned,
    ...rendered,
    ...asked,
    ...seen,
    mainMb,
    projectMb: statSync(file).size / 2 ** 20,
  };
}

const results = [];
for (const count of options.counts.split(',').map(Number)) {
  const directory = options.directory
    ? join(options.directory, String(count))
    : mkdtempSync(join(tmpdir(), 'penumbra-scale-'));
  mkdirSync(directory, { recursive: true });
  const result = await measure(count, directory).finally(() => {
    if (!options.directory) rmSync(directory, { recursive: true, force: true });
  });
  results.push(result);
  if (options.json) continue;
  console.log(`${count} images`);
  for (const [name, value] of Object.entries(result))
    console.log(`  ${name}: ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`);
}
if (options.json) console.log(JSON.stringify({ results }, null, 2));
