/** @file Keys that are changed, help and licences. */
import { expect, goToStart, test } from './program';

test('a key is changed, a conflict is told, and the usual keys come back', async ({ page, program }) => {
  await goToStart(page, program);
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Shortcuts' });
  const rowOf = (label: string) => dialog.locator('dl > div').filter({ hasText: label });
  await dialog.getByRole('button', { name: 'Change the key of Find a command' }).click();
  await page.keyboard.press('j');
  await expect(rowOf('Find a command')).toContainText('J');
  // The key of another: it is told, and taken over only when that is wanted.
  await dialog.getByRole('button', { name: 'Change the key of Find a command' }).click();
  await page.keyboard.press('t');
  await expect(dialog.getByRole('alert')).toContainText('“Change between dark and light” already');
  await dialog.getByRole('button', { name: 'Leave it' }).click();
  await expect(rowOf('Find a command')).toContainText('J');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('j');
  await expect(page.getByRole('dialog', { name: 'Find a command' })).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'All usual keys again' }).click();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Find a command' })).toBeVisible();
});

test('the ideas are explained, and every library names its licence', async ({ page, program }) => {
  await goToStart(page, program);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(page.getByRole('term').filter({ hasText: 'Positive mask' })).toBeVisible();
  await page.getByText('Libraries in the program').click();
  const list = page.getByRole('listitem');
  await expect(list.filter({ hasText: /^svelte .*MIT/ })).toBeVisible();
  await expect(list.filter({ hasText: /^better-sqlite3 .*MIT/ })).toBeVisible();
  await expect(list.filter({ hasText: 'undefined' })).toHaveCount(0);
  await list
    .filter({ hasText: /^svelte / })
    .first()
    .getByText('svelte', { exact: true })
    .click();
  await expect(page.locator('pre:visible')).toContainText('Permission is hereby granted');
});

test('what is chosen while the window closes is kept', async ({ browser, page, program }) => {
  test.skip(program.desktop !== null, 'needs a second browser');
  await goToStart(page, program);
  const before = await page.locator('html').getAttribute('data-theme');
  const after = before === 'dark' ? 'light' : 'dark';
  await page.keyboard.press('t');
  await page.goto('about:blank');
  // Another browser has no copy of its own.
  const stranger = await browser.newContext();
  const again = await stranger.newPage();
  await again.goto(program.url);
  await expect(again.locator('html')).toHaveAttribute('data-theme', after);
  // As it was, for the specs that follow.
  await again.getByRole('button', { name: 'Settings', exact: true }).waitFor();
  await again.keyboard.press('t');
  await expect(again.locator('html')).toHaveAttribute('data-theme', before!);
  await again.goto('about:blank');
  await stranger.close();
});
