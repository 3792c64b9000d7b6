import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { PenumbraError } from '../../contract/errors';
import type { MaskKind } from '../../contract/noiseMap';
import { deviceName, maskKind, type Shard, shard } from '../../contract/types';
import { shardFileOf } from '../api/projectFiles';
import { type CommonOptions, decimal, integer, listOf, withProject } from './common';
import { Output } from './output';
import { chooseProject } from './projectChoice';
import type { Session } from './session';
import { describeRun, meanBits, trainingSentences } from './summary';

interface Options extends CommonOptions {
  mask?: MaskKind[];
  run?: number;
  budget?: number;
  out?: string;
  device?: (typeof deviceName.options)[number];
  shard?: Shard;
}

export const mapsCommand = (): Command =>
  withProject(new Command('maps'))
    .description("compute maps with trained masks: of the project's images, or of any folder")
    .argument('[folder]', 'images outside the project; their maps are written to --out as npy')
    .addOption(
      new Option('--mask <kinds>', 'positive, negative or both, with a comma').argParser(
        listOf(maskKind.options),
      ),
    )
    .addOption(
      new Option('--run <id>', 'a mask run (default: the newest of each kind)').argParser(
        integer(1, 2 ** 31),
      ),
    )
    .addOption(
      new Option('--budget <b>', 'mean noise fraction, with a folder').argParser(decimal(0.01, 0.99)),
    )
    .option('--out <dir>', 'where the maps of a folder are written')
    .addOption(new Option('--device <name>', 'what to compute on').choices(deviceName.options))
    .addOption(
      new Option(
        '--shard <i/n>',
        'the i-th of n parts of the project\'s images, in a copy of the project: "penumbra merge" brings the maps home',
      ).argParser(shardOption),
    )
    .action(maps);

function shardOption(text: string): Shard {
  const [, index, of] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const given = shard.safeParse({ index: Number(index), of: Number(of) });
  if (!given.success) throw new InvalidArgumentError('It has to be like 2/5: the second of five parts.');
  return given.data;
}

async function maps(folder: string | undefined, options: Options, command: Command): Promise<void> {
  if (folder && !options.out) command.error('error: a folder needs --out, where its maps are written');
  if (!folder && (options.out || options.budget !== undefined))
    command.error(
      'error: --out and --budget belong to a folder; use "penumbra export" for the project\'s images',
    );
  if (folder && options.shard) command.error('error: --shard belongs to the images of the project');
  const whole = chooseProject(options.project);
  const project = options.shard ? shardFileOf(whole, options.shard) : whole;
  const { inSession } = await import('./session');
  const goOn = folder
    ? undefined
    : `Go on with: penumbra train --resume --project ${JSON.stringify(project)}`;
  await inSession(
    options,
    async (session) => {
      // A shard that was begun earlier goes on.
      if (options.shard && !existsSync(project))
        await session.client.project.copy({ file: whole, to: project });
      await session.client.project.openFile({ file: project });
      await (folder ? mapsOfFolder(session, folder, options) : mapsOfProject(session, project, options));
    },
    goOn,
  );
}

async function mapsOfProject(session: Session, project: string, options: Options): Promise<void> {
  const { waitForRuns } = await import('./steps');
  const planned = await session.client.maps.render({
    runIds: await chosenRuns(session, options),
    device: options.device,
    shard: options.shard,
  });
  const runs = (
    await waitForRuns(
      session,
      planned.map(({ id }) => id),
    )
  ).map(describeRun);
  const bits = await meanBits(session);
  new Output(options.json).result({ project, runs, bits }, [
    ...trainingSentences(null, runs),
    `Project  ${project}`,
  ]);
}

async function mapsOfFolder({ client }: Session, folder: string, options: Options): Promise<void> {
  const { mask, run, budget, device } = options;
  const result = await client.maps.renderFolder({
    ...{ folder: resolve(folder), out: resolve(options.out!), masks: mask, runId: run, budget, device },
  });
  new Output(options.json).result(result, [
    `Maps     ${result.files} files of ${result.images} images in ${result.out}`,
    ...result.failed.map(({ message }) => `Skipped  ${message}`),
  ]);
}

/** @throws RUN_UNKNOWN, NO_TRAINED_MASK */
async function chosenRuns({ client }: Session, { mask, run }: Options): Promise<number[] | undefined> {
  if (run !== undefined) return [run];
  if (!mask) return undefined;
  const runs = await client.training.runs();
  return mask.map((kind) => {
    const trained = runs.filter(
      (each) => each.kind === 'mask' && each.mask === kind && each.status === 'done',
    );
    const newest = trained.sort((a, b) => a.id - b.id).at(-1);
    if (!newest)
      throw new PenumbraError(
        'NO_TRAINED_MASK',
        `No ${kind} mask is trained in this project; train one first.`,
      );
    return newest.id;
  });
}
