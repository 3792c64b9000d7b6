/**
 * @file Takes the screenshots of docs/images: every screen and its states, dark and light, from the built program.
 *
 *   npm run screenshots [-- --project FILE] [--only NAME,...] [--lab]
 *
 * Without --project a sample is drawn and its masks are trained first (some minutes). The project is copied and stays as it
 * is. --lab runs the lab's experiments whole, which takes minutes more; otherwise it is shown as it is kept.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { launchBrowser, PROGRAM, serve } from '../bench/served.mjs';

const { values: options } = parseArgs({
  options: {
    project: { type: 'string' },
    only: { type: 'string' },
    lab: { type: 'boolean', default: false },
  },
});
const root = resolve(import.meta.dirname, '..');
const images = join(root, 'docs/images');
const LARGEST_BYTES = 250_000;
const directory = mkdtempSync(join(tmpdir(), 'penumbra-screenshots-'));

function projectFile() {
  const copy = join(directory, 'project.penumbra');
  if (options.project) {
    copyFileSync(resolve(options.project), copy);
    return copy;
  }
  console.log('Drawing the sample and training its masks ...');
  const demo = join(directory, 'sample');
  const out = join(demo, 'results');
  const { status } = spawnSync(
    process.execPath,
    [PROGRAM, 'run', '--demo', demo, '--out', out, '--preset', 'draft'],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) throw new Error('The sample could not be made.');
  return join(out, 'project.penumbra');
}

const go = (page, screen) => page.getByRole('button', { name: screen, exact: true }).click();
const tiles = (page) => page.getByRole('listbox', { name: 'Images' }).getByRole('option');
const settled = (page, ms = 1200) => page.waitForTimeout(ms);
const theme = async (page, wanted) => {
  if ((await page.locator('html').getAttribute('data-theme')) !== wanted)
    await page.getByRole('button', { name: 'Change between dark and light', exact: true }).click();
};
const has = async (page, screen) =>
  (await page.getByRole('button', { name: screen, exact: true }).count()) > 0;

async function library(page) {
  await go(page, 'Library');
  const all = page.getByRole('button', { name: /^All images/ });
  if ((await all.getAttribute('aria-pressed')) !== 'true') await all.click();
  await tiles(page).first().waitFor();
  await settled(page);
}

/** The last image of the second class, which in the sample with a tag is the one that has it. */
async function inspect(page, tab = 'Look') {
  await library(page);
  const classes = page.getByRole('complementary', { name: 'Classes and filters' });
  await classes
    .getByRole('button')
    .filter({ has: page.locator('.dot') })
    .nth(1)
    .click();
  await settled(page);
  await page.getByRole('listbox', { name: 'Images' }).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: tab }).click();
  await page
    .getByText('answers kept')
    .nth(1)
    .waitFor({ timeout: 120_000 })
    .catch(() => {});
  await settled(page, 3000);
}

/** What the map proposes: the largest piece is kept as the object, the others as cues. */
async function propose(page) {
  await page.keyboard.press('t');
  await settled(page, 600);
  for (const key of ['1', 'Enter', 'Escape', '2', 'Shift+Enter']) await page.keyboard.press(key);
  await page.getByRole('region', { name: 'History' }).getByText('Saved').waitFor();
  await page.keyboard.press('v');
}

