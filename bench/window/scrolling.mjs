/** @file Scrolling through 20,000 images, by the wheel and by dragging the bar from end to end. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../processes.mjs';

const IMAGES = 20_000;

export async function* scrolling({ browser, url, directory, framesWhile }) {
  const folder = join(directory, 'many');
  const file = join(directory, 'many.penumbra');
  mkdirSync(folder);
  const script = await bundle(join(import.meta.dirname, 'library.ts'));
  const { status } = spawnSync(process.execPath, [script, file, folder, String(IMAGES)], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The project of many images could not be made.');

  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await page.goto(url);
  const opened = await page.evaluate(async (project) => {
    const response = await fetch('/rpc/project/openFile', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json: { file: project } }),
    });
    return response.ok ? null : response.text();
  }, file);
  if (opened !== null) throw new Error(opened);
  const grid = page.getByRole('listbox', { name: 'Images' });
  await grid
    .getByRole('option', { name: /\.jpg$/ })
    .first()
    .waitFor();
  await page.mouse.move(1200, 600);
  await page.waitForTimeout(2000);
  yield {
    name: `scrolling by the wheel, ${IMAGES} images`,
    ...(await framesWhile(page, () => page.mouse.wheel(0, 240))),
  };
  yield {
    name: `dragging the bar, ${IMAGES} images`,
    ...(await framesWhile(page, (ms) =>
      grid.evaluate(
        (list, share) => {
          list.scrollTop = share * (list.scrollHeight - list.clientHeight);
        },
        (ms % 4000) / 4000,
      ),
    )),
  };
  await page.close();
}
