import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataDirectory } from '../../../src/main/api/dataDirectory';
import { onlyProjectIn, projectFileOf } from '../../../src/main/api/projectFiles';
import { Recents } from '../../../src/main/api/recents';
import { ProjectWorkspace } from '../../../src/main/api/workspace';
import { type Opened, openProgram, scanned, writeImage } from './support';

let program: Opened;
beforeEach(async () => {
  program = await openProgram();
});
afterEach(() => program.close());

describe('opening a folder', () => {
  it('makes its project in the data directory and never writes to the folder', async () => {
    const { workspace, images, client } = program;
    const before = readdirSync(images, { recursive: true });
    const project = await scanned(program);
    expect(project.file).toBe(projectFileOf(images, workspace.dataDirectory));
    expect(readdirSync(images, { recursive: true })).toEqual(before);
    expect(await client.project.current()).toMatchObject({
      ...{ folder: images, name: 'animals', images: 3, unreadable: 0, scanning: false },
      classes: [
        { name: 'cat', images: 2 },
        { name: 'dog', images: 1 },
      ],
    });
  });

  it('keeps it where the person says', async () => {
    const file = join(program.root, 'mine', 'own.penumbra');
    expect((await scanned(program, file)).file).toBe(file);
    expect(existsSync(file)).toBe(true);
  });

  it('again finds the same project, and another folder of the same name has another', async () => {
    const { root, workspace } = program;
    const { file } = await scanned(program);
    expect((await scanned(program)).file).toBe(file);
    expect(projectFileOf(join(root, 'other', 'animals'), workspace.dataDirectory)).not.toBe(file);
  });

  it('sees what came and went since, on a rescan', async () => {
    const { client, images } = program;
    await scanned(program);
    await writeImage(join(images, 'cow', '1.png'));
    rmSync(join(images, 'dog', '1.png'));
    await scanned(program);
    const { total, images: found } = await client.library.list({});
    expect(total).toBe(3);
    expect(found.map(({ path }) => path)).toEqual(['cat/1.png', 'cat/2.png', 'cow/1.png']);
  });

  it('is refused while another process has the project, and possible when it has closed it', async () => {
    const { file } = await scanned(program);
    const other = new ProjectWorkspace({ dataDirectory: join(program.root, 'elsewhere') });
    await expect(other.openFile(file)).rejects.toMatchObject({ code: 'PROJECT_BUSY' });
    await program.workspace.close();
    expect(await other.openFile(file)).toMatchObject({ images: 3 });
    await other.close();
  });

  it('of two at once leaves the later one open, whole', async () => {
    const { client, images, root } = program;
    await writeImage(join(root, 'plants', 'a.png'));
    await Promise.all([
      client.project.openFolder({ folder: images }),
      client.project.openFolder({ folder: join(root, 'plants') }),
    ]);
    expect(await client.project.current()).toMatchObject({ name: 'plants' });
  });
});

describe('recent projects', () => {
  it('are listed newest first, once each, without those that are gone', async () => {
    const { client, root, images } = program;
    const one = join(root, 'one.penumbra');
    const two = join(root, 'two.penumbra');
    for (const file of [one, two, one]) await client.project.openFolder({ folder: images, file });
    expect((await client.project.recent()).map(({ file }) => file)).toEqual([one, two]);
    await client.project.close();
    rmSync(two);
    expect((await client.project.recent()).map(({ file }) => file)).toEqual([one]);
  });

  it('are replaced in one step: who reads meanwhile sees the old list, whole', () => {
    const directory = join(program.root, 'recents');
    const recents = new Recents(directory);
    const file = join(program.root, 'animals');
    recents.add({ file, folder: 'a', name: 'first' });
    const reader = openSync(join(directory, 'recent.json'), 'r');
    recents.add({ file, folder: 'b', name: 'second' });
    expect(JSON.parse(readFileSync(reader, 'utf8'))).toMatchObject([{ name: 'first' }]);
    closeSync(reader);
    expect(recents.list()).toMatchObject([{ name: 'second' }]);
    expect(readdirSync(directory)).toEqual(['recent.json']);
  });

  it('that cannot be written leave nothing half-written behind', () => {
    const directory = join(program.root, 'blocked');
    mkdirSync(join(directory, 'recent.json'), { recursive: true });
    const recents = new Recents(directory);
    expect(() => recents.add({ file: '/a', folder: '/b', name: 'c' })).toThrow(/cannot be written/);
    expect(readdirSync(directory)).toEqual(['recent.json']);
    expect(recents.list()).toEqual([]);
  });
});

describe('browsing for a folder', () => {
  it('lists sub-folders in the order people count, and how many images there are', async () => {
    const { client, root, images } = program;
    for (const name of ['b10', 'b9', '.hidden']) mkdirSync(join(images, name));
    symlinkSync(join(images, 'cat'), join(images, 'linked'));
    await writeImage(join(images, 'loose.png'));
    expect(await client.project.browse({ folder: images })).toEqual({
      ...{ folder: images, parent: root, images: 1 },
      folders: ['b9', 'b10', 'cat', 'dog', 'linked'],
    });
    expect(await client.project.browse({ folder: '/' })).toMatchObject({ parent: null });
    await expect(client.project.browse({ folder: join(images, 'loose.png') })).rejects.toMatchObject({
      data: { code: 'FOLDER_MISSING' },
    });
  });
});

describe('where files lie', () => {
  it('follows the platform, or PENUMBRA_DATA', () => {
    expect(dataDirectory({ PENUMBRA_DATA: '/d' }, 'linux')).toBe('/d');
    expect(dataDirectory({ XDG_DATA_HOME: '/x' }, 'linux')).toBe('/x/penumbra');
    expect(dataDirectory({ HOME: '/h' }, 'linux')).toMatch(/\.local\/share\/penumbra$/);
    expect(dataDirectory({}, 'darwin')).toMatch(/Library\/Application Support\/Penumbra$/);
    expect(dataDirectory({ LOCALAPPDATA: '/l' }, 'win32')).toBe(join('/l', 'Penumbra'));
  });

  it('gives project files names that every system accepts', () => {
    expect(projectFileOf('/photos/My cats: 2024?', '/d')).toMatch(
      /^\/d\/projects\/My-cats-2024--[0-9a-f]{8}\.penumbra$/,
    );
    expect(projectFileOf('/flowers/train', '/d')).toContain('flowers-train-');
  });

  it('finds the only project of a folder, and none among several', () => {
    const { root } = program;
    expect(onlyProjectIn(root)).toBeNull();
    mkdirSync(join(root, 'a.penumbra'));
    expect(onlyProjectIn(root)).toBe(join(root, 'a.penumbra'));
    mkdirSync(join(root, 'b.penumbra'));
    expect(onlyProjectIn(root)).toBeNull();
  });
});
