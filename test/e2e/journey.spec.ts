/** @file The whole way once, in order: a folder, training, stopping and resuming, maps, inspecting, exporting. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, openFolder, type Program, pixelsOf, projectMenu, slideTo, test, tiles } from './program';

test.describe.configure({ mode: 'serial' });
test.use({ folderOf: 'journey' });

/** More than a quick machine does before the test has looked at the curves. */
const STEPS = 150;

test('a folder is opened and its images are shown', async ({ page, program }) => {
  await openFolder(page, program);
  await expect(projectMenu(page)).toContainText('train');
  await expect(page.getByText(`${program.images} images`).first()).toBeVisible();
  await expect(tiles(page).first()).toBeVisible();
  const loaded = () =>
    page
      .getByRole('option')
      .locator('img')
      .evaluateAll((all) => all.length > 8 && all.every((img) => (img as HTMLImageElement).naturalWidth > 0));
  await expect.poll(loaded).toBe(true);
  const classes = page.getByRole('complementary', { name: 'Classes and filters' });
  await classes.getByRole('button', { name: /^fish/ }).click();
  await expect(tiles(page).first()).toHaveAttribute('aria-label', /fish/);
  await expect(page.getByRole('toolbar').getByText('12 images')).toBeVisible();
});

test('a mask is trained, stopped and resumed, and its maps are made', async ({ page, program }) => {
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await fillForm(page);
  await page.getByRole('radio', { name: 'Positive' }).click();
  await page.getByRole('button', { name: 'Train positive mask' }).click();

  const board = page.getByRole('region', { name: 'Runs' });
  const title = board.getByRole('heading', { level: 1 });
  await expect(title).toContainText('classifier', { timeout: 60_000 });
  await expect(title).toContainText('Positive mask', { timeout: 60_000 });
  // The curves follow the run while it goes on.
  await expect(board.locator('.uplot')).toHaveCount(4, { timeout: 60_000 });
  await expect(board.getByText(/ms a step/)).toBeVisible();
  await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText(/loss .*bits\/px/);

  await board.getByRole('button', { name: 'Stop', exact: true }).click();
  const row = board.getByRole('row', { name: /Positive mask/ }).first();
  await expect(row).toContainText('stopped', { timeout: 30_000 });
  const stoppedAt = Number(/(\d+) \/ 150/.exec((await row.textContent())!)![1]);
  expect(stoppedAt).toBeGreaterThan(0);
  expect(stoppedAt).toBeLessThan(STEPS);
  await row.getByRole('button', { name: /^Resume/ }).click();
  await expect(row).toContainText('done', { timeout: 120_000 });
  await expect(row).toContainText(`${STEPS} / ${STEPS}`);
  await expect(board.getByRole('row', { name: /Maps of the positive mask/ })).toContainText('done', {
    timeout: 60_000,
  });
});

test('a second mask uses the encoder that is there', async ({ page, program }) => {
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await fillForm(page, 8);
  await page.getByRole('radio', { name: 'Negative' }).click();
  await page.getByRole('button', { name: 'Train negative mask' }).click();
  const board = page.getByRole('region', { name: 'Runs' });
  await expect(board.getByRole('row', { name: /Maps of the negative mask/ })).toContainText('done', {
    timeout: 120_000,
  });
  await expect(board.getByRole('row', { name: /classifier/i })).toHaveCount(1);
});

test('maps lie over the images, and the badge says how far they are spread', async ({ page, program }) => {
  await page.goto(program.url);
  await expect(tiles(page).first()).toBeVisible();
  await expect(page.getByRole('option').locator('canvas')).toHaveCount(0);
  await page.getByRole('switch', { name: 'Maps over the images' }).click();
  const painted = () =>
    page
      .getByRole('option')
      .locator('canvas')
      .evaluateAll((all) => all.length > 8 && all.every((canvas) => (canvas as HTMLCanvasElement).width > 1));
  await expect.poll(painted, { timeout: 15_000 }).toBe(true);
  await expect(tiles(page).first()).toContainText(/\d %/);
});

