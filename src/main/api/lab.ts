/** @file The `lab` area of the contract. */
import { join, resolve } from 'node:path';
import { PenumbraError } from '../../contract/errors';
import type { ExperimentResult, StartExperiment } from '../../contract/types';
import { writeFileAtomic } from '../files/write';
import { figuresOf } from '../lab/figures';
import type { LabReport } from '../lab/types';
import { TrainingHost } from '../training/host';
import type { ProjectWorkspace } from './workspace';

/** Its networks are far too small for a graphics card. */
const DEVICE = 'cpu';
/** Progress is told at most so often; the eye reads no faster. */
const TELL_MS = 250;

export const labApi = (workspace: ProjectWorkspace) => ({
  run: async (wish: StartExperiment, { signal }: { signal?: AbortSignal }): Promise<ExperimentResult> => {
    const { experiment, out, ...config } = wish;
    if (signal?.aborted) throw new PenumbraError('STOPPED', 'The experiment was stopped before it began.');
    const host = new TrainingHost({ spawn: workspace.spawn });
    const stop = (): void => host.stop();
    signal?.addEventListener('abort', stop);
    const began = performance.now();
    let last = { done: 0, total: 0 };
    let toldAt = Number.NEGATIVE_INFINITY;
    try {
      const result = await host.run({ kind: 'lab', experiment, config }, DEVICE, null, (message) => {
        if (message.type !== 'progress') return;
        last = { done: message.step, total: message.steps };
        if (performance.now() - toldAt < TELL_MS) return;
        toldAt = performance.now();
        workspace.emit({ type: 'experiment', experiment, ...last, finished: false });
      });
      if (result.kind !== 'lab') throw new Error(`the worker answered an experiment with ${result.kind}`);
      const files = out === undefined ? [] : await write(resolve(out), result.report);
      last.done = last.total;
      const seconds = (performance.now() - began) / 1000;
      return { experiment, report: { ...result.report }, seconds, files };
    } finally {
      signal?.removeEventListener('abort', stop);
      host.close();
      workspace.emit({ type: 'experiment', experiment, ...last, finished: true });
    }
  },
});

/** @throws NOT_WRITABLE, DISK_FULL */
async function write(folder: string, report: LabReport): Promise<string[]> {
  const contents = {
    [`${report.experiment}.json`]: `${JSON.stringify(report, null, 2)}\n`,
    ...figuresOf(report),
  };
  for (const [name, content] of Object.entries(contents)) await writeFileAtomic(join(folder, name), content);
  return Object.keys(contents).map((name) => join(folder, name));
}
