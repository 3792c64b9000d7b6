/** @file What an experiment is given and what it reports. Free of tensors: main and the figures read it too. */
import type { MonotoneReport } from './monotone/types';
import type { ToyReport } from './toy/types';

export interface LabConfig {
  /** Of the first repetition; the others count on. */
  seed: number;
  /** How often everything is repeated. */
  seeds: number;
  /** Fewer noise levels and steps: to see that it works. */
  quick: boolean;
}

export type LabReport = ToyReport | MonotoneReport;

/** Called before every step; throws when the experiment is to stop. */
export type Breathe = (done: number, total: number) => Promise<void>;
