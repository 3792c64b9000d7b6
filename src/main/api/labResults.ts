/** @file What is kept of experiments: results in the open project (else the data directory), and parts of one broken off. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ExperimentName, type KeptExperiment, keptExperiment } from '../../contract/types';
import { summaryOf } from '../lab/summary';
import type { LabReport } from '../lab/types';
import type { Checkpoint, LabJob } from '../training/protocol';
import { readJson, writeJson } from './jsonFile';
import type { ProjectWorkspace } from './workspace';

const stored = keptExperiment.pick({ experiment: true, report: true, seconds: true, finishedAt: true });

const fileOf = ({ dataDirectory }: ProjectWorkspace, name: string): string =>
  join(dataDirectory, 'lab', `${name}.json`);

export function keepResult(
  workspace: ProjectWorkspace,
  result: { experiment: ExperimentName; report: LabReport; seconds: number; finishedAt: string },
): void {
  if (workspace.queue) workspace.requireStore().putExperiment(result.experiment, result);
  else writeJson(fileOf(workspace, result.experiment), result);
}

/** Null where nothing was kept, or another version kept what this one cannot draw. */
export function keptResult(workspace: ProjectWorkspace, experiment: ExperimentName): KeptExperiment | null {
  const inProject = workspace.queue ? workspace.requireStore().experiment(experiment) : undefined;
  const parsed = stored.safeParse(inProject ?? readJson(fileOf(workspace, experiment)));
  if (!parsed.success) return null;
  try {
    const { tables, claims, figures } = summaryOf(parsed.data.report as unknown as LabReport);
    const drawn = Object.entries(figures).map(([name, svg]) => ({ name, svg }));
    return { ...parsed.data, tables, claims, figures: drawn };
  } catch {
    return null;
  }
}

/** Parts of one experiment at a time: those of the same wish are gone on with, those of another forgotten. */
export class Parts {
  readonly #file: string;
  readonly #fingerprint: string;

  constructor(workspace: ProjectWorkspace, { experiment, config, images }: LabJob) {
    this.#file = fileOf(workspace, `${experiment}.parts`);
    const files = images.map(({ file, label, test }) => [file, label, test]);
    this.#fingerprint = createHash('sha256')
      .update(JSON.stringify([config, files]))
      .digest('hex');
  }

  get checkpoint(): Checkpoint | null {
    const kept = readJson(this.#file) as { fingerprint?: string; checkpoint?: Checkpoint } | undefined;
    return (kept?.fingerprint === this.#fingerprint && kept.checkpoint) || null;
  }

  keep(checkpoint: Checkpoint): void {
    writeJson(this.#file, { fingerprint: this.#fingerprint, checkpoint });
  }

  forget(): void {
    rmSync(this.#file, { force: true });
  }
}
