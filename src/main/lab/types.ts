/** @file What an experiment is given and what it reports. Free of tensors: main and the summaries read it too. */
import type { LabClaim, LabTable } from '../../contract/lab';
import type { JobContext, JobImage } from '../training/protocol';
import type { AttackReport } from './attack/types';
import type { BudgetsReport } from './budgets/types';
import type { MaskersReport } from './maskers/types';
import type { MnistReport } from './mnist/types';
import type { MonotoneReport } from './monotone/types';
import type { SslReport } from './ssl/types';
import type { ToyReport } from './toy/types';
import type { VideoReport } from './video/types';

export interface LabConfig {
  /** Of the first repetition; the others count on. */
  seed: number;
  /** How often everything is repeated. */
  seeds: number;
  /** Fewer noise levels and steps: to see that it works. */
  quick: boolean;
}

/** An image of the folder that an experiment looks at; `label` indexes its classes. */
export interface LabImage extends JobImage {
  /** Kept from training. */
  test: boolean;
  /** The file of its object's mask, where there is one. */
  object: string | null;
}

export type LabReport =
  | ToyReport
  | MonotoneReport
  | MaskersReport
  | MnistReport
  | AttackReport
  | VideoReport
  | BudgetsReport
  | SslReport;

/** Called before every step; throws when the experiment is to stop. */
export type Breathe = (done: number, total: number) => Promise<void>;

/** What an experiment sees of the world. */
export interface LabContext {
  breathe: Breathe;
  /** What the work gives, or gave before the experiment was broken off. @param key of the part, the same in every attempt */
  part<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Decoded pixels, and how a job within the experiment is run. */
  job: JobContext;
  /** None where the experiment looks at no images. */
  images: LabImage[];
  classes: string[];
}

/** A report as people see it. */
export interface Summary {
  tables: LabTable[];
  claims: LabClaim[];
  /** SVG by file name. */
  figures: Record<string, string>;
}
