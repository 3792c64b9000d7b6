/** @file The lab: experiments of the paper, what they are given and what is shown of them. */
import { z } from 'zod';
import { filePath } from './paths';

export const experimentName = z.enum([
  'toy',
  'monotone',
  'maskers',
  'mnist',
  'attack',
  'video',
  'budgets',
  'ssl',
]);
export type ExperimentName = z.infer<typeof experimentName>;

/** Those that look at images: of a folder with classes, or of the sample. */
export const ON_IMAGES: readonly ExperimentName[] = ['maskers', 'attack', 'video', 'budgets', 'ssl'];

export const startExperiment = z.object({
  experiment: experimentName,
  /** Images of an experiment that looks at some; absent: the sample. */
  folder: filePath.optional(),
  /** Where the report (JSON) and the figures (SVG) go; absent: nothing is written. */
  out: filePath.optional(),
  seed: z.number().int().min(0).default(1),
  /** How often everything is repeated. */
  seeds: z.number().int().min(1).max(20).default(3),
  /** Fewer noise levels and steps: to see that it works. */
  quick: z.boolean().default(false),
  /** Keeps the report, in place of that experiment's last: in the open project, else in the data directory. */
  keep: z.boolean().default(false),
});
export type StartExperiment = z.infer<typeof startExperiment>;

/** Numbers as text: what the command line and the window both show. */
export const labTable = z.object({
  title: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  /** How to read it. */
  note: z.string().optional(),
});
export type LabTable = z.infer<typeof labTable>;

export const labClaim = z.object({
  /** What the paper says, and where. */
  paper: z.string(),
  ours: z.string(),
  holds: z.boolean(),
});
export type LabClaim = z.infer<typeof labClaim>;

const shown = {
  /** As in the JSON file (src/main/lab). */
  report: z.record(z.string(), z.unknown()),
  seconds: z.number(),
  tables: z.array(labTable),
  claims: z.array(labClaim),
};

export const experimentResult = z.object({
  experiment: experimentName,
  ...shown,
  files: z.array(z.string()),
});
export type ExperimentResult = z.infer<typeof experimentResult>;

/** The last result of an experiment that was kept. */
export const keptExperiment = z.object({
  experiment: experimentName,
  ...shown,
  finishedAt: z.string(),
  figures: z.array(z.object({ name: z.string(), svg: z.string() })),
});
export type KeptExperiment = z.infer<typeof keptExperiment>;
