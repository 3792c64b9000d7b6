import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../../src/main/commands/commandLine';
import { writeImage } from '../api/support';

const home = process.cwd();
let root: string;
let stdout: string;
let stderr: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'penumbra-commands-'));
  process.chdir(root);
  vi.stubEnv('PENUMBRA_DATA', join(root, 'data'));
  stdout = '';
  stderr = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.chdir(home);
  rmSync(root, { recursive: true, force: true });
});

const penumbra = (...words: string[]): Promise<number> => runCommandLine(words);

async function drawAnimals(): Promise<string> {
  const folder = join(root, 'animals');
  for (const path of ['cat/1.png', 'cat/2.png', 'dog/1.png']) await writeImage(join(folder, path));
  return folder;
}

it.each([['--help'], ['--version'], ['help', 'train'], ['train', '--help'], ['lab', 'toy', '--help']])(
  '%s is no failure',
  async (...words) => {
    expect(await penumbra(...words)).toBe(0);
    expect(stdout).not.toBe('');
    expect(stderr).toBe('');
  },
);

it.each([
  [[]],
  [['nothing']],
  [['import']],
  [['train', '--size', '7']],
  [['train', '--size', '64.5']],
  [['train', '--size', '']],
  [['train', '--preset', 'best']],
  [['train', '--mask', 'positive,both']],
  [['train', '--unknown']],
  [['export', '--out', 'x']],
  [['export', '--out', 'x', '--format', 'npy,bmp']],
  [['export', '--out', 'x', '--format', 'npy', '--budget', '1']],
  [['maps', 'folder']],
  [['maps', '--budget', '0.5']],
  [['run', '--out', 'x']],
  [['run', 'a', '--demo', 'b', '--out', 'x']],
  [['run', 'a']],
  [['serve', '--port', '70000']],
  [['lab']],
  [['lab', 'nothing']],
  [['lab', 'toy', '--seeds', '0']],
  [['train', '--mask-model', 'vgg']],
  [['train', '--positive-budgets', '0.9,0.5']],
  [['train', '--negative-budgets', '0.5']],
])('%j is wrong usage: 2, nothing on stdout, no stack', async (words) => {
  expect(await penumbra(...words)).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).not.toBe('');
  expect(stderr).not.toMatch(/\n\s+at /);
});

it.each([
  [['import', 'nowhere'], 'FOLDER_MISSING'],
  [['run', 'nowhere', '--out', 'x'], 'FOLDER_MISSING'],
  [['train'], 'PROJECT_MISSING'],
  [['train', '--project', 'nowhere.penumbra'], 'PROJECT_MISSING'],
  [['export', '--format', 'npy', '--out', 'x'], 'PROJECT_MISSING'],
  [['serve', '--project', 'nowhere.penumbra'], 'PROJECT_MISSING'],
])('%j fails with one sentence and %s', async (words, code) => {
  expect(await penumbra(...words)).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(new RegExp(`^[^\\n]+ \\[${code}\\]\\n$`));
  stderr = '';
  expect(await penumbra(...words, '--json')).toBe(1);
  expect(JSON.parse(stdout)).toEqual({ error: { code, message: expect.any(String) } });
  expect(stderr).toBe('');
});

it('works on the only project of the current folder, else on the one opened last', async () => {
  const folder = await drawAnimals();
  const progress = ['--progress', 'none'];
  await penumbra('import', folder, ...progress);
  await penumbra('export', '--format', 'npy', '--out', 'x', ...progress);
  expect(stderr).toContain('NO_TRAINED_MASK');
  await penumbra('import', folder, '--project', 'here.penumbra', ...progress);
  rmSync(join(root, 'data'), { recursive: true });
  stderr = '';
  await penumbra('export', '--format', 'npy', '--out', 'x', ...progress);
  expect(stderr).toContain('NO_TRAINED_MASK');
});

it('draws the sample folder, a sub-folder for each of several variants', async () => {
  const demo = ['demo', 'sample', '--images', '8', '--size', '32', '--json', '--progress', 'none'];
  expect(await penumbra(...demo, '--variant', 'clean,tag')).toBe(0);
  const { variants } = JSON.parse(stdout);
  expect(variants.map((each: { variant: string }) => each.variant)).toEqual(['clean', 'tag']);
  expect(readdirSync(join(root, 'sample', 'tag'))).toContain('cues.csv');
});

it('tells the unreadable files of a folder with their reasons, and imports the rest', async () => {
  const folder = await drawAnimals();
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(folder, 'cat', 'broken.png'), 'not a picture');
  expect(await penumbra('import', folder)).toBe(0);
  expect(stdout).toMatch(/Images {3}3 in 2 classes/);
  expect(stdout).toMatch(/Skipped {2}"broken\.png" cannot be read/);
  expect(stderr).toMatch(/^Import \.\.\.\nImport: 4\/4 in /);
});
