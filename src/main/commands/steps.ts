/** @file The steps that commands are made of, each one or two calls of the contract. */
import { existsSync } from 'node:fs';
import { CATALOGUE, catalogueName } from '../../contract/catalogue';
import { PenumbraError } from '../../contract/errors';
import type {
  AppEvent,
  EncoderCard,
  PixelScaleName,
  ProjectSummary,
  RunSummary,
  StartTrainingInput,
} from '../../contract/types';
import type { Session } from './session';

type ScanEvent = Extract<AppEvent, { type: 'scan' }>;

/** Opens the folder's project and waits until the scan is over. @throws what opening and scanning throw */
export async function importFolder(
  { client, follow }: Session,
  folder: string,
  file?: string,
): Promise<ProjectSummary> {
  const scanned = new Promise<ScanEvent>((resolve) => {
    follow((event) => {
      if (event.type !== 'scan' || !event.finished) return false;
      resolve(event);
      return true;
    });
  });
  await client.project.openFolder({ folder, file });
  const { error } = await scanned;
  if (error) throw new PenumbraError(error.code, error.message);
  return (await client.project.current())!;
}

const UNFINISHED = new Set(['queued', 'running', 'paused']);

/** Waits until the runs have ended. @throws the error of the first that failed, STOPPED for one that was stopped */
export function waitForRuns({ client, follow }: Session, runIds: number[]): Promise<RunSummary[]> {
  return new Promise((resolve, reject) => {
    const look = (runs: RunSummary[]): boolean => {
      const ours = runs.filter(({ id }) => runIds.includes(id)).sort((a, b) => a.id - b.id);
      // Runs that need a failed one fail with it: the first tells why.
      const broken = ours.find(({ status }) => status !== 'done' && !UNFINISHED.has(status));
      if (broken) reject(failureOf(broken));
      const done = ours.every(({ status }) => status === 'done');
      if (done) resolve(ours);
      return done || broken !== undefined;
    };
    const lookAgain = (): Promise<void> => client.training.runs().then((runs) => void look(runs), reject);
    follow((event) => {
      if (event.type === 'run' && runIds.includes(event.run.id) && !UNFINISHED.has(event.run.status))
        void lookAgain();
      return false;
    });
    // What ended before anybody listened.
    void lookAgain();
  });
}

function failureOf({ title, error }: RunSummary): PenumbraError {
  return error
    ? new PenumbraError(error.code, `${title}: ${error.message}`)
    : new PenumbraError('STOPPED', `${title} was stopped.`);
}

/** Runs that were broken off, oldest first. */
export async function unfinishedRuns({ client }: Session): Promise<RunSummary[]> {
  const runs = await client.training.runs();
  const open = runs.filter(
    ({ status }) => status === 'interrupted' || status === 'stopped' || status === 'queued',
  );
  return open.sort((a, b) => a.id - b.id);
}

/** Goes on with runs that were broken off, and waits for them. @returns the runs as they ended */
export async function resumeRuns(session: Session, runs: RunSummary[]): Promise<RunSummary[]> {
  for (const { id } of runs) await session.client.training.resume({ runId: id });
  return waitForRuns(
    session,
    runs.map(({ id }) => id),
  );
}

type EncoderChoice = Pick<StartTrainingInput, 'encoderId' | 'ownEncoder'>;

const OWN = ['auto', 'classifier', 'simclr', 'min-max'] as const;

/**
 * What --encoder names: a way to train the folder's own, an encoder of the project, a model file to import, or
 * one of the catalogue to download.
 * @throws ENCODER_UNKNOWN, ENCODER_UNREADABLE, ENCODER_UNSUPPORTED, DOWNLOAD_FAILED
 */
export async function chooseEncoder(
  { client }: Session,
  name: string | undefined,
  { size, scale }: { size?: number; scale?: PixelScaleName } = {},
): Promise<EncoderChoice> {
  const own = OWN.find((kind) => kind === (name ?? 'auto'));
  if (own) return { ownEncoder: own };
  const known = (await client.encoders.list()).filter((encoder) => encoder.name === name);
  const stored: EncoderCard | undefined = known.at(-1);
  if (stored) return { encoderId: stored.id };
  const entry = CATALOGUE.find((each) => each.name === name || catalogueName(each) === name);
  const path = existsSync(name!) ? name! : entry && catalogueName(entry);
  if (path) return { encoderId: (await client.encoders.import({ path, size, scale })).id };
  throw new PenumbraError(
    'ENCODER_UNKNOWN',
    `There is no encoder "${name}" in the project and no such file; ${CATALOGUE.map((each) => `"${each.name}"`).join(', ')} can be downloaded, and "auto", "classifier", "simclr" and "min-max" train one on the folder.`,
  );
}
