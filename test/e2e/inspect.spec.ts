/** @file The viewer on trained maps: panes, layers, colours, thresholds, methods, predictions, by pointer and by keys. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { call, expect, type Program, pixelsOf, slideTo, test } from './program';

test.describe.configure({ mode: 'serial' });

/** Two runs of the positive mask and one of the negative, as short as can be, of the drawn images. */
function train({ folder, directory }: Program): string {
  const out = join(directory, 'trained');
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [resolve('bin/penumbra.js'), ...args, '--progress', 'none'], {
      stdio: 'ignore',
    });
  const short = ['--preset', 'draft', '--size', '32', '--steps', '12', '--batch', '8'];
  run('run', folder, '--out', out, ...short, '--encoder-epochs', '2', '--formats', 'csv');
  const project = join(out, 'project.penumbra');
  run('train', '--project', project, '--mask', 'positive', ...short, '--seed', '2');
  return project;
}

let file = '';
/** @param panes what they show; otherwise what the test before left */
async function inspect(page: Page, program: Program, panes?: string[]): Promise<void> {
  file ||= train(program);
  await page.goto(program.url);
  // Other specs leave the panel at another tab.
  await call(page, 'settings/set', { key: 'window.inspectTab', value: 'look' });
  if (panes) await call(page, 'settings/set', { key: 'window.panes', value: panes });
  await page.reload();
  await page.evaluate(
    (json) =>
      fetch('/rpc/project/openFile', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ json }),
      }),
    { file },
  );
  await goToInspect(page);
  await expect(page.locator('canvas[data-layer=positive]')).toBeVisible();
}

async function goToInspect(page: Page): Promise<void> {
  await expect(page.getByRole('option', { name: /\.png$/ }).first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Inspect', exact: true }).click();
  await expect(page.getByRole('toolbar', { name: 'Viewer' })).toBeVisible();
}

/** Nothing has been asked for a while; the stream of events stays open for ever. */
async function settled(page: Page): Promise<void> {
  let last = Date.now();
  const heard = () => {
    last = Date.now();
  };
  page.on('request', heard);
  await expect.poll(() => Date.now() - last, { timeout: 30_000 }).toBeGreaterThan(1000);
  page.off('request', heard);
}

const pane = (page: Page, number: number) => page.getByLabel(`What pane ${number} shows`);
const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click();
const boxOf = async (page: Page, selector: string) => (await page.locator(selector).first().boundingBox())!;

test('one to four panes show the same part of the image', async ({ page, program }) => {
  await inspect(page, program);
  await expect(page.locator('.pane')).toHaveCount(4);
  await page.getByRole('group', { name: 'Number of panes' }).getByRole('radio', { name: '2' }).click();
  await expect(page.locator('.pane')).toHaveCount(2);
  await pane(page, 2).selectOption('positive');
  const stages = page.locator('.stage');
  const offsets = () =>
    stages.evaluateAll((all) =>
      all.map((stage) => {
        const [a, b] = [stage.getBoundingClientRect(), stage.parentElement!.getBoundingClientRect()];
        return [a.left - b.left, a.top - b.top, a.width].map(Math.round).join(' ');
      }),
    );
  const fitted = await offsets();
  expect(new Set(fitted).size).toBe(1);
  const { x, y, width, height } = await boxOf(page, '.pane');
  await page.mouse.move(x + width * 0.6, y + height * 0.5);
  await page.mouse.wheel(0, -600);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.7, y + height * 0.4);
  await page.mouse.up();
  const near = await offsets();
  expect(new Set(near).size).toBe(1);
  expect(near).not.toEqual(fitted);
  await page.keyboard.press('Shift+ArrowRight');
  expect(await offsets()).not.toEqual(near);
  await page.keyboard.press('z');
  await expect(page.getByLabel('Magnification')).toHaveText('100 %');
  expect((await boxOf(page, '.stage')).width).toBeCloseTo(32, 0);
  await page.keyboard.press('f');
  expect(await offsets()).toEqual(fitted);
});

