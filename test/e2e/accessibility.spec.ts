/** @file Every screen and dialog, in dark and light, under axe-core. */
import type { Page } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { expect, goToStart, openFolder, test, tiles } from './program';

/** Dark at last: that is how the other specs expect the window. */
const THEMES = ['light', 'dark'] as const;

async function useTheme(page: Page, theme: (typeof THEMES)[number]): Promise<void> {
  const html = page.locator('html');
  if ((await html.getAttribute('data-theme')) !== theme)
    await page.getByRole('button', { name: 'Change between dark and light', exact: true }).click();
  await expect(html).toHaveAttribute('data-theme', theme);
}

test('the start screen and its dialogs', async ({ page, program }) => {
  await goToStart(page, program);
  for (const theme of THEMES) {
    await useTheme(page, theme);
    await expectAccessible(page, `start, ${theme}`);
  }
  await page.keyboard.press('Control+o');
  await expectAccessible(page, 'choosing a folder');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await expectAccessible(page, 'command palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expectAccessible(page, 'shortcuts');
});

test('every screen', async ({ page, program }) => {
  await openFolder(page, program);
  await expect(tiles(page).first()).toBeVisible();
  for (const screen of await page.getByRole('navigation', { name: 'Screens' }).getByRole('button').all()) {
    await screen.click();
    const name = await screen.textContent();
    for (const theme of THEMES) {
      await useTheme(page, theme);
      await expectAccessible(page, `${name}, ${theme}`);
    }
  }
});
