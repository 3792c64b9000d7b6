/** @file The lab: its buttons, what runs, and what is kept of it. */
import type { Page } from '@playwright/test';
import type { ExperimentResult, KeptExperiment } from '../../src/contract/types';
import { experimentName, ON_IMAGES } from '../../src/contract/types';
import { expectAccessible } from './accessibility';
import { call, expect, goToStart, openFolder, test } from './program';

/** A word of each card's title. */
const CARDS = {
  toy: /Learned noise against fixed noise/,
  monotone: /Noise takes information away/,
  maskers: /Ways to hide pixels/,
  mnist: /Autoencoders of handwritten digits/,
  attack: /Sparse attacks/,
  video: /Maps of a video/,
  budgets: /A budget against penalties/,
  ssl: /Learning without labels/,
} as const;
type Name = keyof typeof CARDS;

/** The first event of a worker that has to start its engine on a busy machine. */
const STARTS = { timeout: 120_000 };

const goToLab = (page: Page) => page.getByRole('button', { name: 'Lab', exact: true }).click();
const card = (page: Page, name: Name) => page.getByRole('region', { name: CARDS[name] });
const runButton = (page: Page, name: Name) => card(page, name).getByRole('button', { name: /^Run it/ });
const stopButton = (page: Page, name: Name) => card(page, name).getByRole('button', { name: 'Stop' });

test('there is a card with a button for every experiment', async ({ page, program }) => {
  await goToStart(page, program);
  await goToLab(page);
  await expect(page.getByRole('button', { name: /^Run it/ })).toHaveCount(experimentName.options.length);
  for (const name of experimentName.options) {
    await expect(runButton(page, name)).toBeEnabled();
    // Nothing was ever run: nothing is shown, and without a project there is nothing to choose.
    await expect(card(page, name).getByRole('table')).toHaveCount(0);
    await expect(card(page, name).getByRole('radio')).toHaveCount(0);
  }
});

test('an experiment runs while one looks elsewhere, no other can begin, and it is stopped', async ({
  page,
  program,
}) => {
  await goToStart(page, program);
  await goToLab(page);
  await runButton(page, 'toy').click();
  await expect(card(page, 'toy').getByRole('status')).toContainText(/step \d+ of/, STARTS);
  for (const name of experimentName.options)
    if (name !== 'toy') await expect(runButton(page, name)).toBeDisabled();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await goToLab(page);
  await expect(card(page, 'toy').getByRole('progressbar')).toBeVisible();
  await stopButton(page, 'toy').click();
  for (const name of experimentName.options) await expect(runButton(page, name)).toBeEnabled();
  await expect(card(page, 'toy').getByRole('progressbar')).toHaveCount(0);
});

test('a result stands beside the paper’s words, with tables and figures, also after a restart', async ({
  page,
  program,
}) => {
  await goToStart(page, program);
  const wish = { experiment: 'monotone', seeds: 1, quick: true, keep: true };
  const { claims, tables } = await call<ExperimentResult>(page, 'lab/run', wish);
  await goToLab(page);
  const shown = card(page, 'monotone');
  const holds = shown.getByRole('table').first();
  await expect(holds.getByRole('row')).toHaveCount(1 + claims.length);
  for (const { paper, ours } of claims) {
    await expect(holds).toContainText(paper);
    await expect(holds).toContainText(ours);
  }
  await expect(shown).toContainText('1 seed, took');
  await expect(runButton(page, 'monotone')).toHaveText('Run it again');

  await shown.getByText(`${tables.length} tables of numbers`).click();
  for (const { title, columns, rows } of tables) {
    const table = shown.getByRole('table', { name: title });
    await expect(table.getByRole('columnheader')).toHaveText(columns);
    await expect(table.getByRole('row')).toHaveCount(1 + rows.length);
  }
  for (const figure of await shown.getByRole('img').all()) {
    await figure.scrollIntoViewIfNeeded();
    await expect(figure).toHaveAttribute('alt', /\w/);
    await expect
      .poll(() => figure.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(0);
  }
  await expectAccessible(page, 'a result of the lab');

  await program.restart();
  await goToStart(page, program);
  await goToLab(page);
  await expect(runButton(page, 'monotone')).toHaveText('Run it again');
  await expect(holds).toContainText(claims[0]!.ours);
});

test('with a project open, experiments on images are asked whose; results are the project’s', async ({
  page,
  program,
}) => {
  await openFolder(page, program);
  await goToLab(page);
  for (const name of experimentName.options)
    await expect(card(page, name).getByRole('radio')).toHaveText(
      ON_IMAGES.includes(name) ? ['Sample', 'This project'] : [],
    );
  // What was kept without a project is not this project's.
  const kept = await call<KeptExperiment[]>(page, 'lab/kept', {});
  for (const name of experimentName.options)
    await expect(runButton(page, name)).toHaveText(
      kept.some(({ experiment }) => experiment === name) ? 'Run it again' : 'Run it',
    );

  const ssl = card(page, 'ssl');
  await ssl.getByRole('radio', { name: 'This project' }).click();
  const asked = page.waitForRequest(/\/rpc\/lab\/run/);
  await runButton(page, 'ssl').click();
  if (!program.desktop)
    expect((await asked).postDataJSON().json).toMatchObject({
      ...{ experiment: 'ssl', folder: program.folder, quick: true, keep: true, seeds: 3 },
    });
  await expect(ssl.getByRole('status')).toContainText(/step \d+ of/, STARTS);
  await expect(ssl.getByRole('radio')).toHaveCount(0);
  await stopButton(page, 'ssl').click();
  await expect(ssl.getByRole('radio', { name: 'This project' })).toBeChecked();
  await expect(runButton(page, 'ssl')).toBeEnabled();
});

test('an experiment is begun by its command, and one that cannot run says why', async ({ page, program }) => {
  await goToStart(page, program);
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog', { name: 'Find a command' }).getByRole('combobox').fill('budgets');
  await page.getByRole('option', { name: 'Run the experiment on budgets' }).click();
  await expect(stopButton(page, 'budgets')).toBeVisible();
  await expect(card(page, 'budgets').getByRole('status')).toContainText(/step \d+ of/, STARTS);
  await stopButton(page, 'budgets').click();
  await expect(runButton(page, 'budgets')).toBeEnabled();

  const answer = await call<{ message: string }>(page, 'lab/run', {
    ...{ experiment: 'ssl', folder: `${program.folder}/nowhere`, seeds: 1, quick: true },
  });
  expect(answer.message).toMatch(/nowhere/);
});