test('the budget changes map, noise and entropy at once', async ({ page, program }) => {
  await page.goto(program.url);
  await expect(tiles(page).first()).toBeVisible();
  await page.getByRole('listbox', { name: 'Images' }).press('Enter');
  await page.getByRole('tab', { name: 'Measure' }).click();
  const entropy = page.getByLabel('Mean entropy, positive', { exact: true });
  await slideTo(page, 'Budget, positive mask', 'Budget', 0.9);
  await expect(entropy).toHaveText(/\d/);
  const before = {
    bits: Number(await entropy.textContent()),
    map: await pixelsOf(page, 'canvas[data-layer=positive]'),
    noisy: await pixelsOf(page, 'canvas[data-layer=noisy]'),
    negative: await pixelsOf(page, 'canvas[data-layer=negative]'),
  };
  await slideTo(page, 'Budget, positive mask', 'Budget', 0.4);
  await expect.poll(async () => Number(await entropy.textContent())).toBeLessThan(before.bits);
  expect(await pixelsOf(page, 'canvas[data-layer=positive]')).not.toBe(before.map);
  expect(await pixelsOf(page, 'canvas[data-layer=noisy]')).not.toBe(before.noisy);
  expect(await pixelsOf(page, 'canvas[data-layer=negative]')).toBe(before.negative);
  await page.getByRole('tab', { name: 'Look' }).click();
  await slideTo(page, 'Opacity: map', 'Layers', 0.2);
  await expect(page.locator('canvas[data-layer=positive]')).toHaveCSS('opacity', '0.2');

  await page.locator('.pane').first().hover();
  await expect(page.getByLabel('Under the pointer')).toContainText(
    /x \d+ {2}y \d+.*positive: σ .* bits .*kept/,
  );
});

test('maps are exported and can be read', async ({ page, program }) => {
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export maps and annotations' });
  await dialog.getByRole('checkbox', { name: /CSV/ }).check();
  await dialog.getByRole('textbox', { name: 'Into the folder' }).fill(program.directory);
  await dialog.getByRole('textbox', { name: 'Name of the new folder' }).fill('exported');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText(new RegExp(`files of ${program.images} images written`))).toBeVisible({
    timeout: 60_000,
  });
  checkExport(program);
});

test('the project is among the recent ones and opens as it was left', async ({ page, program }) => {
  await page.goto(program.url);
  await projectMenu(page).click();
  await page.getByRole('menuitem', { name: 'Close the project' }).click();
  const recent = page.getByRole('button', { name: /train.*demo/ });
  await recent.click();
  await expect(page.getByText(/positive run \d+ · negative run \d+/)).toBeVisible();
});

async function fillForm(page: Page, steps = STEPS): Promise<void> {
  await page.getByRole('radio', { name: /^Draft/ }).check();
  await page.getByRole('spinbutton', { name: /^Size/ }).fill('32');
  await page.getByText('Advanced').click();
  await page.getByRole('spinbutton', { name: 'Steps of a mask' }).fill(String(steps));
  await page.getByRole('spinbutton', { name: 'Epochs of the encoder' }).fill('1');
  await page.getByRole('spinbutton', { name: 'Images in a batch' }).fill('8');
}

/** Names of the images are kept; an array is float32 at the image's size; the table has a line an image and mask. */
function checkExport({ directory, folder, images }: Program): void {
  const out = join(directory, 'exported');
  expect(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))).toBeTruthy();
  const name = readdirSync(join(folder, 'fish'))
    .find((file) => file.endsWith('.png'))!
    .replace('.png', '');
  for (const mask of ['positive', 'negative']) {
    const bytes = readFileSync(join(out, mask, 'fish', `${name}.npy`));
    expect(bytes.subarray(1, 6).toString()).toBe('NUMPY');
    const header = bytes.subarray(10, 10 + bytes.readUInt16LE(8)).toString();
    expect(header).toMatch(/'descr': '<f4'.*'shape': \(32, 32\)/);
    expect(bytes.length).toBe(10 + bytes.readUInt16LE(8) + 4 * 32 * 32);
    const values = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + 10 + bytes.readUInt16LE(8)).slice(0, 4 * 32 * 32),
    );
    expect(values.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  }
  const csv = readdirSync(out).find((file) => file.endsWith('.csv'))!;
  expect(readFileSync(join(out, csv), 'utf8').trim().split('\n').length).toBeGreaterThan(images);
  expect(existsSync(join(folder, 'manifest.json'))).toBe(false);
}
