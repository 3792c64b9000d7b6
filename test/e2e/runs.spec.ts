/** @file The list of runs: a queue in order, names, comparison, the same again with other settings, and removal. */
import type { Page } from '@playwright/test';
import { expect, openFolder, test } from './program';

test.describe.configure({ mode: 'serial' });

const board = (page: Page) => page.getByRole('region', { name: 'Runs' });
const more = async (page: Page, title: RegExp, item: string) => {
  await board(page).getByRole('row', { name: title }).first().getByRole('button', { name: /^More/ }).click();
  await page.getByRole('menuitem', { name: item }).click();
};

async function train(page: Page, seed: number, epochs = 1): Promise<void> {
  await page.getByRole('radio', { name: /^Draft/ }).check();
  await page.getByRole('spinbutton', { name: /^Size/ }).fill('32');
  await page.getByRole('spinbutton', { name: 'Seed' }).fill(String(seed));
  await page.getByText('Advanced').click();
  await page.getByRole('spinbutton', { name: 'Steps of a mask' }).fill('6');
  await page.getByRole('spinbutton', { name: 'Epochs of the encoder' }).fill(String(epochs));
  await page.getByRole('spinbutton', { name: 'Images in a batch' }).fill('8');
  await page.getByRole('radio', { name: 'Positive' }).click();
  await page.getByRole('button', { name: 'Train positive mask' }).click();
}

test('what waits can be put in another order and taken out', async ({ page, program }) => {
  await openFolder(page, program);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  // Left open, budgets are the preset's for the encoder that is chosen.
  const lowest = page.getByRole('spinbutton', { name: 'Positive budget from' });
  await expect(lowest).toHaveAttribute('placeholder', '0.20');
  const encoder = page.getByRole('combobox', { name: 'Encoder' });
  await encoder.selectOption({ label: 'resnet18 (download)' });
  await expect(lowest).toHaveAttribute('placeholder', '0.50');
  await encoder.selectOption('auto');
  // Longer than any test, and held, so that what waits goes on waiting.
  await train(page, 1, 1000);
  await board(page).getByRole('button', { name: 'Pause', exact: true }).click({ timeout: 60_000 });
  const queue = page.getByRole('region', { name: 'Queue' });
  await expect(queue.getByRole('listitem')).toHaveCount(2);
  await page.getByRole('button', { name: 'Train positive mask' }).click();
  await expect(queue.getByRole('listitem')).toHaveCount(4);
  const titles = () => queue.locator('.what').allTextContents();
  const before = await titles();
  await queue
    .getByRole('button', { name: /^Earlier/ })
    .last()
    .click();
  await expect.poll(titles).not.toEqual(before);
  await queue
    .getByRole('button', { name: /^Take out/ })
    .last()
    .click();
  await expect(queue.getByRole('listitem')).not.toHaveCount(4);
  await board(page).getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(queue).toBeHidden();
  await page.getByRole('spinbutton', { name: 'Epochs of the encoder' }).fill('1');
  await page.getByRole('button', { name: 'Train positive mask' }).click();
});

test('leaving the screen, or loading the window again, loses nothing', async ({ page, program }) => {
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(
    board(page)
      .getByRole('row', { name: /Maps of the positive mask/ })
      .first(),
  ).toContainText('done', { timeout: 120_000 });
  const head = board(page).getByRole('heading', { level: 1 });
  await expect(head).toContainText('Positive mask');
  await expect(board(page).getByText(/images a second/)).toBeVisible();
  await expect(board(page).getByText(/\d MB/).first()).toBeVisible();
});

test('two runs are compared, and a setting that differs is marked', async ({ page, program }) => {
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await more(page, /Positive mask/, 'Fill the form with its settings');
  await expect(page.getByRole('spinbutton', { name: 'Seed' })).toHaveValue('1');
  await page.getByRole('spinbutton', { name: 'Seed' }).fill('7');
  const masks = board(page).getByRole('row', { name: /Positive mask/ });
  const before = await masks.count();
  await page.getByRole('button', { name: 'Train positive mask' }).click();
  await expect(masks).toHaveCount(before + 1);
  await expect(masks.first()).toContainText('done', { timeout: 120_000 });
  await masks.nth(0).getByRole('checkbox').check();
  await masks.nth(1).getByRole('checkbox').check();
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await expect(comparison.getByRole('row', { name: /^Seed ?, differs/ })).toContainText('7');
  await expect(comparison.getByRole('row', { name: /^Size.* 32 32/ })).toBeVisible();
  await expect(comparison.locator('.uplot')).toHaveCount(4);
  await comparison.getByRole('button', { name: 'Close the comparison' }).click();
});

test('a run is named and removed, with the maps it made', async ({ page, program }) => {
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await more(page, /Positive mask/, 'Rename …');
  await page.getByRole('textbox', { name: 'Name of the run' }).fill('Seed seven');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await expect(board(page).getByRole('row', { name: /Seed seven/ })).toBeVisible();
  await more(page, /Seed seven/, 'Remove …');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(board(page).getByRole('row', { name: /Seed seven/ })).toBeHidden();
});
