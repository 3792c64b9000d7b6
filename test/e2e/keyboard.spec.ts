/** @file Everything without a mouse. */
import { expect, goToStart, test } from './program';

test('from the start to an image by keys alone', async ({ page, program }) => {
  test.skip(program.desktop !== null, 'of the served window alone');
  await goToStart(page, program);
  await page.keyboard.press('Control+o');
  const path = page.getByRole('textbox', { name: 'Folder' });
  // The dialog takes the focus; the path comes after its button for closing.
  await expect(page.getByRole('dialog').getByRole('button', { name: /Close/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(path).toBeFocused();
  await path.press('Control+a');
  await page.keyboard.type(program.folder.replace(/\/train$/, ''));
  await page.keyboard.press('Enter');
  // Into the sub-folder by the list.
  await expect(
    page.getByRole('list', { name: 'Folders here' }).getByRole('button', { name: 'train' }),
  ).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  while (!/^train$/.test((await page.locator(':focus').textContent()) ?? ''))
    await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(path).toHaveValue(program.folder);
  const open = page.getByRole('button', { name: 'Open this folder' });
  for (let i = 0; i < 12 && !(await open.evaluate((node) => node === document.activeElement)); i++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');

  const grid = page.getByRole('listbox', { name: 'Images' });
  await expect(page.getByRole('option', { name: /\.png$/ }).first()).toBeVisible();
  for (let i = 0; i < 60 && !(await grid.evaluate((node) => node === document.activeElement)); i++)
    await page.keyboard.press('Tab');
  await expect(grid).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  const chosen = page.locator('[role=option].current');
  const name = (await chosen.getAttribute('aria-label'))!;
  await page.keyboard.press('Enter');
  const viewer = page.getByRole('toolbar', { name: 'Viewer' });
  await expect(viewer).toContainText(name);
  await page.keyboard.press('d');
  await expect(viewer).not.toContainText(name);
  await page.keyboard.press('ArrowLeft');
  await expect(viewer).toContainText(name);
  await page.keyboard.press('Escape');
  await expect(chosen).toHaveAttribute('aria-label', name);
});

test('commands are found by name, and the help lists the keys of the screen', async ({ page, program }) => {
  await page.goto(program.url);
  await expect(page.getByRole('button', { name: 'Library', exact: true })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('settings');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Doctor' })).toBeVisible();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Shortcuts' });
  await expect(help).toContainText('Find a command');
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
});