test('a pane shows whatever is chosen for it, and what is not there is hatched', async ({
  page,
  program,
}) => {
  await inspect(page, program);
  for (const method of ['gradient', 'grad-cam', 'occlusion']) {
    await pane(page, 1).selectOption(`method:${method}`);
    await expect(page.locator(`canvas[data-layer="method:${method}"]`)).toBeVisible({ timeout: 60_000 });
  }
  await pane(page, 1).selectOption('difference');
  const difference = 'canvas[data-layer=difference]';
  await expect(page.locator(difference)).toBeVisible();
  const before = await pixelsOf(page, difference);
  await page.getByRole('region', { name: 'Difference' }).getByLabel('Less').selectOption('method:gradient');
  await expect.poll(() => pixelsOf(page, difference)).not.toBe(before);
  await expect(page.getByRole('figure', { name: /^Legend of Difference: .*-1\.00 to 1\.00/ })).toBeVisible();

  // The other run of the positive mask, beside the newest.
  const runs = await page.getByLabel('Run of the positive mask').locator('option').allTextContents();
  expect(runs).toHaveLength(2);
  const older = `run:${runs[1]!.replace('run ', '')}`;
  await pane(page, 1).selectOption(older);
  await expect(page.locator(`canvas[data-layer="${older}"]`)).toBeVisible();
  const [first, newest] = [
    await pixelsOf(page, `canvas[data-layer="${older}"]`),
    await pixelsOf(page, 'canvas[data-layer=positive]'),
  ];
  expect(first).not.toBe(newest);
  await page.getByLabel('Run of the positive mask').selectOption(runs[1]!);
  await expect.poll(() => pixelsOf(page, 'canvas[data-layer=positive]')).toBe(first);
  await page.getByLabel('Run of the positive mask').selectOption(runs[0]!);

  await page.route('**/media/map/**', (route) => route.fulfill({ status: 404 }));
  await page.reload();
  await goToInspect(page);
  await expect(page.locator('[data-layer=absent]').first()).toBeVisible();
  await expect(page.getByText('No positive map of this image yet')).toBeVisible();
});

test('colours have a legend in bits, for all images or for this one', async ({ page, program }) => {
  await inspect(page, program);
  const legend = page.getByRole('figure', { name: /^Legend of Positive map/ });
  await expect(legend).toHaveAttribute(
    'aria-label',
    /kept information, 0 to [\d.]+ bits and more, range of all images/,
  );
  const map = 'canvas[data-layer=positive]';
  const before = await pixelsOf(page, map);
  await page
    .getByRole('group', { name: 'Range of colours' })
    .getByRole('radio', { name: 'This image' })
    .click();
  await expect(legend).toHaveAttribute('aria-label', /[\d.]+ to [\d.]+ bits, range of this image/);
  const own = await pixelsOf(page, map);
  expect(own).not.toBe(before);
  await page.getByLabel('Colour map').selectOption('viridis');
  await expect.poll(() => pixelsOf(page, map)).not.toBe(own);
  await page
    .getByRole('group', { name: 'Range of colours' })
    .getByRole('radio', { name: 'All images' })
    .click();
  await page.getByLabel('Colour map').selectOption('inferno');
  await expect.poll(() => pixelsOf(page, map)).toBe(before);
});

test('layers are hidden, and a threshold has an outline and an area that follows it', async ({
  page,
  program,
}) => {
  await inspect(page, program, ['original', 'positive']);
  await pane(page, 1).selectOption('negative');
  await expect(page.locator('canvas[data-layer=negative]')).toBeVisible();
  const layers = page.getByRole('region', { name: 'Layers' });
  await layers.getByRole('button', { name: 'Map', exact: true }).click();
  await expect(page.locator('canvas[data-layer=negative]')).toBeHidden();
  await page.keyboard.press('m');
  await expect(page.locator('canvas[data-layer=negative]')).toBeVisible();
  await slideTo(page, 'Opacity: image', 'Layers', 0.3);
  await expect(page.locator('.image').first()).toHaveCSS('opacity', '0.3');

  await expect(page.locator('svg[data-layer=threshold]')).toHaveCount(0);
  await page.keyboard.press('Shift+t');
  const area = page.getByLabel('Area above the threshold, Negative map');
  const areaNow = async () => Number.parseFloat((await area.textContent())!);
  await slideTo(page, 'Threshold', 'Threshold', 0.1);
  await expect(page.locator('svg[data-layer=threshold]')).toHaveCount(2);
  const large = await areaNow();
  await slideTo(page, 'Threshold', 'Threshold', 0.3);
  await expect.poll(areaNow).toBeLessThan(large);
  await slideTo(page, 'Threshold', 'Threshold', 0);
  await expect(area).toHaveText('100.0 %');
  await page.keyboard.press('Shift+t');
});

test('the encoder is asked with and without noise, and the budget has its curve', async ({
  page,
  program,
}) => {
  await inspect(page, program);
  await tab(page, 'Measure');
  const table = page.getByRole('table', { name: 'Prediction before and after noise' });
  await expect(table.getByRole('row')).toHaveCount(6, { timeout: 60_000 });
  await expect(page.getByText(/noisy copies have the answer of the clean image/)).toBeVisible();
  const noised = () => table.getByRole('cell').allTextContents();
  const before = await noised();
  await slideTo(page, 'Budget, positive mask', 'Budget', 0.98);
  await expect.poll(async () => (await noised()).join(), { timeout: 30_000 }).not.toBe(before.join());
  await expect(
    page
      .getByRole('region', { name: 'Budget' })
      .getByText(/answers kept: \d+ %/)
      .first(),
  ).toBeVisible({
    timeout: 90_000,
  });
  await expect(page.getByLabel('Budget, positive mask')).toHaveAttribute(
    'aria-valuetext',
    /98 %, answers kept/,
  );
  await expect(page.getByLabel('Rank in the folder, positive')).toHaveText(/^\d+$/);
  await expectAccessible(page, 'Measure');
  await tab(page, 'Look');
  await expectAccessible(page, 'Look');
  await slideTo(page, 'Budget, positive mask', 'Budget', 0.85);
});

