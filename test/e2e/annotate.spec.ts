/** @file Drawing on images by pointer and by keys, what is said of them, and that nothing of it is lost. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { expect, openFolder, type Program, pixelsOf, slideTo, test, tiles } from './program';

test.describe.configure({ mode: 'serial' });

const regions = (page: Page) => page.getByRole('listbox', { name: 'Regions' });
const region = (page: Page, name: RegExp) => regions(page).getByRole('option', { name });
const undo = (page: Page) => page.getByRole('button', { name: /^Undo/ });
const saved = (page: Page) => expect(page.getByRole('region', { name: 'History' })).toContainText('Saved');

/** A point of the image in the pane that shows it as it is, in shares of its sides. */
async function point(page: Page, u: number, v: number): Promise<[number, number]> {
  const stage = page.locator('.pane .stage').first();
  const { x, y, width, height } = (await stage.boundingBox())!;
  return [x + u * width, y + v * height];
}

/** As a hand does it: down, along, up. */
async function draw(page: Page, points: [number, number][]): Promise<void> {
  const [first, ...rest] = points;
  await page.mouse.move(...(await point(page, ...first!)));
  await page.mouse.down();
  for (const each of rest) await page.mouse.move(...(await point(page, ...each)), { steps: 3 });
  await page.mouse.up();
}

const click = async (page: Page, u: number, v: number) => page.mouse.click(...(await point(page, u, v)));

/** The pixels that the selection has, as the panel says them. */
async function area(page: Page): Promise<number> {
  const text = await page.getByRole('region', { name: 'Regions' }).getByText(/ px, /).textContent();
  return Number(/([\d,]+) px/.exec(text!)![1]!.replaceAll(',', ''));
}

/** The first image, with the panel of annotating. */
async function inspect(page: Page, { url }: Program): Promise<void> {
  await page.goto(url);
  // The program may be reading the folder still.
  await expect(tiles(page).first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole('listbox', { name: 'Images' }).press('Home');
  await page.getByRole('listbox', { name: 'Images' }).press('Enter');
  await page.getByRole('tab', { name: 'Annotate' }).click();
  await saved(page);
}

async function openProject(page: Page, { url }: Program): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: /train.*demo/ }).click();
  await expect(tiles(page).first()).toBeVisible();
}

test('brush strokes go on in their region, and the eraser takes from it', async ({ page, program }) => {
  await openFolder(page, program);
  await expect(tiles(page).first()).toBeVisible();
  await inspect(page, program);
  await page.keyboard.press('b');
  await expect(page.getByRole('button', { name: 'Brush' })).toHaveAttribute('aria-pressed', 'true');
  await draw(page, [
    [0.2, 0.2],
    [0.5, 0.2],
  ]);
  await expect(region(page, /object, brush/)).toHaveAttribute('aria-selected', 'true');
  const first = await area(page);
  await draw(page, [
    [0.5, 0.2],
    [0.5, 0.6],
  ]);
  await expect(region(page, /brush/)).toHaveCount(1);
  await expect.poll(() => area(page)).toBeGreaterThan(first);
  const both = await area(page);
  await page.keyboard.press('e');
  await draw(page, [
    [0.5, 0.6],
    [0.5, 0.4],
  ]);
  await expect.poll(() => area(page)).toBeLessThan(both);
  await page.keyboard.press('Escape');
  await page.keyboard.press('b');
  await page.keyboard.press(']');
  await draw(page, [
    [0.8, 0.8],
    [0.85, 0.85],
  ]);
  await expect(region(page, /brush/)).toHaveCount(2);
});

test('one stroke is one undo, and redo brings it back', async ({ page, program }) => {
  await inspect(page, program);
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo brush stroke');
  await page.keyboard.press('Control+z');
  await expect(region(page, /brush/)).toHaveCount(1);
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo eraser stroke');
  await page.keyboard.press('Control+y');
  await expect(region(page, /brush/)).toHaveCount(2);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+Shift+z');
  await expect(region(page, /brush/)).toHaveCount(2);
});

