/** @file The window on a project of many images: how soon it shows them, and what memory it takes. */
import { readFileSync } from 'node:fs';
import { median } from '../processes.mjs';
import { launchBrowser } from '../served.mjs';

const OPENINGS = 5;

/** @returns median milliseconds from opening the project to the first screen of thumbnails, and MB of the window's process */
export async function lookAt({ url, call }, file) {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.goto(url);
    await page.getByRole('main').waitFor();
    const times = [];
    for (let i = 0; i < OPENINGS; i++) {
      await call('project/close');
      await page.waitForTimeout(500);
      times.push(await page.evaluate(firstScreen, file));
    }
    const grid = page.getByRole('listbox', { name: 'Images' });
    // From end to end, and then as people do.
    for (let step = 0; step <= 40; step++) {
      await grid.evaluate((list, share) => {
        list.scrollTop = share * (list.scrollHeight - list.clientHeight);
      }, step / 40);
      await page.waitForTimeout(50);
    }
    await page.mouse.move(1200, 600);
    for (let i = 0; i < 40; i++) await page.mouse.wheel(0, 400);
    await page.waitForTimeout(1000);
    return { firstScreenMs: median(times), windowMb: await memoryOf(browser) };
  } finally {
    await browser.close();
  }
}

/** In the page: opens the project and waits until every tile in view has its thumbnail. */
async function firstScreen(file) {
  const began = performance.now();
  const response = await fetch('/rpc/project/openFile', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ json: { file } }),
  });
  if (!response.ok) throw new Error(await response.text());
  for (;;) {
    await new Promise(requestAnimationFrame);
    const pictures = [...document.querySelectorAll('[role=listbox] [role=option] img')];
    const shown = pictures.filter((img) => img.getBoundingClientRect().top < innerHeight);
    if (shown.length > 0 && shown.every((img) => img.complete && img.naturalWidth > 0))
      return performance.now() - began;
  }
}

/** Of the largest of the browser's processes that hold a page, in MB. */
async function memoryOf(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return Math.max(...renderers.map(({ id }) => residentOf(id)));
}

/** What a process has in memory for itself, and its part of what it shares with others. */
function residentOf(pid) {
  const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return found ? Number(found[1]) / 1024 : 0;
}
