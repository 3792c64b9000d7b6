import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventsUntil, type Opened, openProgram, scanEnded, scanned } from './support';

let program: Opened;
beforeEach(async () => {
  program = await openProgram();
});
afterEach(() => program.close());

const refusal = (code: string, message?: RegExp) => ({
  code: 'PENUMBRA',
  status: 422,
  defined: true,
  data: { code },
  ...(message ? { message: expect.stringMatching(message) } : {}),
});

describe('an error through the contract', () => {
  it('keeps its stable code and its sentence', async () => {
    const { client, root } = program;
    await expect(client.library.list({})).rejects.toMatchObject(
      refusal('PROJECT_NOT_OPEN', /open an image folder/),
    );
    await expect(client.project.openFolder({ folder: join(root, 'nothing') })).rejects.toMatchObject(
      refusal('FOLDER_MISSING', /nothing/),
    );
    await expect(client.project.openFile({ file: join(root, 'no.penumbra') })).rejects.toMatchObject(
      refusal('PROJECT_MISSING'),
    );
  });

  it('names the value that does not fit', async () => {
    const { client } = program;
    await expect(client.library.list({ limit: 5000 })).rejects.toMatchObject(
      refusal('INVALID_INPUT', /^limit: .*1000\.$/),
    );
    await expect(client.training.start({ masks: ['both' as never] })).rejects.toMatchObject(
      refusal('INVALID_INPUT', /^masks\.0: /),
    );
    await expect(client.project.openFolder({ folder: '' })).rejects.toMatchObject(
      refusal('INVALID_INPUT', /^folder: /),
    );
  });

  it('of a kind that nobody foresaw is logged with its stack and told as INTERNAL', async () => {
    const { client, workspace } = program;
    await scanned(program);
    workspace.requireStore().listImages = () => {
      throw new TypeError('a fault of ours');
    };
    await expect(client.library.list({})).rejects.toMatchObject(refusal('INTERNAL', /a fault of ours/));
    const log = readFileSync(join(workspace.dataDirectory, 'penumbra.log'), 'utf8');
    expect(log).toMatch(/library\.list: TypeError: a fault of ours\n\s+at /);
  });

  it('of a damaged project says so', async () => {
    const file = join(program.root, 'damaged.penumbra');
    writeFileSync(
      file,
      'this is not a database, but it is long enough to look like a file with something in it',
    );
    await expect(program.client.project.openFile({ file })).rejects.toMatchObject(
      refusal('PROJECT_UNREADABLE'),
    );
    expect(await program.client.project.current()).toBeNull();
  });
});

describe('events', () => {
  it('tell the scan and its end to everyone who listens', async () => {
    const { client, images } = program;
    const listeners = [await client.events.subscribe(), await client.events.subscribe()];
    await client.project.openFolder({ folder: images });
    for (const events of listeners) {
      const seen = await eventsUntil(events, scanEnded);
      expect(seen[0]).toMatchObject({ type: 'project', project: { folder: images, scanning: true } });
      expect(seen.at(-1)).toEqual({ type: 'scan', done: 3, total: 3, unreadable: 0, finished: true });
    }
  });

  it('tell why a scan ended early', async () => {
    const { client, root } = program;
    mkdirSync(join(root, 'empty'));
    const events = await client.events.subscribe();
    await client.project.openFolder({ folder: join(root, 'empty') });
    const seen = await eventsUntil(events, scanEnded);
    expect(seen.at(-1)).toMatchObject({ finished: true, error: { code: 'NO_IMAGES' } });
  });

  it('cost nothing once nobody listens', async () => {
    const { client, workspace } = program;
    const events = await client.events.subscribe();
    expect(workspace.subscribers).toBe(1);
    await events.return?.(undefined);
    expect(workspace.subscribers).toBe(0);
  });
});

describe('settings', () => {
  it('of the program are kept without a project, those of a project with it', async () => {
    const { client } = program;
    await client.settings.set({ key: 'theme', value: 'light' });
    expect(await client.settings.get()).toEqual({ theme: 'light' });
    await expect(client.settings.set({ key: 'project.zoom', value: 2 })).rejects.toMatchObject(
      refusal('PROJECT_NOT_OPEN'),
    );
    await scanned(program);
    await client.settings.set({ key: 'project.zoom', value: 2 });
    expect(await client.settings.get()).toEqual({ theme: 'light', 'project.zoom': 2 });
    await client.project.close();
    expect(await client.settings.get()).toEqual({ theme: 'light' });
  });

  it('are not lost with a damaged file: it counts as empty', async () => {
    const { client, workspace } = program;
    await client.settings.set({ key: 'theme', value: 'light' });
    writeFileSync(join(workspace.dataDirectory, 'settings.json'), '{"theme"');
    expect(await client.settings.get()).toEqual({});
  });
});
