/** @file Dark and light, what is remembered, and how much can be seen at once. */
import type { Page } from '@playwright/test';
import { expect, openFolder, test } from './program';

const theme = (page: Page) => page.locator('html').getAttribute('data-theme');

/** WCAG 2.2, 1.4.3: relative luminance of both colours. */
const contrastOf = (page: Page, selector: string): Promise<number> =>
  page
    .locator(selector)
    .first()
    .evaluate((node) => {
      const luminance = (colour: string) => {
        const [r, g, b] = colour
          .match(/[\d.]+/g)!
          .slice(0, 3)
          .map((text) => Number(text) / 255)
          .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      let under: Element | null = node;
      while (under && getComputedStyle(under).backgroundColor === 'rgba(0, 0, 0, 0)')
        under = under.parentElement;
      const pair = [getComputedStyle(node).color, getComputedStyle(under!).backgroundColor].map(luminance);
      return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    });

test('dark first, light as readable, and the choice is kept', async ({ page, program }) => {
  await openFolder(page, program);
  await expect(page.getByRole('option', { name: /\.png$/ }).first()).toBeVisible();
  const texts = ['.facts', '.entry .muted', '.tile .name', '.button', '[aria-current]'];
  expect(await theme(page)).toBe('dark');
  for (const text of texts) expect(await contrastOf(page, text), `dark ${text}`).toBeGreaterThan(4.5);
  const kept = page.waitForResponse((response) => response.url().endsWith('/settings/set'));
  await page.getByRole('button', { name: 'Change between dark and light' }).click();
  expect(await theme(page)).toBe('light');
  for (const text of texts) expect(await contrastOf(page, text), `light ${text}`).toBeGreaterThan(4.5);

  await kept;
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('nothing is cut off at the smallest size that is meant', async ({ page, program }) => {
  await openFolder(page, program);
  for (const screen of ['Library', 'Train', 'Inspect', 'Settings']) {
    await page.getByRole('button', { name: screen, exact: true }).click();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide, screen).toBe(false);
    await expect(page.getByRole('contentinfo', { name: 'Status' })).toBeInViewport();
  }
});
