import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type ExperimentName, ON_IMAGES } from '../../contract/types';
import { type CommonOptions, integer, withOutput } from './common';
import { claimLines, linesOf } from './labTables';
import { Output } from './output';

interface Options extends CommonOptions {
  out?: string;
  seed?: number;
  seeds?: number;
  quick: boolean;
}

const ABOUT: Record<ExperimentName, string> = {
  toy: 'section 4: learned noise against fixed noise of the same entropy, with figures 2, 3 and 4',
  monotone: 'why noise removes information and real-valued masks do not: bits left, computed and measured',
  maskers:
    'table 1: ways to hide pixels side by side at equal information removed, their properties measured',
  mnist: 'table 2: what a linear probe reads from autoencoders of digits, with learned noise and without',
  attack:
    'sparse adversarial attacks: where the negative mask says, against everywhere, chance and the gradient',
  video:
    'frames of a video in a folder: the map of each begins from that of the frame before; flicker measured',
  budgets:
    'open questions, section 6: a hard budget against a penalty and a clamp in many settings; a learned mean',
  ssl: 'Eq. 1: SimCLR and SimSiam against a learned noise mask, patches, ADIOS masks and uniform noise',
};

/** `penumbra lab EXPERIMENT`: the paper's experiments. */
export const labCommand = (): Command => {
  const lab = new Command('lab').description('experiments of the paper, with its numbers beside ours');
  for (const [name, description] of Object.entries(ABOUT) as [ExperimentName, string][]) {
    const command = withOutput(new Command(name)).description(description);
    if (ON_IMAGES.includes(name))
      command.argument('[folder]', 'images in class sub-folders (default: the sample, drawn if need be)');
    lab.addCommand(
      command
        .option('--out <dir>', 'where the report (JSON) and the figures (SVG) go')
        .addOption(
          new Option('--seeds <n>', 'how often everything is repeated (default: 3)').argParser(
            integer(1, 20),
          ),
        )
        .addOption(new Option('--seed <n>', 'the first seed (default: 1)').argParser(integer(0, 2 ** 31 - 1)))
        .option('--quick', 'less of everything: minutes at most', false)
        .action((...given: unknown[]) => {
          const folder = ON_IMAGES.includes(name) ? (given[0] as string | undefined) : undefined;
          return run(name, folder && resolve(folder), given.at(-2) as Options);
        }),
    );
  }
  return lab;
};

async function run(
  experiment: ExperimentName,
  folder: string | undefined,
  { out, seed, seeds, quick, ...options }: Options,
): Promise<void> {
  const { inSession } = await import('./session');
  await inSession(options, async ({ client, signal }) => {
    const result = await client.lab.run({ experiment, folder, out, seed, seeds, quick }, { signal });
    new Output(options.json).result(result, [
      ...result.tables.flatMap(linesOf),
      ...claimLines(result.claims),
      ...result.files.map((file) => `Written  ${file}`),
    ]);
  });
}
