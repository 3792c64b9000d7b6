import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import {
  type ExportResult,
  exportFormat,
  type ProjectSummary,
  type RunSummary,
  type StartExport,
} from '../../contract/types';
import type { DemoVariant } from '../library/demo';
import { type CommonOptions, integer, listOf, withOutput } from './common';
import { drawDemo, VARIANTS } from './demo';
import { describeFailure, Output } from './output';
import type { Session } from './session';
import { describeProject, describeRun, duration, encoderOf, meanBits, trainingSentences } from './summary';
import { type TrainingOptions, trainingWish, withTraining } from './trainingOptions';

interface Options extends CommonOptions, TrainingOptions {
  out: string;
  formats?: StartExport['formats'];
  demo?: string;
  images?: number;
  variant?: DemoVariant;
  open: boolean;
}

const FORMATS: StartExport['formats'] = ['npy', 'heatmap', 'overlay', 'csv'];

export const runCommand = (): Command =>
  withTraining(withOutput(new Command('run')))
    .description('the main job in one go: import, encoder, calibration, both masks, maps, export, report')
    .argument('[folder]', 'the image folder')
    .requiredOption('--out <dir>', 'where project.penumbra, export/ and report.html are written')
    .addOption(
      new Option(
        '--formats <names>',
        `what to export, of ${exportFormat.options.join(', ')} (default: ${FORMATS.join(',')})`,
      ).argParser(listOf(exportFormat.options)),
    )
    .option('--demo <dir>', 'draw the sample folder there first, if it is not there, and use it')
    .addOption(new Option('--images <n>', 'images of the sample').argParser(integer(8, 1_000_000)))
    .addOption(new Option('--variant <name>', 'variant of the sample').choices(VARIANTS))
    .option('--open', 'on a terminal, serve the result afterwards and open the browser', false)
    .addHelpText('after', '\nCtrl+C stops after a checkpoint; the same command goes on from there.\n')
    .action(run);

interface Phase {
  name: string;
  seconds: number;
}

async function run(given: string | undefined, options: Options, command: Command): Promise<void> {
  if ((given === undefined) === (options.demo === undefined))
    command.error('error: name either an image folder or --demo');
  const began = Date.now();
  const out = resolve(options.out);
  const project = join(out, 'project.penumbra');
  const { inSession } = await import('./session');
  const phases: Phase[] = [];
  await inSession(options, async (session) => {
    const { importFolder } = await import('./steps');
    const folder = given ?? (await sampleFolder(session, options, phases));
    const summary = await timed(phases, 'Import', () => importFolder(session, folder, project));
    const runs = await train(session, options);
    const exported = await timed(phases, 'Export', () => exportAll(session, options, join(out, 'export')));
    const report = await timed(phases, 'Report', () =>
      makeReport(session, options, join(out, 'report.html')),
    );
    const encoder = await encoderOf(session, runs);
    const bits = await meanBits(session);
    const lines = runs.map(describeRun);
    const seconds = (Date.now() - began) / 1000;
    const document = {
      ...describeProject(summary),
      ...{
        export: exported.out,
        files: exported.files,
        failed: exported.failed,
        report: report.html,
        encoder,
        runs: lines,
        bits,
        seconds,
      },
      phases: [...phases, ...lines.map(({ title, seconds }) => ({ name: title, seconds: seconds ?? 0 }))],
    };
    new Output(options.json).result(document, [
      ...describeFolder(summary, phases),
      ...trainingSentences(encoder, lines),
      ...describeExport(exported, phases),
      ...report.sentences.map((sentence) => `Report   ${sentence}`),
      `Entropy  positive mask ${inBits(bits.positive)}, negative mask ${inBits(bits.negative)} of 8 bits a pixel`,
      `Project  ${project}`,
      `Time     ${duration(seconds)} in all`,
    ]);
  });
  if (options.open && !options.json) await show(project);
}

/** Goes on with runs that were broken off; otherwise trains anew. */
async function train(session: Session, options: Options): Promise<RunSummary[]> {
  const { resumeRuns, unfinishedRuns, waitForRuns } = await import('./steps');
  const unfinished = await unfinishedRuns(session);
  if (unfinished.length > 0) return resumeRuns(session, unfinished);
  const planned = await session.client.training.start(await trainingWish(session, options));
  return waitForRuns(
    session,
    planned.map(({ id }) => id),
  );
}

function exportAll(
  { client, signal }: Session,
  { formats = FORMATS, mask }: Options,
  out: string,
): Promise<ExportResult> {
  return client.exports.run({ formats, out, masks: mask }, { signal });
}

/** A folder whose classes cannot be compared has none; the run is good without it. */
async function makeReport(
  { client, signal }: Session,
  { device, seed }: Options,
  html: string,
): Promise<{ html: string | null; sentences: string[] }> {
  try {
    const { summary } = await client.reports.run({ html, device, seed }, { signal });
    return { html, sentences: [...summary, html] };
  } catch (error) {
    const { code, message } = describeFailure(error);
    if (code === 'STOPPED' || code === 'DISK_FULL' || code === 'NOT_WRITABLE') throw error;
    return { html: null, sentences: [`none: ${message}`] };
  }
}

/** The sample is drawn only where it is not there yet. */
async function sampleFolder(session: Session, options: Options, phases: Phase[]): Promise<string> {
  const folder = resolve(options.demo!);
  const { images, variant = 'clean', seed } = options;
  await timed(phases, 'Sample', () => drawDemo(session, folder, { images, variant: [variant], seed }));
  return folder;
}

async function timed<Result>(phases: Phase[], name: string, work: () => Promise<Result>): Promise<Result> {
  const began = Date.now();
  const result = await work();
  phases.push({ name, seconds: (Date.now() - began) / 1000 });
  return result;
}

const secondsOf = (phases: Phase[], name: string): string =>
  duration(phases.find((phase) => phase.name === name)?.seconds ?? 0);

const inBits = (bits: number | null): string => (bits === null ? 'none' : bits.toFixed(2));

function describeFolder({ folder, images, classes, unreadable }: ProjectSummary, phases: Phase[]): string[] {
  const drawn = phases.some(({ name }) => name === 'Sample')
    ? [`Sample   drawn in ${folder} in ${secondsOf(phases, 'Sample')}`]
    : [];
  const skipped = unreadable > 0 ? `, ${unreadable} files could not be read` : '';
  return [
    ...drawn,
    `Images   ${images} in ${classes.length} classes from ${folder} in ${secondsOf(phases, 'Import')}${skipped}`,
  ];
}

function describeExport({ out, files, failed }: ExportResult, phases: Phase[]): string[] {
  return [
    `Export   ${files} files in ${out} in ${secondsOf(phases, 'Export')}`,
    ...failed.map(({ message }) => `Skipped  ${message}`),
  ];
}

/** Serves the result where somebody can look at it and end it; elsewhere only says how to. */
async function show(project: string): Promise<void> {
  const again = `penumbra serve --project ${JSON.stringify(project)} --open`;
  if (!process.stdout.isTTY || process.env.CI) {
    console.log(`To look at it: npx ${again}`);
    return;
  }
  const { serveUntilInterrupted } = await import('./serve');
  await serveUntilInterrupted({ project, open: true }, new Output(false));
}
