import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { ReportResult } from '../../contract/reports';
import { deviceName } from '../../contract/types';
import { VERDICTS } from '../reports/html/classSection';
import { type CommonOptions, integer, withProject } from './common';
import { Output } from './output';
import { chooseProject } from './projectChoice';

interface Options extends CommonOptions {
  masks?: string;
  html?: string;
  csv?: string;
  split?: string;
  perClass?: number;
  seed?: number;
  device?: (typeof deviceName.options)[number];
  fresh: boolean;
}

/** `penumbra report`: what each class is recognised by, proved by interventions. */
export const reportCommand = (): Command =>
  withProject(new Command('report'))
    .description(
      'what the classes are recognised by: object, cue or background, proved by interventions (docs/report.md)',
    )
    .option(
      '--masks <dir>',
      'object masks in the same tree as the images (default: objects drawn in the project)',
    )
    .option('--html <file>', 'write the report as one page')
    .option('--csv <file>', 'write a table with a row a class')
    .option(
      '--split <name>',
      'the split to look at (default: test or val with 20 images a class, else all images)',
    )
    .addOption(
      new Option('--per-class <n>', 'images of a class that are intervened on (default: 60)').argParser(
        integer(8, 1000),
      ),
    )
    .addOption(
      new Option('--seed <n>', 'of everything drawn (default: 1)').argParser(integer(0, 2 ** 31 - 1)),
    )
    .addOption(new Option('--device <name>', 'what to compute on').choices(deviceName.options))
    .option('--fresh', 'make it again, even if it is there already', false)
    .addHelpText('after', '\nCtrl+C stops it; the same command goes on from there.\n')
    .action(report);

async function report(options: Options): Promise<void> {
  const { masks, html, csv, split, perClass, seed, device, fresh } = options;
  const project = chooseProject(options.project);
  const { inSession } = await import('./session');
  await inSession(options, async ({ client, signal }) => {
    await client.project.openFile({ file: project });
    const inPlace = (path: string | undefined) => path && resolve(path);
    const result = await client.reports.run(
      {
        ...{ split, perClass, seed, device, fresh },
        masks: inPlace(masks),
        html: inPlace(html),
        csv: inPlace(csv),
      },
      { signal },
    );
    new Output(options.json).result(result, linesOf(result));
  });
}

export function linesOf({ summary, classes, warnings, dataProperties, html, csv }: ReportResult): string[] {
  const width = Math.max(5, ...classes.map(({ name }) => name.length));
  return [
    ...summary,
    ...warnings,
    '',
    ...classes.map(
      ({ name, verdict, score, interval: [low, high], images }) =>
        `${name.padEnd(width)}  ${VERDICTS[verdict].padEnd(44)} ${score.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})  ${images} images`,
    ),
    ...dataProperties.map(({ className, sentence }) => `Data     ${className}: ${sentence}`),
    ...[html, csv].flatMap((file) => (file ? [`Written  ${file}`] : [])),
  ];
}
