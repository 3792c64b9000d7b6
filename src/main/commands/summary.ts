/** @file What a command tells of a project and its runs. */
import type { Confusion, EncoderCard, ProjectSummary, RunSummary } from '../../contract/types';
import type { Session } from './session';

export interface RunLine {
  id: number;
  kind: RunSummary['kind'];
  mask: RunSummary['mask'];
  title: string;
  status: RunSummary['status'];
  steps: number;
  seconds: number | null;
  engine: string | null;
  warnings: string[];
}

export function describeRun({
  id,
  kind,
  mask,
  title,
  status,
  steps,
  engine,
  warnings,
  ...run
}: RunSummary): RunLine {
  return { id, kind, mask, title, status, steps, seconds: secondsOf(run), engine, warnings };
}

/** Wall time between start and end; a run that was resumed counts from its first start. */
function secondsOf({ startedAt, finishedAt }: Pick<RunSummary, 'startedAt' | 'finishedAt'>): number | null {
  if (!startedAt || !finishedAt) return null;
  return (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}

export function describeProject({ file, folder, images, unreadable, classes, splits }: ProjectSummary) {
  return { project: file, folder, images, unreadable, classes, splits };
}

export interface EncoderLine {
  name: string;
  kind: EncoderCard['kind'];
  inputSize: number;
  noiseReady: boolean;
  accuracy: EncoderCard['accuracy'];
  confusion: EncoderCard['confusion'];
  agreement: EncoderCard['agreement'];
  warnings: string[];
}

/** The encoder the runs ended up with: the one of the last run that names one. */
export async function encoderOf({ client }: Session, runs: RunSummary[]): Promise<EncoderLine | null> {
  const encoderId = runs.findLast((run) => run.encoderId !== null)?.encoderId;
  const found = (await client.encoders.list()).find(({ id }) => id === encoderId);
  if (!found) return null;
  const { name, kind, inputSize, noiseReady, accuracy, confusion, agreement, warnings } = found;
  return { name, kind, inputSize, noiseReady, accuracy, confusion, agreement, warnings };
}

const PAGE = 1000;

/** Mean entropy per pixel over all images that have a map of the kind, at its default budget; null: none has. */
export async function meanBits({ client }: Session) {
  const sums = { positive: 0, negative: 0 };
  const counts = { positive: 0, negative: 0 };
  for (let offset = 0, total = 1; offset < total; offset += PAGE) {
    const page = await client.library.list({ offset, limit: PAGE });
    total = page.total;
    for (const { positiveBits, negativeBits } of page.images)
      for (const [mask, bits] of [
        ['positive', positiveBits],
        ['negative', negativeBits],
      ] as const)
        if (bits !== null) {
          sums[mask] += bits;
          counts[mask]++;
        }
  }
  const mean = (mask: 'positive' | 'negative') => (counts[mask] > 0 ? sums[mask] / counts[mask] : null);
  return { positive: mean('positive'), negative: mean('negative') };
}

export const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

/** The encoder and the runs, each warning where it first comes up. */
export function trainingSentences(encoder: EncoderLine | null, runs: RunLine[]): string[] {
  return [...new Set([...encoderSentence(encoder), ...runs.flatMap(runSentence)])];
}

function encoderSentence(encoder: EncoderLine | null): string[] {
  if (!encoder) return [];
  const measured = encoder.accuracy ?? encoder.agreement;
  const what = encoder.accuracy ? 'accuracy' : 'agreement with the clean answers';
  const noisy = Object.entries(measured?.at ?? {}).map(
    ([noise, value]) => `${percent(value)} at noise ${noise}`,
  );
  const held = measured
    ? `, ${what} on held-out images ${[percent(measured.clean), ...noisy].join(', ')}`
    : '';
  return [
    `Encoder  ${encoder.name} (${encoder.inputSize} px)${held}`,
    ...confusionLines(encoder.confusion),
    ...encoder.warnings.map((w) => `         ${w}`),
  ];
}

/** More columns than these fit no terminal. */
const MOST_COLUMNS = 12;

/** Rows are what an image is, columns what it was taken for; nothing where all were named rightly. */
export function confusionLines(confusion: Confusion | null): string[] {
  if (!confusion || confusion.classes.length > MOST_COLUMNS) return [];
  const { classes, counts } = confusion;
  if (counts.every((row, is) => row.every((count, said) => is === said || count === 0))) return [];
  const width = Math.max(7, ...classes.map((name) => Math.min(name.length, 16) + 1));
  const cell = (text: string) => text.slice(0, 16).padStart(width);
  return [
    `         ${cell('is \\ said')}${classes.map(cell).join('')}`,
    ...classes.map(
      (name, i) => `         ${cell(name)}${counts[i]!.map((count) => cell(`${count}`)).join('')}`,
    ),
  ];
}

function runSentence({ title, steps, kind, seconds, engine, warnings }: RunLine): string[] {
  const what = kind === 'maps' ? 'images' : 'steps';
  const took = seconds === null ? '' : ` in ${duration(seconds)}`;
  const on = engine ? ` on ${engine}` : '';
  return [
    `Run      ${title}: ${steps} ${what}${took}${on}`,
    ...warnings.map((warning) => `         ${warning}`),
  ];
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${Math.round(seconds - 60 * minutes)} s`;
}