test('a budget redraws within a frame or three, and a neighbour that was fetched ahead is there at once', async ({
  page,
  program,
}) => {
  await inspect(page, program);
  const before = await pixelsOf(page, 'canvas[data-layer=positive]');
  // No figure is asserted: what counts is that the drawing is done in the turn of the event, with nothing to wait for.
  const drawn = await page.getByLabel('Budget, positive mask').evaluate(async (input: HTMLInputElement) => {
    input.value = '0.5';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await Promise.resolve();
    const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-layer=positive]')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
  });
  expect(drawn).not.toBe(before);
  await slideTo(page, 'Budget, positive mask', 'Budget', 0.85);

  await settled(page);
  const asked: string[] = [];
  page.on('request', (request) => {
    if (/\/media\/(image|map)\//.test(request.url())) asked.push(request.url());
  });
  const here = await page.locator('.path span').textContent();
  await page.keyboard.press('d');
  await expect(page.locator('.path span')).not.toHaveText(here!);
  await expect(page.locator('canvas[data-layer=positive]')).toBeVisible();
  // Only what comes after next is asked for: at most its picture and its two maps.
  await settled(page);
  expect(new Set(asked).size).toBeLessThanOrEqual(3);
});

test('panel and film strip are as large as they were left', async ({ page, program }) => {
  await inspect(page, program);
  const width = () => boxOf(page, '.pane').then((box) => box.width);
  const before = await width();
  const panel = page.getByRole('separator', { name: 'Resize properties' });
  await panel.press('ArrowLeft');
  await expect.poll(width).toBeLessThan(before);
  const strip = page.getByRole('separator', { name: 'Resize film strip' });
  const kept = page.waitForResponse((response) => response.url().endsWith('/settings/set'));
  await strip.press('End');
  await kept;
  const frame = () => boxOf(page, 'nav[aria-label=Images] button').then((box) => box.height);
  await expect.poll(frame).toBeGreaterThan(150);
  await page.reload();
  await goToInspect(page);
  await expect.poll(frame).toBeGreaterThan(150);
  await strip.press('Home');
  await expect(panel).toHaveAttribute('aria-valuenow', '296');
});

test('everything by keys alone', async ({ page, program }) => {
  await inspect(page, program);
  await page.keyboard.press('Shift+q');
  await expect(page.locator('.pane')).toHaveCount(3);
  await page.keyboard.press('Shift+d');
  await expect(page.locator('canvas[data-layer=difference]')).toBeVisible();
  await page.keyboard.press('Shift+d');
  await page.keyboard.press('Shift+q');
  const path = page.locator('.path');
  const first = await path.textContent();
  await page.keyboard.press('ArrowRight');
  await expect(path).not.toHaveText(first!);
  await page.keyboard.press('a');
  await expect(path).toHaveText(first!);
  await page.keyboard.press('Shift+w');
  await expect(page.locator('canvas[data-layer=noisy]')).toBeVisible();
  const noise = await pixelsOf(page, 'canvas[data-layer=noisy]');
  await page.keyboard.press('n');
  await expect.poll(() => pixelsOf(page, 'canvas[data-layer=noisy]')).not.toBe(noise);

  const budget = page.getByLabel('Budget, positive mask');
  for (let i = 0; i < 40 && !(await budget.evaluate((node) => node === document.activeElement)); i++)
    await page.keyboard.press('Tab');
  await expect(budget).toBeFocused();
  const value = await budget.inputValue();
  await page.keyboard.press('ArrowLeft');
  expect(Number(await budget.inputValue())).toBeCloseTo(Number(value) - 0.01, 6);
  // Arrows of a slider are the slider's own.
  await expect(path).toHaveText(first!);
  await page.keyboard.press('Tab');
  const section = page.getByRole('button', { name: 'Layers', exact: true });
  await section.focus();
  await page.keyboard.press('Enter');
  await expect(section).toHaveAttribute('aria-expanded', 'false');
  const kept = page.waitForResponse((response) => response.url().endsWith('/settings/set'));
  await kept;
  await page.reload();
  await goToInspect(page);
  await expect(page.getByRole('button', { name: 'Layers', exact: true })).toHaveAttribute(
    'aria-expanded',
    'false',
  );
});