/** Each brings the window into the state that is shown, from whatever the one before left. `light`: in both themes. */
const STATES = [
  { name: 'library', light: true, show: library },
  {
    name: 'library-maps',
    show: async (page) => {
      await library(page);
      await page.getByRole('switch', { name: 'Maps over the images' }).click();
      await settled(page, 4000);
    },
  },
  {
    name: 'library-chosen',
    show: async (page) => {
      await library(page);
      await page.getByRole('listbox', { name: 'Images' }).focus();
      for (const key of ['Home', 'Space', 'ArrowRight', 'Space', 'c']) await page.keyboard.press(key);
      for (const key of ['ArrowRight', 'ArrowDown', 'Space', 'Shift+ArrowRight', 'Shift+ArrowRight'])
        await page.keyboard.press(key);
      await settled(page);
    },
    leave: (page) => page.keyboard.press('Escape'),
  },
  {
    name: 'library-sorted',
    show: async (page) => {
      await library(page);
      await page.getByRole('switch', { name: 'Maps over the images' }).click();
      await page.getByRole('combobox', { name: 'Sort by' }).selectOption('disagreement');
      await page.getByRole('button', { name: 'Ascending' }).click();
      await settled(page, 2500);
    },
    leave: async (page) => {
      await page.getByRole('button', { name: 'Descending' }).click();
      await page.getByRole('combobox', { name: 'Sort by' }).selectOption('name');
    },
  },
  {
    name: 'library-nothing',
    show: async (page) => {
      await library(page);
      await page.getByRole('searchbox', { name: 'Search names' }).fill('no such name');
      await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    },
    leave: (page) => page.getByRole('button', { name: 'Show all images' }).click(),
  },
  { name: 'inspect', light: true, show: (page) => inspect(page) },
  {
    name: 'inspect-proposals',
    show: async (page) => {
      await inspect(page, 'Annotate');
      await page.keyboard.press('t');
      await settled(page);
    },
    leave: (page) => page.keyboard.press('v'),
  },
  {
    name: 'annotate',
    light: true,
    show: async (page) => {
      await inspect(page, 'Annotate');
      const regions = page.getByRole('listbox', { name: 'Regions' });
      if ((await regions.count()) === 0) await propose(page);
      await regions.focus();
      await page.keyboard.press('Home');
      await settled(page);
    },
    leave: (page) => page.keyboard.press('Escape'),
  },
  {
    name: 'inspect-measure',
    show: async (page) => {
      await inspect(page, 'Measure');
      await page.getByRole('region', { name: 'Positive mask' }).scrollIntoViewIfNeeded();
      await page
        .locator('.tab-panel')
        .last()
        .evaluate((panel) => panel.scrollBy(0, 400));
      await settled(page, 600);
    },
  },
  {
    name: 'report',
    light: true,
    show: async (page) => {
      if (!(await has(page, 'Report'))) return false;
      await go(page, 'Report');
      await settled(page, 2500);
    },
  },
  {
    name: 'report-evidence',
    show: async (page) => {
      await go(page, 'Report');
      await page
        .getByRole('group', { name: 'Review of the verdict' })
        .evaluate((node) => node.scrollIntoView());
      await settled(page, 2500);
    },
  },
  {
    name: 'train',
    light: true,
    show: async (page) => {
      await go(page, 'Train');
      await settled(page);
    },
  },
  {
    name: 'train-comparison',
    show: async (page) => {
      await go(page, 'Train');
      const masks = page.getByRole('row', { name: /(Positive|Negative) mask/ });
      for (const at of [0, 1]) await masks.nth(at).getByRole('checkbox').check();
      await page.getByRole('region', { name: 'Comparison' }).waitFor();
      await settled(page);
    },
    leave: (page) => page.getByRole('button', { name: 'Close the comparison' }).click(),
  },
  {
    name: 'train-running',
    show: async (page) => {
      await go(page, 'Train');
      await page.getByRole('radio', { name: 'Positive' }).click();
      await page.getByRole('radio', { name: /^Standard/ }).check();
      await page.getByRole('spinbutton', { name: 'Seed' }).fill('2');
      await page.getByRole('button', { name: 'Train positive mask' }).click();
      await page.getByText('images a second').waitFor({ timeout: 240_000 });
      await page
        .getByText(/step ([2-9]\d) of 150/)
        .first()
        .waitFor({ timeout: 400_000 });
      await settled(page, 4000);
    },
    leave: (page) =>
      page.getByRole('region', { name: 'Runs' }).getByRole('button', { name: 'Stop', exact: true }).click(),
  },
  {
    name: 'lab',
    show: async (page) => {
      await go(page, 'Lab');
      if (options.lab)
        for (const card of await page
          .getByRole('region')
          .filter({ hasText: 'Every number is measured' })
          .all()) {
          await card.getByRole('button', { name: /^Run it/ }).click();
          await card.getByRole('img').first().waitFor({ timeout: 600_000 });
        }
      await settled(page);
    },
  },
  {
    name: 'settings',
    light: true,
    show: async (page) => {
      await go(page, 'Settings');
      await page.getByText('Computes with').waitFor({ timeout: 240_000 });
      await page
        .getByRole('navigation', { name: 'Settings' })
        .getByRole('button', { name: 'Appearance' })
        .click();
    },
  },
  {
    name: 'shortcuts',
    show: async (page) => {
      await library(page);
      await page.keyboard.press('?');
      await settled(page, 400);
    },
    leave: (page) => page.keyboard.press('Escape'),
  },
  {
    name: 'commands',
    show: async (page) => {
      await library(page);
      await page.keyboard.press('Control+k');
      await settled(page, 400);
    },
    leave: (page) => page.keyboard.press('Escape'),
  },
  {
    name: 'export',
    show: async (page) => {
      await library(page);
      await page.keyboard.press('Control+e');
      await settled(page);
    },
    leave: (page) => page.keyboard.press('Escape'),
  },
  {
    name: 'start',
    light: true,
    show: async (page) => {
      if ((await page.getByRole('heading', { name: /really looks at/ }).count()) === 0) {
        await page.getByRole('button', { name: /^Project / }).click();
        await page.getByRole('menuitem', { name: 'Close the project' }).click();
      }
      await page.getByRole('heading', { name: /really looks at/ }).waitFor();
      await settled(page, 600);
    },
  },
];

/** As well as the file stays small. */
async function keep(name, png) {
  const file = join(images, `${name}.webp`);
  for (const quality of [90, 80, 70, 60]) {
    await sharp(png).webp({ quality, effort: 5, smartSubsample: true }).toFile(file);
    if (statSync(file).size <= LARGEST_BYTES) break;
  }
  console.log(`${name}.webp  ${Math.round(statSync(file).size / 1000)} KB`);
}

const wanted = options.only?.split(',');
const server = await serve(directory, '--project', projectFile());
const browser = await launchBrowser();
let failed = 0;
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(30_000);
  await page.goto(server.url);
  for (const { name, light, show, leave } of STATES) {
    if (wanted && !wanted.includes(name)) continue;
    try {
      for (const one of light ? ['light', 'dark'] : ['dark']) {
        await theme(page, one);
        if ((await show(page)) === false) continue;
        await page.mouse.move(640, 796);
        await keep(one === 'light' ? `${name}-light` : name, await page.screenshot());
      }
      await leave?.(page);
    } catch (error) {
      failed++;
      console.error(`${name}: ${error.message.split('\n')[0]}`);
      await page.goto(server.url);
    }
  }
} finally {
  await browser.close();
  server.stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
}
process.exitCode = failed > 0 ? 1 : 0;
