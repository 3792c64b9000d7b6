import { Command, Option } from 'commander';
import { PenumbraError } from '../../contract/errors';
import { type DeviceName, deviceName, type EncoderCard } from '../../contract/types';
import { type CommonOptions, integer, withProject } from './common';
import { Output } from './output';
import { chooseProject } from './projectChoice';
import type { Session } from './session';
import { confusionLines, percent } from './summary';

interface Options extends CommonOptions {
  encoder?: string;
  split?: string;
  testSplit?: string;
  seed?: number;
  device?: DeviceName;
}

/** `penumbra probe`: class scores for an encoder that has none of the folder's classes. */
export const probeCommand = (): Command =>
  withProject(new Command('probe'))
    .description(
      "learn the folder's classes on an encoder's frozen features; a new encoder with class scores is kept",
    )
    .option(
      '--encoder <name|file>',
      'an encoder of the project or a model file (default: the newest encoder of the project)',
    )
    .option('--split <name>', 'the images to learn from (default: train where there is one, else all)')
    .option(
      '--test-split <name>',
      'the images to measure on (default: test or val where there is one, else a quarter is held out)',
    )
    .addOption(
      new Option('--seed <n>', 'of the choice of held-out images (default: 1)').argParser(
        integer(0, 2 ** 31 - 1),
      ),
    )
    .addOption(new Option('--device <name>', 'what to compute on').choices(deviceName.options))
    .action(probe);

async function probe(options: Options): Promise<void> {
  const { encoder, split, testSplit, seed, device } = options;
  const project = chooseProject(options.project);
  const { inSession } = await import('./session');
  await inSession(options, async (session) => {
    await session.client.project.openFile({ file: project });
    const encoderId = await encoderIdOf(session, encoder);
    const wish = { encoderId, split, testSplit, seed, device };
    const made = await session.client.encoders.probe(wish, { signal: session.signal });
    new Output(options.json).result({ project, encoder: made }, linesOf(made));
  });
}

/** @throws ENCODER_UNKNOWN, ENCODER_UNREADABLE, ENCODER_UNSUPPORTED */
async function encoderIdOf(session: Session, name: string | undefined): Promise<number> {
  if (name === undefined) {
    const newest = (await session.client.encoders.list()).at(-1);
    if (newest) return newest.id;
  } else {
    const { chooseEncoder } = await import('./steps');
    const { encoderId } = await chooseEncoder(session, name);
    if (encoderId !== undefined) return encoderId;
  }
  throw new PenumbraError(
    'ENCODER_UNKNOWN',
    'A probe needs an encoder that is there; train or import one, and name it with --encoder.',
  );
}

function linesOf({ name, accuracy, confusion, warnings }: EncoderCard): string[] {
  const noisy = Object.entries(accuracy!.at).map(([noise, value]) => `${percent(value)} at noise ${noise}`);
  return [
    `Encoder  ${name}`,
    `Right    ${percent(accuracy!.clean)} of the held-out images, ${noisy.join(', ')}`,
    ...confusionLines(confusion),
    ...warnings.map((warning) => `         ${warning}`),
  ];
}