test('a polygon is clicked, its corners pulled, inserted and removed by pointer and by keys', async ({
  page,
  program,
}) => {
  await inspect(page, program);
  await page.keyboard.press('p');
  for (const [u, v] of [
    [0.1, 0.7],
    [0.4, 0.7],
    [0.4, 0.95],
  ] as const)
    await click(page, u, v);
  await expect(region(page, /polygon/)).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(region(page, /polygon/)).toHaveAttribute('aria-selected', 'true');
  const before = await area(page);
  await draw(page, [
    [0.4, 0.7],
    [0.6, 0.7],
  ]);
  await expect.poll(() => area(page)).toBeGreaterThan(before);
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo move corner');
  await page.keyboard.press('.');
  await page.keyboard.press('i');
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo insert corner');
  await page.keyboard.press('ArrowUp');
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo move corner');
  await page.keyboard.press('Delete');
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo remove corner');
  await expect(region(page, /polygon/)).toHaveCount(1);
});

test('a box is drawn, resized by a handle, moved by keys and duplicated', async ({ page, program }) => {
  await inspect(page, program);
  await page.keyboard.press('r');
  await draw(page, [
    [0.6, 0.1],
    [0.8, 0.3],
  ]);
  await expect(region(page, /box/)).toHaveAttribute('aria-selected', 'true');
  const before = await area(page);
  await draw(page, [
    [0.8, 0.3],
    [0.95, 0.4],
  ]);
  await expect.poll(() => area(page)).toBeGreaterThan(before);
  await page.keyboard.press('Shift+ArrowDown');
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo move region');
  await page.keyboard.press('Control+d');
  await expect(region(page, /box/)).toHaveCount(2);
  await page.keyboard.press('Delete');
  await expect(region(page, /box/)).toHaveCount(1);
  await saved(page);
});

test('the wand grows a region from the values under the pointer', async ({ page, program }) => {
  await inspect(page, program);
  await page.keyboard.press('w');
  await expect(page.getByRole('slider', { name: 'Tolerance' })).toBeVisible();
  await click(page, 0.97, 0.97);
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo wand');
  const grown = await area(page);
  expect(grown).toBeGreaterThan(0);
  await page.keyboard.press('Control+z');
  // To the right there is more tolerance, so no less of the image.
  await draw(page, [
    [0.97, 0.97],
    [1.1, 0.97],
  ]);
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo wand');
  expect(await area(page)).toBeGreaterThanOrEqual(grown);
});

