/** @file Annotations go out in a format, as the dialog says, and come back from its files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { call, expect, openFolder, projectMenu, test } from './program';

test.describe.configure({ mode: 'serial' });
test.use({ folderOf: 'exports' });

interface Annotations {
  regions: { label: string; geometry: { kind: string } }[];
}
const imagesOf = async (page: Page) =>
  (await call<{ images: { id: number; path: string; regions: number }[] }>(page, 'library/list', {})).images;

const BRUSH = { kind: 'brush', x: 3, y: 4, width: 3, height: 2, runs: [0, 2, 1, 3] };
const RING = {
  kind: 'polygon',
  rings: [
    [
      [2, 2],
      [20, 2],
      [20, 20],
    ],
  ],
};

test('what is drawn is exported as COCO, after a look at what will be written', async ({ page, program }) => {
  await openFolder(page, program);
  await expect(projectMenu(page)).toContainText('train');
  await expect.poll(async () => (await imagesOf(page)).length).toBe(program.images);
  const [image] = await imagesOf(page);
  await call(page, 'annotations/change', {
    ...{ imageId: image!.id, title: 'draw' },
    changes: [{ put: { label: 'object', geometry: RING } }, { put: { label: 'cue', geometry: BRUSH } }],
  });

  await page.keyboard.press('Control+e');
  const dialog = page.getByRole('dialog', { name: 'Export maps and annotations' });
  const maps = dialog.getByRole('group', { name: 'Maps – train a mask first' });
  await expect(maps.getByRole('checkbox', { name: /^NPY/ })).toBeDisabled();
  await dialog.getByRole('checkbox', { name: /^COCO/ }).check();
  await dialog.getByRole('checkbox', { name: /^Masks/ }).check();
  const preview = dialog.getByRole('region', { name: 'Preview of one image' });
  await expect(preview.getByRole('button', { name: /coco\/annotations\.json/ })).toBeVisible();
  await preview.getByRole('button', { name: /mask\/cue\/.*\.png/ }).click();
  await expect(preview.getByRole('img', { name: /mask\/cue/ })).toBeVisible();
  await expectAccessible(page, 'the export dialog');

  await dialog.getByRole('textbox', { name: 'Into the folder' }).fill(program.directory);
  await dialog.getByRole('textbox', { name: 'Name of the new folder' }).fill('annotations');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText('4 files of 1 image written')).toBeVisible();
  await expect(dialog.getByText(join(program.directory, 'annotations'))).toBeVisible();

  const file = join(program.directory, 'annotations/coco/annotations.json');
  const { images, annotations } = JSON.parse(readFileSync(file, 'utf8'));
  expect(images).toMatchObject([{ file_name: image!.path, width: 32, height: 32 }]);
  expect(
    annotations.map(({ segmentation }: { segmentation: unknown }) => Array.isArray(segmentation)),
  ).toEqual([true, false]);
});

test('the file is looked into, imported, and can be undone', async ({ page, program }) => {
  await page.goto(program.url);
  await expect(projectMenu(page)).toContainText('train');
  const [image] = await imagesOf(page);
  const before = await call<Annotations>(page, 'annotations/ofImage', { imageId: image!.id });
  await call(page, 'annotations/undo', { imageId: image!.id });
  expect((await imagesOf(page))[0]!.regions).toBe(0);

  await projectMenu(page).click();
  await page.getByRole('menuitem', { name: 'Import annotations' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import annotations' });
  const path = join(program.directory, 'annotations/coco/annotations.json');
  await dialog.getByRole('textbox', { name: 'File or folder' }).fill(path);
  await dialog.getByRole('button', { name: 'Look into it' }).click();
  await expect(dialog.getByText('2 regions on 1 image to import (COCO)')).toBeVisible();
  expect((await imagesOf(page))[0]!.regions).toBe(0);
  await expectAccessible(page, 'the import dialog');
  await dialog.getByRole('button', { name: 'Import 2 regions' }).click();
  await expect(dialog.getByText('2 regions on 1 image imported')).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();

  const after = await call<Annotations>(page, 'annotations/ofImage', { imageId: image!.id });
  const shapes = ({ regions }: Annotations) => regions.map(({ label, geometry }) => ({ label, geometry }));
  expect(shapes(after)).toEqual(shapes(before));
  const undone = await call<Annotations>(page, 'annotations/undo', { imageId: image!.id });
  expect(undone.regions).toEqual([]);
});

test('a file that is none is refused in a sentence, and nothing is kept', async ({ page, program }) => {
  await page.goto(program.url);
  await expect(projectMenu(page)).toContainText('train');
  await projectMenu(page).click();
  await page.getByRole('menuitem', { name: 'Import annotations' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import annotations' });
  await dialog.getByRole('textbox', { name: 'File or folder' }).fill(join(program.folder, 'nothing.json'));
  await dialog.getByRole('button', { name: 'Look into it' }).click();
  await expect(dialog.getByRole('alert').first()).toContainText('does not exist or cannot be read');
  await expect(dialog.getByRole('button', { name: 'Look into it' })).toBeVisible();
});
