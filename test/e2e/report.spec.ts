/** @file A report by button: verdicts are read and reviewed, images opened, a group named, two reports compared, and a page written. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { call, expect, openFolder, type Program, projectMenu, test, tiles } from './program';

test.describe.configure({ mode: 'serial' });
test.use({ folderOf: 'report' });

const main = (page: Page) => page.getByRole('main');
const classRow = (page: Page, name: string) =>
  page.getByRole('table', { name: 'Classes' }).getByRole('row', { name: new RegExp(`^${name} `) });

async function goTo(page: Page, { url }: Program, screen: string): Promise<void> {
  await page.goto(url);
  await expect(projectMenu(page)).toContainText('train');
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: screen }).click();
}

test('without a mask the button says what is missing', async ({ page, program }) => {
  await openFolder(page, program);
  await expect(projectMenu(page)).toContainText('train');
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Report' }).click();
  await expect(page.getByRole('heading', { name: 'What are the classes recognised by?' })).toBeVisible();
  await page.getByRole('button', { name: 'Make report' }).click();
  await expect(page.getByText(/train one first/)).toBeVisible();
});

test('a mask is trained', async ({ page, program }) => {
  await goTo(page, program, 'Train');
  await page.getByRole('radio', { name: /^Draft/ }).check();
  await page.getByRole('spinbutton', { name: /^Size/ }).fill('32');
  await page.getByText('Advanced').click();
  await page.getByRole('spinbutton', { name: 'Steps of a mask' }).fill('8');
  await page.getByRole('spinbutton', { name: 'Epochs of the encoder' }).fill('2');
  await page.getByRole('spinbutton', { name: 'Images in a batch' }).fill('8');
  await page.getByRole('radio', { name: 'Positive' }).click();
  await page.getByRole('button', { name: 'Train positive mask' }).click();
  const maps = page.getByRole('region', { name: 'Runs' }).getByRole('row', { name: /Maps of the positive/ });
  await expect(maps).toContainText('done', { timeout: 200_000 });
});

test('a report is made, and its verdicts are read', async ({ page, program }) => {
  test.setTimeout(480_000);
  await goTo(page, program, 'Report');
  await page.getByRole('button', { name: 'Make report' }).click();
  await expect(page.getByRole('status').getByText(/can be stopped/)).toBeVisible();
  await expect(page.getByText(/60 images of 5 classes were looked at/)).toBeVisible({ timeout: 400_000 });
  await expect(classRow(page, 'fish')).toContainText(
    /(Object|Cue|Background|Mixed|Too little data).*\d\.\d\d \(.* to .*, n \d+\).*12/,
  );
  await expect(page.getByRole('heading', { name: 'Simple properties of the images' })).toBeVisible();
  await expectAccessible(page, 'the report');
});

test('a verdict is accepted with a comment, and stays so', async ({ page, program }) => {
  await goTo(page, program, 'Report');
  await main(page).getByRole('button', { name: 'fish', exact: true }).click();
  await expect(page.getByRole('heading', { name: /^fish: / })).toBeVisible();
  const review = page.getByRole('group', { name: 'Review of the verdict' });
  await review.getByRole('textbox', { name: 'Comment on the verdict' }).fill('Looked at all twelve.');
  await review.getByRole('button', { name: 'Accept' }).click();
  await expect(review.getByRole('button', { name: 'Accept' })).toHaveAttribute('aria-pressed', 'true');
  await expect(classRow(page, 'fish')).toContainText('accept');

  await page.reload();
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Report' }).click();
  await expect(classRow(page, 'fish')).toContainText('accept');
  await main(page).getByRole('button', { name: 'fish', exact: true }).click();
  await expect(review.getByRole('textbox')).toHaveValue('Looked at all twelve.');
});

test('an image of a ranking opens in Inspect, among its like', async ({ page, program }) => {
  await goTo(page, program, 'Report');
  await main(page).getByRole('button', { name: 'fish', exact: true }).click();
  const ranking = main(page).locator('section', {
    has: page.getByRole('heading', { name: 'Most typical maps' }),
  });
  await ranking.getByRole('button').nth(1).click();
  await expect(page.locator('canvas[data-layer=positive]').first()).toBeVisible();
  const strip = page.getByRole('navigation', { name: 'Images' });
  await expect(strip.locator('[aria-current]')).toHaveAttribute('aria-label', /fish/);
  await expect(strip.getByRole('button', { name: /fish/ })).toHaveCount(12);
});

test('a number of wrong answers opens its images in Inspect', async ({ page, program }) => {
  await goTo(page, program, 'Report');
  const wrong = page.getByRole('table', { name: 'Answers by class' }).getByRole('button').first();
  const [, count, name] = /^(\d+) images? of (\S+) answered /.exec(
    (await wrong.getAttribute('aria-label'))!,
  )!;
  await wrong.click();
  const strip = page.getByRole('navigation', { name: 'Images' });
  await expect(strip.getByRole('button', { name: new RegExp(name!) })).toHaveCount(Number(count));
});

test('images that the lasso chose get a name, and are a filter of the library', async ({ page, program }) => {
  await goTo(page, program, 'Report');
  await main(page).getByRole('button', { name: 'fish', exact: true }).click();
  const map = page.getByRole('img', { name: /^The maps of the class in two dimensions/ });
  await map.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await map.boundingBox())!;
  await page.mouse.move(x + 2, y + 2);
  await page.mouse.down();
  for (const [right, down] of [
    [width - 2, 2],
    [width - 2, height - 2],
    [2, height - 2],
  ] as const)
    await page.mouse.move(x + right, y + down, { steps: 3 });
  await page.mouse.up();
  await page.getByRole('textbox', { name: 'Name of the group' }).fill('all fish');
  await page.getByRole('button', { name: 'Name group' }).click();
  await expect(page.getByText('all fish, 12 images')).toBeVisible();

  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Library' }).click();
  const panel = page.getByRole('complementary', { name: 'Classes and filters' });
  await panel.getByRole('button', { name: /^all fish/ }).click();
  await expect(page.getByRole('toolbar').getByText('12 images')).toBeVisible();
  await expect(tiles(page).first()).toHaveAttribute('aria-label', /fish/);
});

test('a marked cue is looked at, and the two reports stand side by side', async ({ page, program }) => {
  test.setTimeout(480_000);
  await goTo(page, program, 'Report');
  const { images } = await call<{ images: { id: number; path: string }[] }>(page, 'library/list', {});
  const geometry = { kind: 'box', x: 20, y: 20, width: 8, height: 8 };
  for (const { id } of images.filter(({ path }) => path.startsWith('fish/')))
    await call(page, 'annotations/change', {
      ...{ imageId: id, title: 'draw' },
      changes: [{ put: { label: 'cue', geometry } }],
    });
  await page.getByRole('button', { name: 'Bring up to date' }).click();
  const beside = page.getByLabel('Beside it');
  await expect(beside).toBeVisible({ timeout: 400_000 });
  await beside.selectOption({ index: 1 });
  await expect(page.getByRole('columnheader', { name: 'Beside: verdict' })).toBeVisible();
  await expectAccessible(page, 'two reports');
});

test('the page and the table are written', async ({ page, program }) => {
  await goTo(page, program, 'Report');
  await page.getByRole('button', { name: 'Export page and table' }).click();
  const written = await page.getByText(/^Written: /).textContent();
  const [html, csv] = /Written: (.*\.html) and (.*\.csv)/.exec(written!)!.slice(1) as [string, string];
  expect(readFileSync(csv, 'utf8').trim().split('\n')).toHaveLength(6);
  await page.goto('about:blank');
  const other = await page.context().browser()!.newPage({ javaScriptEnabled: false });
  await other.setContent(readFileSync(html, 'utf8'));
  await expect(other.getByRole('heading', { name: 'What train is recognised by' })).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Method and limits' })).toBeVisible();
  await other.close();
});
