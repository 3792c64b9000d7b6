/** @file The served window: `penumbra serve`, and `npm start` where Electron cannot be used. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PenumbraError } from '../contract/errors';
import { dataDirectory } from './api/dataDirectory';
import { mediaSource } from './api/media';
import { createRouter } from './api/router';
import { ProjectWorkspace } from './api/workspace';
import { startHttp } from './shell/http';

export interface ServeOptions {
  /** 0 takes a free one. */
  port: number;
  host: string;
  /** A project file to open at once. */
  project?: string;
  /** Open the address in the default browser. */
  open: boolean;
}

export interface Served {
  /** With the token that lets the browser in. */
  url: string;
  port: number;
  /** Stops what runs after a checkpoint. */
  close(): Promise<void>;
}

/** @throws what opening a project throws; INVALID_INPUT if the port cannot be had */
export async function startServer(options: ServeOptions): Promise<Served> {
  const workspace = new ProjectWorkspace({ dataDirectory: dataDirectory() });
  if (options.project) await workspace.openFile(options.project);
  const server = await startHttp({
    router: createRouter(workspace),
    media: mediaSource(workspace),
    rendererFolder: rendererFolder(),
    ...options,
  }).catch(async (error) => {
    await workspace.close();
    throw error;
  });
  if (options.open) await openBrowser(server.url);
  return {
    url: server.url,
    port: server.port,
    close: async () => {
      await server.close();
      await workspace.close();
    },
  };
}

/** The built window lies beside the folder of the built program; shared code may be one folder deeper. */
export function rendererFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = ['../renderer', '../../renderer', '../../out/renderer'].map((place) => join(here, place));
  const found = places.find((folder) => existsSync(join(folder, 'index.html')));
  if (!found)
    throw new PenumbraError(
      'INTERNAL',
      'The window (out/renderer) is missing; build it with "npm run build".',
    );
  return found;
}

/** Whether there is a screen to open a browser on. */
export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

async function openBrowser(url: string): Promise<void> {
  if (!hasDisplay()) return;
  const { default: open } = await import('open');
  // A machine without a browser is no failure: the address has been printed.
  await open(url).catch(() => {});
}
