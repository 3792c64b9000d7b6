/** @file The `lab` area of the contract. */
import { join, resolve } from 'node:path';
import {
  type ExperimentResult,
  experimentName,
  type KeptExperiment,
  ON_IMAGES,
  type StartExperiment,
} from '../../contract/types';
import { writeFileAtomic } from '../files/write';
import { summaryOf } from '../lab/summary';
import type { LabReport } from '../lab/types';
import { runAside } from '../training/aside';
import type { JobMessage } from '../training/host';
import { labFramesIn, labImagesIn } from './labImages';
import { keepResult, keptResult, Parts } from './labResults';
import { ensureSample } from './sample';
import type { ProjectWorkspace } from './workspace';

/** Progress is told at most so often; the eye reads no faster. */
const TELL_MS = 250;

export const labApi = (workspace: ProjectWorkspace) => ({
  run: async (wish: StartExperiment, { signal }: { signal?: AbortSignal }): Promise<ExperimentResult> => {
    const { experiment, folder, out, keep, ...config } = wish;
    const began = performance.now();
    let last = { done: 0, total: 0 };
    let toldAt = Number.NEGATIVE_INFINITY;
    try {
      const onImages = ON_IMAGES.includes(experiment);
      const looked = !onImages
        ? { images: [], classes: [] }
        : experiment === 'video'
          ? await labFramesIn(folder, workspace.dataDirectory, signal)
          : await labImagesIn(folder ?? (await ensureSample(workspace.dataDirectory)), signal);
      const job = { kind: 'lab', experiment, config, ...looked } as const;
      const parts = new Parts(workspace, job);
      const onMessage = (message: JobMessage): void => {
        if (message.type === 'checkpoint') parts.keep(message.checkpoint);
        if (message.type !== 'progress') return;
        last = { done: message.step, total: message.steps };
        if (performance.now() - toldAt < TELL_MS) return;
        toldAt = performance.now();
        workspace.emit({ type: 'experiment', experiment, ...last, finished: false });
      };
      // Networks that look at no images are far too small for a graphics card.
      const { report } = await runAside(job, onImages ? 'auto' : 'cpu', {
        ...{ spawn: workspace.spawn, signal, onMessage, checkpoint: parts.checkpoint },
      });
      const { tables, claims, figures } = summaryOf(report);
      const files = out === undefined ? [] : await write(resolve(out), report, figures);
      last.done = last.total;
      const seconds = (performance.now() - began) / 1000;
      const finishedAt = new Date().toISOString();
      if (keep) keepResult(workspace, { experiment, report, seconds, finishedAt });
      parts.forget();
      return { experiment, report: { ...report }, seconds, tables, claims, files };
    } finally {
      workspace.emit({ type: 'experiment', experiment, ...last, finished: true });
    }
  },

  kept: (): KeptExperiment[] =>
    experimentName.options.flatMap((experiment) => keptResult(workspace, experiment) ?? []),
});

/** @throws NOT_WRITABLE, DISK_FULL */
async function write(folder: string, report: LabReport, figures: Record<string, string>): Promise<string[]> {
  const contents = { [`${report.experiment}.json`]: `${JSON.stringify(report, null, 2)}\n`, ...figures };
  for (const [name, content] of Object.entries(contents)) await writeFileAtomic(join(folder, name), content);
  return Object.keys(contents).map((name) => join(folder, name));
}
