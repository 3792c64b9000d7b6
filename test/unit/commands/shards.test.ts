/** Maps of one project, shared by three processes of the built program (`npm run build` comes first) and merged. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openProject } from '../../../src/main/store/project';
import { picturesProject } from '../training/fixtures/project';

const program = resolve('bin/penumbra.js');
const built = existsSync(resolve('out/main/cli.js'));

let project: string;
const shardFile = (index: number) => project.replace('.penumbra', `.shard-${index}-of-3.penumbra`);

async function penumbra(...args: string[]): Promise<Record<string, unknown>> {
  return penumbraOn(project, ...args);
}

async function penumbraOn(file: string, ...args: string[]): Promise<Record<string, unknown>> {
  const env = { ...process.env, PENUMBRA_DATA: join(dirname(project), 'data') };
  const child = spawn(process.execPath, [program, ...args, '--project', file, '--json'], { env });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  await new Promise((done) => child.on('close', done));
  return JSON.parse(stdout) as Record<string, unknown>;
}

function mapsIn(file: string): Map<string, Float32Array> {
  const store = openProject(file);
  const maps = store
    .images()
    .flatMap(({ id, path }) => store.mapsOfImage(id).map(({ logOdds }) => [path, logOdds] as const));
  store.close();
  return new Map(maps);
}

describe.skipIf(!built)('shards', () => {
  let whole: string;
  beforeAll(async () => {
    const store = await picturesProject(11);
    project = store.file;
    store.close();
    const small = [
      '--preset',
      'draft',
      '--size',
      '32',
      '--steps',
      '2',
      '--encoder-epochs',
      '1',
      '--batch',
      '8',
    ];
    await penumbra('train', '--mask', 'positive', '--no-maps', ...small);
    whole = join(dirname(project), 'whole.penumbra');
    copyFileSync(project, whole);
  }, 240_000);

  it('render each their part at the same time, and together the maps that one process renders', async () => {
    await Promise.all([1, 2, 3].map((index) => penumbra('maps', '--shard', `${index}/3`)));
    expect([1, 2, 3].map((index) => mapsIn(shardFile(index)).size)).toEqual([8, 7, 7]);
    expect(mapsIn(project).size).toBe(0);

    const files = [1, 2, 3].map(shardFile);
    expect(await penumbra('merge', ...files)).toMatchObject({ added: 22, known: 0, foreign: 0 });
    // Merging twice adds nothing, and nothing is lost.
    expect(await penumbra('merge', ...files)).toMatchObject({ added: 0, known: 22, foreign: 0 });
    const merged = mapsIn(project);
    expect(merged.size).toBe(22);

    await penumbraOn(whole, 'maps');
    const alone = mapsIn(whole);
    expect([...merged.keys()]).toEqual([...alone.keys()]);
    for (const [path, values] of merged)
      for (const [i, value] of values.entries()) expect(value).toBeCloseTo(alone.get(path)![i]!, 2);
    const store = openProject(project);
    const bits = store.listImages({ sort: 'positiveBits', descending: false, offset: 0, limit: 100 });
    expect(bits.images.every(({ positiveBits }) => positiveBits !== null && positiveBits > 0)).toBe(true);
    store.close();
  }, 240_000);

  it('of another training stay out', async () => {
    const store = openProject(shardFile(1));
    const [run] = store.runs().filter(({ kind }) => kind === 'mask');
    store.finishRun(run!.id, new Uint8Array([1, 2, 3]), {});
    store.close();
    expect(await penumbra('merge', shardFile(1))).toMatchObject({ error: { code: 'INVALID_INPUT' } });
    expect(mapsIn(project).size).toBe(22);
  });

  it('begin with the project as it is: one that is open elsewhere says so', async () => {
    const store = openProject(project);
    const answer = await penumbra('maps', '--shard', '1/2');
    store.close();
    expect(answer).toMatchObject({ error: { code: 'PROJECT_BUSY' } });
  }, 60_000);
});
