/** @file Painting and panning over 1,000 regions on an image of 6,000 x 4,000 pixels. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const WIDTH = 6000;
const HEIGHT = 4000;
const REGIONS = 1000;

export async function* painting({ browser, url, directory, framesWhile }) {
  const folder = join(directory, 'large');
  mkdirSync(folder);
  await sharp({
    create: {
      width: WIDTH,
      height: HEIGHT,
      channels: 3,
      background: '#777',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .blur(6)
    .jpeg()
    .toFile(join(folder, 'large.jpg'));
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await page.goto(url);
  const call = (path, input) =>
    page.evaluate(
      async ([to, json]) => {
        const response = await fetch(`/rpc/${to}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ json }),
        });
        if (!response.ok) throw new Error(await response.text());
        return (await response.json()).json;
      },
      [path, input],
    );
  await call('project/openFolder', { folder });
  let image;
  while (!image) [image] = (await call('library/list', {})).images;
  await call('annotations/change', {
    imageId: image.id,
    title: 'a thousand regions',
    changes: Array.from({ length: REGIONS }, (_, i) => ({ put: region(i) })),
  });
  for (const panes of [['original'], ['original', 'noisy', 'positive', 'negative']]) {
    await call('settings/set', { key: 'window.panes', value: panes });
    await page.evaluate(() => localStorage.clear());
    await page.goto(url);
    await page.getByRole('listbox', { name: 'Images' }).press('Enter');
    const canvas = page.locator('canvas[data-layer=regions]').first();
    await canvas.waitFor();
    await page
      .getByText('1,000', { exact: false })
      .first()
      .waitFor({ timeout: 2000 })
      .catch(() => {});
    // Until all is drawn.
    await page.waitForTimeout(3000);
    const box = await canvas.boundingBox();
    const at = (u, v) => [box.x + u * box.width, box.y + v * box.height];
    const name = `${panes.length === 1 ? 'one pane' : `${panes.length} panes`}, ${REGIONS} regions`;

    // What the machine gives at most just now.
    yield {
      name: `nothing moves, ${name}`,
      ...(await framesWhile(page, () => page.waitForTimeout(16))),
    };
    await page.keyboard.press('b');
    await page.mouse.move(...at(0.2, 0.5));
    await page.mouse.down();
    yield {
      name: `painting, ${name}`,
      ...(await framesWhile(page, (ms) => page.mouse.move(...at(...round(ms, 0.25))))),
    };
    await page.mouse.up();

    // Nearer, so that there is somewhere to go.
    await page.keyboard.press('v');
    await page.keyboard.press('Escape');
    await page.mouse.move(...at(0.5, 0.5));
    await page.mouse.wheel(0, -500);
    await page.waitForTimeout(2000);
    await page.mouse.down({ button: 'middle' });
    yield {
      name: `panning, ${name}`,
      ...(await framesWhile(page, (ms) => page.mouse.move(...at(...round(ms, 0.3))))),
    };
    await page.mouse.up({ button: 'middle' });
    await page.keyboard.press('f');
  }
  await page.close();
}

/** Once round in a second and a half, as shares of the pane. */
function round(ms, radius) {
  const angle = (2 * Math.PI * ms) / 1500;
  return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
}

/** Polygons, boxes and painted discs in turn, spread over the image by a fixed sequence. */
function region(i) {
  const label = ['object', 'cue', 'ignore'][i % 3];
  const x = (i * 0.618034 * WIDTH) % (WIDTH - 240);
  const y = (i * 0.754878 * HEIGHT) % (HEIGHT - 240);
  const side = 60 + ((i * 37) % 160);
  if (i % 3 === 0) {
    const ring = Array.from({ length: 24 }, (_, k) => {
      const angle = (2 * Math.PI * k) / 24;
      const reach = (side / 2) * (k % 2 ? 1 : 0.8);
      return [x + side / 2 + reach * Math.cos(angle), y + side / 2 + reach * Math.sin(angle)];
    });
    return { label, geometry: { kind: 'polygon', rings: [ring] } };
  }
  if (i % 3 === 1) return { label, geometry: { kind: 'box', x, y, width: side, height: side * 0.7 } };
  return { label, geometry: disc(Math.round(x), Math.round(y), side) };
}

function disc(x, y, side) {
  const runs = [];
  let unset = 0;
  const radius = side / 2;
  for (let row = 0; row < side; row++) {
    const half = Math.round(Math.sqrt(Math.max(radius * radius - (row + 0.5 - radius) ** 2, 1)));
    const from = Math.round(radius) - half;
    runs.push(unset + from, 2 * half);
    unset = side - from - 2 * half;
  }
  runs.push(unset);
  return { kind: 'brush', x, y, width: side, height: side, runs };
}
