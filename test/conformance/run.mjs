/**
 * @file Runs TensorFlow.js' own published test-suite (operations, optimizers, gradients, tensors, variables) against the
 * ONNX backend. `failures.json` lists what is known to fail, with reasons: an unlisted failure is an error, and so is a
 * listed test that passes.
 *
 *   node test/conformance/run.mjs [--filter TEXT] [--write]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import Jasmine from 'jasmine';

const { values: options } = parseArgs({
  options: { filter: { type: 'string' }, write: { type: 'boolean' } },
});
const require = createRequire(import.meta.url);
const core = join(dirname(require.resolve('@tensorflow/tfjs-core/package.json')), 'dist');
/** These draw on a browser's canvas. */
const BROWSER = /(draw|from_pixels|to_pixels)_test\.js$/;
const LIST = join(import.meta.dirname, 'failures.json');

const SUITE = /^(ops\/.*|optimizers\/.*|gradients|tensor|variable)_test\.js$/;

const files = readdirSync(core, { recursive: true })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => SUITE.test(file) && !BROWSER.test(file))
  .sort();

async function bundleSuite(folder) {
  const outfile = join(folder, 'suite.mjs');
  const imports = [join(import.meta.dirname, 'setup.ts'), ...files.map((file) => join(core, file))];
  await build({
    stdin: {
      contents: imports.map((file) => `import ${JSON.stringify(file)};`).join('\n'),
      resolveDir: import.meta.dirname,
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // The suite's files import each other for their side effects, which the package denies that they have.
    ignoreAnnotations: true,
    external: ['onnxruntime-node'],
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(import.meta.filename).href) },
    banner: {
      js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(${JSON.stringify(pathToFileURL(import.meta.filename).href)});`,
    },
  });
  return outfile;
}

/** @returns the failed tests with their messages, and how many passed */
async function runSuite(bundle) {
  const jasmine = new Jasmine();
  await jasmine.loadConfig({ random: false });
  jasmine.env.clearReporters();
  jasmine.exitOnCompletion = false;
  const failed = new Map();
  let passed = 0;
  jasmine.env.addReporter({
    specDone({ fullName, status, failedExpectations }) {
      if (status === 'passed') passed++;
      if (status === 'failed') failed.set(fullName, failedExpectations[0]?.message ?? '');
    },
  });
  await import(pathToFileURL(bundle).href);
  globalThis.jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
  await jasmine.execute([], options.filter);
  return { failed, passed };
}

const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
const { failed, passed } = await runSuite(await bundleSuite(folder)).finally(() =>
  rmSync(folder, { recursive: true, force: true }),
);
const listed = JSON.parse(readFileSync(LIST, 'utf8'));
const reasons = new Map(listed.flatMap(({ reason, tests }) => tests.map((test) => [test, reason])));
const unexpected = [...failed.keys()].filter((test) => !reasons.has(test));
const mended = options.filter ? [] : [...reasons.keys()].filter((test) => !failed.has(test));
console.log(`${passed} passed, ${failed.size} failed (${failed.size - unexpected.length} of them listed).`);
for (const test of unexpected)
  console.log(`FAILS: ${test}\n    ${failed.get(test).split('\n')[0].slice(0, 300)}`);
for (const test of mended) console.log(`PASSES, remove it from failures.json: ${test}`);
if (options.write && unexpected.length > 0) {
  const unexplained = { reason: 'unexplained', tests: unexpected };
  writeFileSync(LIST, `${JSON.stringify([...listed, unexplained], null, 2)}\n`);
}
process.exit(unexpected.length + mended.length > 0 ? 1 : 0);
