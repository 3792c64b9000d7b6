/** @file Who gets in, and what is said about what cannot be opened or read. */
import { expect, goToStart, openFolder, test } from './program';

test('without the token nothing is served', async ({ browser, program }) => {
  test.skip(program.desktop !== null, 'of the served window alone');
  const { origin } = new URL(program.url);
  const stranger = await browser.newContext();
  const page = await stranger.newPage();
  for (const path of ['/', '/rpc/project/current', '/media/thumb/1', '/?token=wrong']) {
    const response = await page.goto(origin + path);
    expect(response!.status(), path).toBe(401);
    expect(await response!.text(), path).toMatch(/UNAUTHORISED/);
  }
  await stranger.close();
});

test('the token does not stay in the address', async ({ page, program }) => {
  test.skip(program.desktop !== null, 'of the served window alone');
  await goToStart(page, program);
  expect(page.url()).not.toContain('token');
});

test('a folder that is not there is told in a sentence, and the dialog stays', async ({ page, program }) => {
  test.skip(program.desktop !== null, 'of the served window alone');
  await goToStart(page, program);
  await page.getByRole('button', { name: /Open a folder/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Folder' }).fill('/there/is/no/such/folder');
  await dialog.getByRole('button', { name: 'Open this folder' }).click();
  await expect(dialog.getByRole('alert').first()).toContainText(
    /is not a folder; check the path\. FOLDER_MISSING/,
  );
});

test('a file that cannot be read is listed with the reason', async ({ page, program }) => {
  await openFolder(page, program);
  await page.getByRole('button', { name: '1 unreadable file' }).click();
  const row = page.getByRole('dialog').getByRole('row', { name: /broken\.png/ });
  await expect(row).toContainText('IMAGE_UNREADABLE');
});
