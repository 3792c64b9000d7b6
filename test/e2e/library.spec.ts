/** @file The library: narrowing, choosing, marking, views that are saved, panels that are dragged. */
import type { Page } from '@playwright/test';
import { expect, openFolder, test, tiles } from './program';

test.describe.configure({ mode: 'serial' });

const grid = (page: Page) => page.getByRole('listbox', { name: 'Images' });
const side = (page: Page) => page.getByRole('complementary', { name: 'Classes and filters' });
const bar = (page: Page) => page.getByRole('toolbar', { name: 'Chosen images' });
const found = (page: Page) => page.getByRole('toolbar', { name: 'View' }).getByRole('status');

test('images are chosen by keys, by pointer and all at once', async ({ page, program }) => {
  await openFolder(page, program);
  await expect(found(page)).toHaveText(`${program.images} images`, { timeout: 30_000 });
  await grid(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  await expect(bar(page)).toContainText('1 chosen');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(bar(page)).toContainText('3 chosen');
  await expect(tiles(page).first()).toHaveAttribute('aria-selected', 'true');
  await tiles(page)
    .nth(5)
    .click({ modifiers: ['Control'] });
  await tiles(page)
    .nth(7)
    .click({ modifiers: ['Shift'] });
  await expect(bar(page)).toContainText('6 chosen');
  await grid(page).focus();
  await page.keyboard.press('Control+a');
  await expect(bar(page)).toContainText(`${program.images} chosen`);
  await page.keyboard.press('Escape');
  await expect(bar(page)).toBeHidden();

  // A rectangle from the gap between two tiles over two rows.
  const [first, second] = [await tiles(page).nth(0).boundingBox(), await tiles(page).nth(1).boundingBox()];
  await page.mouse.move(first!.x + 20, first!.y + 20);
  await page.mouse.down();
  await page.mouse.move(second!.x + 40, second!.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect(bar(page)).toContainText('2 chosen');
  await expect(page.getByRole('toolbar', { name: 'Viewer' })).toBeHidden();
});

test('what is chosen is marked, tagged, found again and shown alone', async ({ page, program }) => {
  await page.goto(program.url);
  await expect(tiles(page).first()).toBeVisible();
  await grid(page).focus();
  await page.keyboard.press('Home');
  for (const key of ['Space', 'ArrowRight', 'Space', 'c']) await page.keyboard.press(key);
  await expect(side(page).getByRole('button', { name: /^Checked 2$/ })).toBeVisible();
  await expect(tiles(page).first().getByLabel('Checked')).toBeVisible();

  await page.keyboard.press('g');
  await page.getByRole('combobox', { name: 'Tag' }).fill('odd light');
  await page.getByRole('button', { name: 'Add this tag' }).click();
  await side(page)
    .getByRole('button', { name: /odd light 2/ })
    .click();
  await expect(found(page)).toHaveText('2 images');

  await bar(page).getByRole('button', { name: 'Inspect' }).click();
  await expect(page.getByRole('toolbar', { name: 'Viewer' })).toContainText('1 of 2');
  await page.getByRole('button', { name: 'Library', exact: true }).click();
  await page.getByRole('button', { name: 'Show all images' }).click();
  await expect(found(page)).toHaveText(`${program.images} images`);
});

test('a view is saved with the project and comes back', async ({ page, program }) => {
  await page.goto(program.url);
  await expect(tiles(page).first()).toBeVisible();
  await side(page).getByRole('button', { name: /^key/ }).click();
  await page.getByRole('searchbox', { name: 'Search names' }).fill('1');
  await expect(found(page)).toHaveText(/^[1-9] images$/);
  const number = await found(page).textContent();
  await side(page).getByRole('button', { name: 'Save this view' }).click();
  await page.getByRole('textbox', { name: 'Name of the view' }).fill('keys with a one');
  await page.keyboard.press('Enter');
  await expect(side(page).getByRole('button', { name: 'keys with a one', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await page.reload();
  await expect(found(page)).toHaveText(`${program.images} images`);
  await side(page).getByRole('button', { name: 'keys with a one', exact: true }).click();
  await expect(found(page)).toHaveText(number!);
  await side(page).getByRole('button', { name: 'Remove the view keys with a one' }).click();
  await expect(side(page).getByRole('button', { name: 'keys with a one', exact: true })).toBeHidden();
});

test('the panel at the side is set by keys, folded, and remembered', async ({ page, program }) => {
  await page.goto(program.url);
  const handle = page.getByRole('separator', { name: 'Resize classes and filters' });
  await expect(handle).toHaveAttribute('aria-valuenow', '220');
  await handle.press('ArrowRight');
  await expect(handle).toHaveAttribute('aria-valuenow', '236');
  const kept = page.waitForResponse((response) => response.url().endsWith('/settings/set'));
  await handle.press('Enter');
  await expect(side(page)).toBeHidden();
  if (!program.desktop) await kept;
  await page.reload();
  await expect(handle).toHaveAttribute('aria-valuenow', '0');
  await handle.press('Enter');
  await expect(side(page)).toBeVisible();
  await expect(handle).toHaveAttribute('aria-valuenow', '236');
});
