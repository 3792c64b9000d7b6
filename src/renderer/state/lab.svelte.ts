/** @file Experiments of the lab: what was kept of them, and the one that runs, wherever one looks meanwhile. */
import type { AppEvent, ExperimentName, KeptExperiment } from '../../contract/types';
import type { Experiment } from '../lab/experiments';
import { client } from '../rpc';
import { onEvent } from './events';
import { attempt, notices } from './notices.svelte';

type Progress = Extract<AppEvent, { type: 'experiment' }>;

/** As many as the claims are asserted over. */
export const SEEDS = 3;

class Lab {
  kept = $state.raw<KeptExperiment[] | null>(null);
  running = $state<ExperimentName | null>(null);
  progress = $state.raw<Progress | null>(null);
  #abort: AbortController | null = null;

  constructor() {
    onEvent('experiment', (event) => (this.progress = event.finished ? null : event));
  }

  async load(): Promise<void> {
    this.kept = (await attempt(() => client.lab.kept())) ?? this.kept ?? [];
  }

  resultOf(name: ExperimentName): KeptExperiment | undefined {
    return this.kept?.find(({ experiment }) => experiment === name);
  }

  /** One at a time: they share the processor. @param folder of an experiment that looks at images; the sample where absent */
  async run({ name: experiment, quick = false }: Experiment, folder?: string): Promise<void> {
    if (this.running) return;
    this.running = experiment;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      await client.lab.run({ experiment, seeds: SEEDS, folder, quick, keep: true }, { signal: abort.signal });
      await this.load();
    } catch (error) {
      if (!abort.signal.aborted) notices.fail(error);
    }
    this.running = null;
    this.progress = null;
  }

  stop(): void {
    this.#abort?.abort();
  }
}

export const lab = new Lab();
