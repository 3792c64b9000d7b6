/** @file The built program, served on a free port with a data directory of its own, and a folder of drawn images. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  test as base,
  type ElectronApplication,
  _electron as electron,
  expect,
  type Page,
} from '@playwright/test';
import { findElectron } from '../../bin/findElectron.js';

const PROGRAM = resolve('bin/penumbra.js');
const IMAGES = 60;

export interface Program {
  /** With the token; another one after a restart. */
  url: string;
  /** Everything the test writes lies in here. */
  directory: string;
  /** A folder with class sub-folders and one file that is no image. */
  folder: string;
  /** How many images the folder has. */
  images: number;
  /** Ends the program and starts it anew; what is done in between has the project files for itself. */
  restart(between?: () => void): Promise<void>;
  /** The desktop program, where Electron's binary is here; else the specs drive the served window. */
  desktop: ElectronApplication | null;
}

/** The drawn images: 60 of 32 px in five classes; the demo draws its test images too, which are left out. */
function drawFolder(directory: string): { folder: string; images: number } {
  const demo = join(directory, 'demo');
  execFileSync(process.execPath, [PROGRAM, 'demo', demo, '--images', String(IMAGES), '--size', '32'], {
    stdio: 'ignore',
  });
  const folder = join(demo, 'train');
  const [first] = readdirSync(folder);
  writeFileSync(join(folder, first!, 'broken.png'), 'This is no image.');
  return { folder, images: IMAGES };
}

async function serve(directory: string): Promise<{ url: string; child: ChildProcess }> {
  const data = join(directory, 'data');
  mkdirSync(data, { recursive: true });
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0', '--json'], {
    env: { ...process.env, PENUMBRA_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((found, fail) => {
    let text = '';
    child.stdout!.on('data', (part) => {
      text += part;
      const match = /"url":\s*"([^"]+)"/.exec(text);
      if (match) found(match[1]!);
    });
    child.once('exit', (code) => fail(new Error(`The server ended with ${code}: ${text}`)));
  });
  return { url, child };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null) return done();
    child.once('exit', () => done());
    child.kill('SIGINT');
  });
}

/** The desktop program, whose window is its first page. */
async function openDesktop(
  directory: string,
  { electron: executablePath, binding }: { electron: string; binding: string },
) {
  const data = join(directory, 'data');
  mkdirSync(data, { recursive: true });
  const desktop = await electron.launch({
    executablePath,
    args: [resolve('.')],
    env: {
      ...(process.env as Record<string, string>),
      PENUMBRA_DATA: data,
      PENUMBRA_SQLITE_BINDING: binding,
    },
  });
  return { desktop, url: (await desktop.firstWindow()).url() };
}

/** Starts the one that is here, and says which. */
async function startProgram(directory: string) {
  const found = findElectron({ download: false });
  if ('electron' in found) {
    console.log(`These specs drive the desktop program: Electron ${found.version}.`);
    const { desktop, url } = await openDesktop(directory, found);
    return { url, desktop, stop: () => desktop.close() };
  }
  console.log(`These specs drive the served window in Chromium. ${found.why}`);
  const { url, child } = await serve(directory);
  return { url, desktop: null, stop: () => ended(child) };
}

/**
 * One program for the files that run one after another; every page of it must stay free of errors and of breaches of the policy. A file
 * that needs a folder nobody has trained on names one of its own: `test.use({ folderOf: 'exports' })`.
 */
export const test = base.extend<{ quiet: undefined }, { folderOf: string; program: Program }>({
  folderOf: ['all', { option: true, scope: 'worker' }],
  program: [
    // Asked for so that another name means another program.
    async ({ folderOf: _ }, use) => {
      const directory = mkdtempSync(join(tmpdir(), 'penumbra-e2e-'));
      const drawn = drawFolder(directory);
      let running = await startProgram(directory);
      const program: Program = {
        url: running.url,
        desktop: running.desktop,
        directory,
        ...drawn,
        restart: async (between) => {
          await running.stop();
          between?.();
          running = await startProgram(directory);
          program.url = running.url;
          program.desktop = running.desktop;
        },
      };
      await use(program);
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  page: async ({ page, program }, use) => use(program.desktop ? await program.desktop.firstWindow() : page),
  actionTimeout: 15_000,
  quiet: [
    async ({ page }, use) => {
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
      page.on('console', (message) => {
        if (/Content Security Policy/.test(message.text())) faults.push(message.text());
      });
      await use(undefined);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** A call of the contract, over the window's own line and with its own rights. */
export const call = <Answer>(page: Page, path: string, input: object): Promise<Answer> =>
  page.evaluate(
    async ([route, body]) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`/rpc/${route}`, { method: 'POST', headers, body: body! });
      return ((await response.json()) as { json: unknown }).json;
    },
    [path, JSON.stringify({ json: input })],
  ) as Promise<Answer>;

/** The project's menu, which is there on every screen. */
export const projectMenu = (page: Page) => page.getByRole('button', { name: /^Project / });

/** The start screen, whatever an earlier test has left open. */
export async function goToStart(page: Page, { url }: Program): Promise<void> {
  await page.goto(url);
  await expect(page.getByRole('main')).not.toContainText('Connecting');
  if ((await projectMenu(page).textContent())?.trim() !== 'Project Penumbra') {
    await projectMenu(page).click();
    await page.getByRole('menuitem', { name: 'Close the project' }).click();
  }
  await expect(page.getByRole('heading', { name: /what an image model really looks at/ })).toBeVisible();
}

export async function openFolder(page: Page, program: Program): Promise<void> {
  await goToStart(page, program);
  if (program.desktop) {
    // The system's own dialog cannot be driven; its answer is given.
    await program.desktop.evaluate(({ dialog }, folder) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] });
    }, program.folder);
    await page.keyboard.press('Control+o');
    await expect(projectMenu(page)).not.toContainText('Penumbra');
    return;
  }
  await page.keyboard.press('Control+o');
  const dialog = page.getByRole('dialog', { name: 'Open a folder of images' });
  const field = dialog.getByRole('textbox', { name: 'Folder' });
  // It begins with a folder of its own, which must not come in between.
  await expect(field).not.toHaveValue('');
  await field.fill(program.folder);
  await dialog.getByRole('button', { name: 'Open this folder' }).click();
  await expect(dialog).toBeHidden();
}

export const tiles = (page: Page) =>
  page.getByRole('listbox', { name: 'Images' }).getByRole('option', { name: /\.png$/ });

/** A number that changes with the pixels of a canvas (FNV-1a). */
export const pixelsOf = (page: Page, selector: string): Promise<number> =>
  page.locator(selector).evaluate((node) => {
    const canvas = node as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
  });

/** Moves a slider as a person would who drags it, with every event that comes with it. */
export const slideTo = (page: Page, label: string, scope: string, value: number): Promise<void> =>
  page
    .getByRole('region', { name: scope })
    .getByRole('slider', { name: label })
    .evaluate((node, to) => {
      const input = node as HTMLInputElement;
      input.value = String(to);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, value);
