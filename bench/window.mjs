/**
 * @file Frames a second of the window while people work in it: the built program, served, in a real browser.
 *
 *   node bench/window.mjs [--cases painting] [--seconds 4] [--json]
 *
 * Without a GPU the browser draws in software, and the line says so.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser, serve } from './served.mjs';
import { painting } from './window/painting.mjs';
import { scrolling } from './window/scrolling.mjs';

const CASES = { scrolling, painting };

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: Object.keys(CASES).join() },
    seconds: { type: 'string', default: '4' },
    json: { type: 'boolean', default: false },
  },
});

/**
 * Does something over and over for a while and counts the frames that the browser shows meanwhile.
 * @param {import('@playwright/test').Page} page
 * @param {(elapsedMs: number) => Promise<void>} act one small movement
 */
async function framesWhile(page, act) {
  await page.evaluate(() => {
    window.frameTimes = [];
    const count = (time) => {
      window.frameTimes.push(time);
      window.frameAsked = requestAnimationFrame(count);
    };
    window.frameAsked = requestAnimationFrame(count);
  });
  const start = performance.now();
  let movements = 0;
  for (let elapsed = 0; elapsed < 1000 * Number(options.seconds); elapsed = performance.now() - start) {
    await act(elapsed);
    movements++;
  }
  const times = await page.evaluate(() => {
    cancelAnimationFrame(window.frameAsked);
    return window.frameTimes;
  });
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  gaps.sort((a, b) => a - b);
  return {
    fps: (1000 * gaps.length) / (times.at(-1) - times[0]),
    p95_ms: gaps[Math.floor(0.95 * gaps.length)],
    longest_ms: gaps.at(-1),
    movements,
  };
}

const directory = mkdtempSync(join(tmpdir(), 'penumbra-window-bench-'));
const program = await serve(directory);
const browser = await launchBrowser();
const results = [];
try {
  for (const name of options.cases.split(','))
    for await (const result of CASES[name]({ browser, url: program.url, directory, framesWhile })) {
      results.push(result);
      if (!options.json)
        console.log(
          `${result.name}: ${result.fps.toFixed(1)} frames a second, 95 % of frames within ${result.p95_ms.toFixed(1)} ms, longest ${result.longest_ms.toFixed(0)} ms (${result.movements} movements, software rendering)`,
        );
    }
  if (options.json) console.log(JSON.stringify({ results }, null, 2));
} finally {
  await browser.close();
  await program.stop();
  rmSync(directory, { recursive: true, force: true });
}
