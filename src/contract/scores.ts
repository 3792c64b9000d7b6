/** @file Scores of masks and of the methods they are compared with: what is asked for, and what comes back (docs/scores.md). */
import { z } from 'zod';
import { deviceName } from './machine';
import { filePath } from './paths';

/** Names of scores (docs/scores.md), in the order of tables. */
export const scoreName = z.enum([
  ...(['auroc', 'iou', 'pointing', 'mass', 'rank', 'gini'] as const),
  ...(['deletion', 'insertion', 'road', 'sensitivity', 'randomisation', 'seeds'] as const),
]);
export type ScoreName = z.infer<typeof scoreName>;

export const startScores = z.object({
  /** Folder of object masks with the tree and the names of the images; absent: only what needs none. */
  masks: filePath.optional(),
  /** The objects that are drawn in the project, in place of such a folder. */
  annotations: z.boolean().default(false),
  /** Ids of masks and methods; none: all of them. */
  methods: z.array(z.string().min(1)).default([]),
  onlyBaselines: z.boolean().default(false),
  /** The split that is scored; absent: test or val where there is one, else all images. */
  split: z.string().optional(),
  /** At most so many images, spread over the split. */
  limit: z.number().int().min(1).optional(),
  /** How many of them are tested for faithfulness, which takes hundreds of passes an image and method. */
  faithful: z.number().int().min(0).default(16),
  seed: z.number().int().min(0).default(1),
  device: deviceName.default('auto'),
  /** Where the report (JSON) and the figure (SVG) go; absent: nothing is written. */
  out: filePath.optional(),
});
export type StartScores = z.infer<typeof startScores>;

/** A mean over images with its 95 % bootstrap interval. */
export const estimate = z.object({ mean: z.number(), low: z.number(), high: z.number() });
export type Estimate = z.infer<typeof estimate>;

const score = z.number().nullable();
/** Every score is a mean over the images that it could be measured on (`counts`); null where there was none. */
const methodScores = z.object({
  name: z.string(),
  title: z.string(),
  ...(Object.fromEntries(scoreName.options.map((name) => [name, score])) as Record<ScoreName, typeof score>),
  ms_per_image: z.number(),
  intervals: z.partialRecord(scoreName, z.tuple([z.number(), z.number()])),
  counts: z.partialRecord(scoreName, z.number().int()),
});
export type MethodReport = z.infer<typeof methodScores>;

/** Share of answers that stay at a budget of noise, by where the noise is. */
const budgetPoint = z.object({
  budget: z.number(),
  /** The most noise of a pixel: what the mask was trained with, or twice that. */
  sigmaMax: z.number(),
  learned: estimate,
  uniform: estimate,
  shuffled: estimate,
});
export type BudgetPoint = z.infer<typeof budgetPoint>;

export const scoreReport = z.object({
  encoder: z.object({ id: z.number().int().positive(), name: z.string() }),
  split: z.string().nullable(),
  images: z.number().int(),
  /** How many of them have an object mask. */
  objects: z.number().int(),
  /** Side of the square that everything was scored at. */
  size: z.number().int(),
  seed: z.number().int(),
  methods: z.array(methodScores),
  budgets: z.array(budgetPoint),
  seconds: z.number(),
  files: z.array(z.string()),
});
export type ScoreReport = z.infer<typeof scoreReport>;
