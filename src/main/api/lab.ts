/** @file The `lab` area of the contract. */
import { join, resolve } from 'node:path';
import {
  type ExperimentName,
  type ExperimentResult,
  experimentName,
  type KeptExperiment,
  keptExperiment,
  type StartExperiment,
} from '../../contract/types';
import { writeFileAtomic } from '../files/write';
import { figuresOf } from '../lab/figures';
import type { LabReport } from '../lab/types';
import { runAside } from '../training/aside';
import type { JobMessage } from '../training/host';
import { readJson, writeJson } from './jsonFile';
import type { ProjectWorkspace } from './workspace';

/** Its networks are far too small for a graphics card. */
const DEVICE = 'cpu';
/** Progress is told at most so often; the eye reads no faster. */
const TELL_MS = 250;

export const labApi = (workspace: ProjectWorkspace) => ({
  run: async (wish: StartExperiment, { signal }: { signal?: AbortSignal }): Promise<ExperimentResult> => {
    const { experiment, out, keep, ...config } = wish;
    const began = performance.now();
    let last = { done: 0, total: 0 };
    let toldAt = Number.NEGATIVE_INFINITY;
    try {
      const onMessage = (message: JobMessage): void => {
        if (message.type !== 'progress') return;
        last = { done: message.step, total: message.steps };
        if (performance.now() - toldAt < TELL_MS) return;
        toldAt = performance.now();
        workspace.emit({ type: 'experiment', experiment, ...last, finished: false });
      };
      const { report } = await runAside({ kind: 'lab', experiment, config }, DEVICE, {
        ...{ spawn: workspace.spawn, signal, onMessage },
      });
      const files = out === undefined ? [] : await write(resolve(out), report);
      last.done = last.total;
      const seconds = (performance.now() - began) / 1000;
      const finishedAt = new Date().toISOString();
      if (keep) writeJson(keptFile(workspace, experiment), { experiment, report, seconds, finishedAt });
      return { experiment, report: { ...report }, seconds, files };
    } finally {
      workspace.emit({ type: 'experiment', experiment, ...last, finished: true });
    }
  },

  kept: (): KeptExperiment[] =>
    experimentName.options.flatMap((experiment) => readKept(workspace, experiment) ?? []),
});

const keptFile = ({ dataDirectory }: ProjectWorkspace, experiment: ExperimentName): string =>
  join(dataDirectory, 'lab', `${experiment}.json`);

/** Null where nothing was kept, or another version kept what this one cannot draw. */
function readKept(workspace: ProjectWorkspace, experiment: ExperimentName): KeptExperiment | null {
  const parsed = keptExperiment.omit({ figures: true }).safeParse(readJson(keptFile(workspace, experiment)));
  if (!parsed.success) return null;
  try {
    const drawn = figuresOf(parsed.data.report as unknown as LabReport);
    const figures = Object.entries(drawn).map(([name, svg]) => ({ name, svg }));
    return { ...parsed.data, figures };
  } catch {
    return null;
  }
}

/** @throws NOT_WRITABLE, DISK_FULL */
async function write(folder: string, report: LabReport): Promise<string[]> {
  const contents = {
    [`${report.experiment}.json`]: `${JSON.stringify(report, null, 2)}\n`,
    ...figuresOf(report),
  };
  for (const [name, content] of Object.entries(contents)) await writeFileAtomic(join(folder, name), content);
  return Object.keys(contents).map((name) => join(folder, name));
}
