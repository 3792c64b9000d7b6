/**
 * @file Compares engines by one training step, interleaved in one run so that whatever else the machine does hits all of
 * them: this program's ONNX backend, PyTorch where python3 has it, this program's wasm kernels, and TensorFlow.js' wasm
 * backend as it comes.
 *
 *   node bench/engine.mjs [--rounds 10] [--threads 1,2] [--cases 112x8,112x16,64x16] [--device cpu|webgpu] [--no-wasm] [--json]
 *
 * Beside a device that is not the processor PyTorch runs on CUDA.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { roundTrip } from './cores.mjs';
import { bundle, compared, median, pythonWithTorch, start, WORKER_FLAGS } from './processes.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    threads: { type: 'string', default: availableParallelism() > 1 ? `1,${availableParallelism()}` : '1' },
    cases: { type: 'string', default: '112x8,112x16,64x16' },
    device: { type: 'string', default: 'cpu' },
    wasm: { type: 'boolean', default: true },
    inference: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const WARM_UP = 4;
/** wasm is many times slower: it takes part in every fifth round. */
const WASM_EVERY = 5;
/** Threads of the engine before spin for a while in wait of more work; nobody is timed beside them. */
const PAUSE_MS = 300;
const pause = () => new Promise((done) => setTimeout(done, PAUSE_MS));
const here = resolve(import.meta.dirname, 'engine');
const scratch = mkdtempSync(join(tmpdir(), 'engine-bench-'));

const python = pythonWithTorch();
const results = [];
/** With --json stdout holds the document alone. */
const say = options.json ? console.error : console.log;

const timed = async (...command) => ({ ...(await start(...command)), steps: [], inferences: [] });

async function compare(worker, { size, batch, threads }) {
  const dump = join(scratch, 'dump');
  const js = (backend, extra = {}) => [
    ...WORKER_FLAGS,
    worker,
    JSON.stringify({ size, batch, backend, threads, ...extra }),
  ];
  const { device } = options;
  const engines = [await timed('onnx', 'node', js('onnx', { dump, device }))];
  if (python) {
    const arguments_ = JSON.stringify({ size, batch, threads, dump, cuda: device !== 'cpu' });
    engines.push(await timed('torch', python, [join(here, 'network.py'), arguments_]));
    const { loss, gradients } = await engines[1].ask('agreement');
    say(`agreement with PyTorch: loss ${loss.toExponential(1)}, gradients ${gradients.toExponential(1)}`);
  }
  if (options.wasm && size * batch <= 1024)
    for (const backend of ['wasm', 'tfjs-wasm']) engines.push(await timed(backend, 'node', js(backend)));
  const plain = engines.filter(({ name }) => !name.endsWith('wasm'));
  for (let round = 0; round < WARM_UP; round++) for (const engine of plain) await engine.ask('step');
  for (let round = 0; round < Number(options.rounds); round++)
    for (const engine of engines)
      if (!engine.name.endsWith('wasm') || round % WASM_EVERY === 0) {
        await pause();
        engine.steps.push((await engine.ask('step')).ms);
      }
  if (options.inference)
    for (let round = -12; round < Number(options.rounds); round++)
      for (const engine of plain) {
        await pause();
        const { ms } = await engine.ask('infer');
        if (round >= 0) engine.inferences.push(ms);
      }
  const apart = threads > 1 ? Math.round(await roundTrip()) : null;
  const [ours, ...peers] = engines;
  const setting = `${size} px, batch ${batch}, threads ${threads}${device === 'cpu' ? '' : `, ${device}`}`;
  results.push(...compared(`mask-training step, ${setting}`, ours, peers, ({ steps }) => median(steps)));
  if (options.inference) {
    const inferring = peers.filter(({ inferences }) => inferences.length > 0);
    const name = `mask model on a batch, ${setting}`;
    results.push(...compared(name, ours, inferring, ({ inferences }) => median(inferences)));
  }
  if (apart !== null) say(`${setting}: from one processor to the other and back in ${apart} ns`);
  const reference = engines.find(({ name }) => name === 'onnx');
  for (const engine of engines) {
    const information = await engine.ask('information').catch(() => ({}));
    const steps = `${median(engine.steps).toFixed(0)} ms (least ${Math.min(...engine.steps).toFixed(0)})`;
    const ratio = (kind) => (median(reference[kind]) / median(engine[kind])).toFixed(2);
    const inference = engine.inferences.length
      ? `, inference ${median(engine.inferences).toFixed(0)} ms, onnx takes ${ratio('inferences')} of it`
      : '';
    say(
      `${setting}: ${engine.name.padEnd(9)} step ${steps}, onnx takes ${ratio('steps')} of it${inference}, peak ${information.peakMb} MB`,
    );
    if (engine.name === 'onnx') say(JSON.stringify(information));
    engine.stop();
  }
}

try {
  const worker = await bundle(join(here, 'worker.ts'));
  for (const name of options.cases.split(','))
    for (const threads of options.threads.split(',')) {
      const [size, batch] = name.split('x').map(Number);
      await compare(worker, { size, batch, threads: Number(threads) });
    }
  if (options.json) console.log(JSON.stringify({ results }, null, 2));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
