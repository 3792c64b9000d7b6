import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import sharp from 'sharp';
import type { Contract } from '../../../src/contract';
import type { AppEvent } from '../../../src/contract/types';
import { createRouter } from '../../../src/main/api/router';
import { ProjectWorkspace } from '../../../src/main/api/workspace';

export interface Opened {
  root: string;
  images: string;
  workspace: ProjectWorkspace;
  client: ContractRouterClient<Contract>;
  close(): Promise<void>;
}

/** A program with its own data directory, and an image folder with two classes. */
export async function openProgram(): Promise<Opened> {
  const root = mkdtempSync(join(tmpdir(), 'penumbra-api-'));
  const images = join(root, 'animals');
  for (const path of ['cat/1.png', 'cat/2.png', 'dog/1.png']) await writeImage(join(images, path));
  const workspace = new ProjectWorkspace({ dataDirectory: join(root, 'data') });
  const client: Opened['client'] = createRouterClient(createRouter(workspace));
  const close = async () => {
    await workspace.close();
    rmSync(root, { recursive: true, force: true });
  };
  return { root, images, workspace, client, close };
}

export async function writeImage(file: string, width = 12, height = 8): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  await sharp({ create: { width, height, channels: 3, background: '#336699' } }).toFile(file);
}

/** Every event up to the first that satisfies `last`. */
export async function eventsUntil(
  events: AsyncIterable<AppEvent>,
  last: (event: AppEvent) => boolean,
): Promise<AppEvent[]> {
  const seen: AppEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (last(event)) break;
  }
  return seen;
}

export const scanEnded = (event: AppEvent): boolean => event.type === 'scan' && event.finished;

/** Opens the folder and waits for the end of its scan. */
export async function scanned({ client, images }: Opened, file?: string) {
  const events = await client.events.subscribe();
  const project = await client.project.openFolder({ folder: images, file });
  await eventsUntil(events, scanEnded);
  return project;
}
