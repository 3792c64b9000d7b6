import type { ExperimentName } from '../../contract/lab';
import { runAttack } from './attack/run';
import { runBudgets } from './budgets/run';
import { runMaskers } from './maskers/run';
import { runMnist } from './mnist/run';
import { runMonotone } from './monotone/run';
import { runSsl } from './ssl/run';
import { runToy } from './toy/run';
import type { LabConfig, LabContext, LabReport } from './types';
import { runVideo } from './video/run';

const RUN: Record<ExperimentName, (config: LabConfig, context: LabContext) => Promise<LabReport>> = {
  toy: (config, { breathe }) => runToy(config, breathe),
  monotone: (config, { breathe }) => runMonotone(config, breathe),
  maskers: runMaskers,
  mnist: runMnist,
  attack: runAttack,
  video: runVideo,
  budgets: runBudgets,
  ssl: runSsl,
};

/** Runs one experiment on the engine that was started. */
export function runExperiment(
  name: ExperimentName,
  config: LabConfig,
  context: LabContext,
): Promise<LabReport> {
  return RUN[name](config, context);
}
