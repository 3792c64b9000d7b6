import { Command, Option } from 'commander';
import type { ExperimentName } from '../../contract/types';
import type { MonotoneReport } from '../lab/monotone/types';
import type { ToyReport } from '../lab/toy/types';
import { type CommonOptions, integer, withOutput } from './common';
import { describeMonotone, describeToy } from './labTables';
import { Output } from './output';

interface Options extends CommonOptions {
  out?: string;
  seed?: number;
  seeds?: number;
  quick: boolean;
}

/** `penumbra lab EXPERIMENT`: what can be shown without images. */
export const labCommand = (): Command => {
  const lab = new Command('lab').description('experiments of the paper that need no images');
  const about: [ExperimentName, string][] = [
    ['toy', 'section 4: learned noise against fixed noise of the same entropy, with figures 2, 3 and 4'],
    [
      'monotone',
      'why noise removes information and real-valued masks do not: bits left, computed and measured',
    ],
  ];
  for (const [name, description] of about)
    lab.addCommand(
      withOutput(new Command(name))
        .description(description)
        .option('--out <dir>', 'where the report (JSON) and the figures (SVG) go')
        .addOption(
          new Option('--seeds <n>', 'how often everything is repeated (default: 3)').argParser(
            integer(1, 20),
          ),
        )
        .addOption(new Option('--seed <n>', 'the first seed (default: 1)').argParser(integer(0, 2 ** 31 - 1)))
        .option('--quick', 'fewer noise levels and steps, to see that it works', false)
        .action((options: Options) => run(name, options)),
    );
  return lab;
};

async function run(
  experiment: ExperimentName,
  { out, seed, seeds, quick, ...options }: Options,
): Promise<void> {
  const { inSession } = await import('./session');
  await inSession(options, async ({ client, signal }) => {
    const result = await client.lab.run({ experiment, out, seed, seeds, quick }, { signal });
    const lines =
      experiment === 'toy'
        ? describeToy(result.report as unknown as ToyReport)
        : describeMonotone(result.report as unknown as MonotoneReport);
    new Output(options.json).result(result, [...lines, ...result.files.map((file) => `Written  ${file}`)]);
  });
}
