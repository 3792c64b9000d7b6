import type { ExperimentName } from '../../contract/types';
import { runMonotone } from './monotone/run';
import { runToy } from './toy/run';
import type { Breathe, LabConfig, LabReport } from './types';

/** Runs one experiment on the engine that was started. */
export function runExperiment(name: ExperimentName, config: LabConfig, breathe: Breathe): Promise<LabReport> {
  return name === 'toy' ? runToy(config, breathe) : runMonotone(config, breathe);
}