test('labels: by number key, one of one’s own, another name and colour', async ({ page, program }) => {
  await inspect(page, program);
  await regions(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('2');
  await expect(region(page, /^cue, brush/)).toHaveCount(1);
  await page.getByRole('button', { name: 'Add a label' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('strap');
  await dialog.getByRole('combobox', { name: 'Meaning' }).selectOption('cue');
  await dialog.getByRole('button', { name: 'Add label' }).click();
  await expect(dialog).toBeHidden();
  await page.keyboard.press('4');
  await expect(region(page, /^strap, brush/)).toHaveCount(1);
  await page.getByRole('button', { name: 'Edit the label strap' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('belt');
  await dialog.getByLabel('Colour').fill('#00ffcc');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(region(page, /^belt, brush/)).toHaveCount(1);
  await expect(page.getByRole('button', { name: /^belt/ }).locator('.swatch')).toHaveCSS(
    'background-color',
    'rgb(0, 255, 204)',
  );
});

test('a region is named, locked against the eraser, hidden, and selected with others', async ({
  page,
  program,
}) => {
  await inspect(page, program);
  await region(page, /box/).click();
  await page.keyboard.press('F2');
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type('front door');
  await page.keyboard.press('Enter');
  await expect(region(page, /^front door, object, box/)).toHaveCount(1);
  await page.keyboard.press('l');
  await expect(region(page, /front door.*locked/)).toHaveCount(1);
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo lock region');
  await page.keyboard.press('e');
  await draw(page, [
    [0.7, 0.3],
    [0.8, 0.3],
  ]);
  await expect(page.getByRole('status', { name: 'Annotation' })).toContainText('locked');
  await saved(page);
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo lock region');
  await page.keyboard.press('h');
  await expect(region(page, /front door.*hidden/)).toHaveCount(1);
  await page.keyboard.press('v');
  await click(page, 0.75, 0.3);
  await expect(regions(page).getByRole('option', { selected: true })).toHaveCount(0);
  await page.keyboard.press('Control+a');
  const all = await regions(page).getByRole('option').count();
  await expect(regions(page).getByRole('option', { selected: true })).toHaveCount(all - 1);
  await page.keyboard.press('Escape');
  await expect(regions(page).getByRole('option', { selected: true })).toHaveCount(0);
});

test('an image is checked, tagged and written about', async ({ page, program }) => {
  await inspect(page, program);
  await page.keyboard.press('c');
  const image = page.getByRole('region', { name: 'Image' });
  await expect(image.getByRole('checkbox', { name: 'Checked' })).toBeChecked();
  await image.getByRole('combobox', { name: 'Tags' }).fill('blurred');
  await page.keyboard.press('Enter');
  await expect(image.getByText('blurred')).toBeVisible();
  await image.getByRole('textbox', { name: 'Note' }).fill('The strap gives it away.');
  await image.getByRole('textbox', { name: 'Note' }).blur();
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo change note');
  await page.reload();
  await inspect(page, program);
  await expect(image.getByRole('checkbox', { name: 'Checked' })).toBeChecked();
  await expect(image.getByText('blurred')).toBeVisible();
  await expect(image.getByRole('textbox', { name: 'Note' })).toHaveValue('The strap gives it away.');
});

test('fifty strokes are taken back one by one, also by a program that was started anew', async ({
  page,
  program,
}) => {
  test.slow();
  await inspect(page, program);
  const before = await regions(page).getByRole('option').count();
  await page.keyboard.press('r');
  for (let i = 0; i < 50; i++) {
    const u = 0.05 + 0.018 * i;
    await draw(page, [
      [u, 0.1],
      [u + 0.05, 0.3],
    ]);
    await page.keyboard.press('Escape');
  }
  await expect(
    page.getByRole('region', { name: 'Regions' }).getByText(String(before + 50), { exact: true }),
  ).toBeVisible({ timeout: 60_000 });
  await saved(page);
  for (let i = 0; i < 25; i++) await page.keyboard.press('Control+z');
  await expect(
    page.getByRole('region', { name: 'Regions' }).getByText(String(before + 25), { exact: true }),
  ).toBeVisible({ timeout: 60_000 });

  await program.restart();
  await openProject(page, program);
  await inspect(page, program);
  for (let i = 0; i < 25; i++) await page.keyboard.press('Control+z');
  await expect(
    page.getByRole('region', { name: 'Regions' }).getByText(String(before), { exact: true }),
  ).toBeVisible({ timeout: 60_000 });
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo change note');
  for (let i = 0; i < 50; i++) await page.keyboard.press('Control+y');
  await expect(
    page.getByRole('region', { name: 'Regions' }).getByText(String(before + 50), { exact: true }),
  ).toBeVisible({ timeout: 60_000 });
});

test('a screen reader gets along with all of it, in dark and light', async ({ page, program }) => {
  await inspect(page, program);
  await regions(page).focus();
  await page.keyboard.press('Home');
  for (const theme of ['dark', 'light']) {
    await expectAccessible(page, `annotating, ${theme}`);
    await page.getByRole('button', { name: 'Change between dark and light' }).click();
  }
  await page.getByRole('button', { name: 'Add a label' }).click();
  await expectAccessible(page, 'a new label');
});

test('a stroke that cannot be kept waits, says so, and is kept when it is tried again', async ({
  page,
  program,
}) => {
  await inspect(page, program);
  const count = await regions(page).getByRole('option').count();
  await page.route('**/rpc/annotations/change', (route) => route.abort());
  await page.keyboard.press('b');
  await draw(page, [
    [0.3, 0.5],
    [0.4, 0.5],
  ]);
  const alert = page.getByRole('alert').filter({ hasText: 'not saved' });
  await expect(alert).toContainText('One change is not saved');
  await page.unroute('**/rpc/annotations/change');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(alert).toBeHidden();
  await saved(page);
  await page.reload();
  await inspect(page, program);
  expect(await regions(page).getByRole('option').count()).toBeGreaterThanOrEqual(count);
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo brush stroke');
});

test('a map proposes regions, which are accepted, trimmed or rejected with a key each', async ({
  page,
  program,
}) => {
  await train(program);
  await openProject(page, program);
  await inspect(page, program);
  const panel = page.getByRole('region', { name: 'Tool' });
  await page.keyboard.press('t');
  await expect(panel.getByRole('slider', { name: 'Threshold' })).toBeVisible();
  const proposals = async () =>
    Number(/of (\d+)/.exec((await panel.getByRole('status').textContent())!)?.[1] ?? 0);
  // Maps of a mask of few steps are flat: little of them may lie above the half of the scale.
  const lowerUntilProposed = () =>
    expect(async () => {
      if ((await proposals()) === 0) await page.keyboard.press('[');
      expect(await proposals()).toBeGreaterThan(0);
    }).toPass({ intervals: [20], timeout: 60_000 });

  await lowerUntilProposed();
  const open = await proposals();
  await page.keyboard.press('Delete');
  await expect.poll(proposals).toBe(open - 1);
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo brush stroke');

  await page.keyboard.press('d');
  await expect(page.getByRole('toolbar', { name: 'Viewer' })).toContainText('2 of');
  await expect(regions(page)).toBeHidden();
  await lowerUntilProposed();
  const second = await proposals();
  await page.keyboard.press('Enter');
  await expect(undo(page)).toHaveAttribute('aria-label', 'Undo accept proposal');
  await expect.poll(proposals).toBe(second - 1);
  await expect(region(page, /object, brush/)).toHaveCount(1);
  await page.keyboard.press('Control+z');
  await expect.poll(proposals).toBe(second);
  await page.keyboard.press('Control+y');
  await expect.poll(proposals).toBe(second - 1);

  await page.keyboard.press('d');
  await expect(page.getByRole('toolbar', { name: 'Viewer' })).toContainText('3 of');
  await expect(regions(page)).toBeHidden();
  await lowerUntilProposed();
  await page.keyboard.press('x');
  await expect(page.getByRole('button', { name: 'Eraser' })).toHaveAttribute('aria-pressed', 'true');
  await expect(region(page, /object, brush/)).toHaveAttribute('aria-selected', 'true');
});

test('regions have a share of the information, a name under the pointer, and a layer of their own', async ({
  page,
  program,
}) => {
  await inspect(page, program);
  await page.keyboard.press('d');
  await expect(page.getByRole('toolbar', { name: 'Viewer' })).toContainText('2 of');
  await page.keyboard.press('r');
  // The head of the pane lies over the corner at the upper left.
  await draw(page, [
    [-0.01, 1.01],
    [1.01, -0.01],
  ]);
  await expect(region(page, /object, box/)).toHaveCount(1);
  await page.keyboard.press('Escape');
  const pointer = page.getByLabel('Under the pointer');
  await page.mouse.move(...(await point(page, 0.03, 0.97)));
  await expect(pointer).toContainText('object');

  // What covers the whole image has all of it.
  await page.getByRole('tab', { name: 'Measure' }).click();
  const shares = page.getByRole('table', { name: 'Inside the annotations, positive' });
  await expect(shares.getByRole('row').nth(1)).toHaveText(/object\s*100\.0 %\s*100\.0 %/);
  await expect(shares.getByRole('row')).toHaveCount(3);

  await page.getByRole('tab', { name: 'Look' }).click();
  const seen = () => pixelsOf(page, 'canvas[data-layer=regions] >> nth=0');
  const whole = await seen();
  await page.getByRole('region', { name: 'Layers' }).getByRole('button', { name: 'Annotations' }).click();
  await expect.poll(seen).not.toBe(whole);
  const none = await seen();
  await page.keyboard.press('Shift+m');
  await expect.poll(seen).toBe(whole);
  await slideTo(page, 'Opacity: annotations', 'Layers', 0.4);
  await expect.poll(seen).not.toBe(whole);
  expect(await seen()).not.toBe(none);
  await slideTo(page, 'Opacity: annotations', 'Layers', 1);

  // Where one draws, the layer is shown.
  await page.keyboard.press('Shift+m');
  await page.keyboard.press('r');
  await draw(page, [
    [0.1, 0.1],
    [0.3, 0.3],
  ]);
  await page.getByRole('tab', { name: 'Look' }).click();
  await expect(
    page.getByRole('region', { name: 'Layers' }).getByRole('button', { name: 'Annotations' }),
  ).toHaveAttribute('aria-pressed', 'true');
});

/** A mask and its maps, by the command line: a few steps are enough to have something to threshold. */
async function train(program: Program): Promise<void> {
  await program.restart(() => {
    const command = (...args: string[]) =>
      execFileSync(process.execPath, [resolve('bin/penumbra.js'), ...args], {
        env: { ...process.env, PENUMBRA_DATA: join(program.directory, 'data') },
        stdio: 'ignore',
      });
    command(
      ...'train --mask positive --preset draft --size 32 --steps 8 --encoder-epochs 1 --batch 8'.split(' '),
    );
  });
}
