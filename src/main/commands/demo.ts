import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { DemoFolder, DemoVariant } from '../library/demo';
import { type CommonOptions, integer, listOf, withOutput } from './common';
import { Output } from './output';
import type { Session } from './session';

export const VARIANTS = ['clean', 'background', 'tag', 'ignored'] as const satisfies readonly DemoVariant[];

export interface DemoCommandOptions {
  variant?: DemoVariant[];
  images?: number;
  size?: number;
  seed?: number;
}

export const demoCommand = (): Command =>
  withOutput(new Command('demo'))
    .description('draw the sample folder: images, object masks and the list of planted cues')
    .argument('<dir>', 'where to draw; with several variants, one sub-folder each')
    .addOption(
      new Option(
        '--variant <names>',
        `${VARIANTS.join(', ')}; several with commas (default: clean)`,
      ).argParser(listOf(VARIANTS)),
    )
    .addOption(
      new Option('--images <n>', 'images in train/; test/ gets a twelfth').argParser(integer(8, 1_000_000)),
    )
    .addOption(new Option('--size <px>', 'side of an image').argParser(integer(32, 1024)))
    .addOption(
      new Option('--seed <n>', 'the same seed draws the same images').argParser(integer(0, 2 ** 31 - 1)),
    )
    .action(demo);

async function demo(dir: string, options: DemoCommandOptions & CommonOptions): Promise<void> {
  const { inSession } = await import('./session');
  await inSession(options, async (session) => {
    const drawn = await drawDemo(session, resolve(dir), options);
    new Output(options.json).result(
      { variants: drawn },
      drawn.map(
        ({ variant, directory, train, test }) =>
          `Sample   ${variant}: ${train} images to train on and ${test} to test with in ${directory}`,
      ),
    );
  });
}

/** @throws FOLDER_NOT_EMPTY, STOPPED, NOT_WRITABLE, DISK_FULL */
export async function drawDemo(
  { progress, signal }: Pick<Session, 'progress' | 'signal'>,
  dir: string,
  { variant: variants = ['clean'], images, size, seed }: DemoCommandOptions,
): Promise<DemoFolder[]> {
  const { writeDemo } = await import('../library/demo');
  const drawn: DemoFolder[] = [];
  for (const variant of variants) {
    const folder = variants.length > 1 ? join(dir, variant) : dir;
    const onProgress = (done: number, total: number) =>
      progress.task({ title: `Sample, ${variant}`, done, total, finished: done === total, note: '' });
    drawn.push(await writeDemo(folder, { variant, images, size, seed }, { onProgress, signal }));
  }
  return drawn;
}
