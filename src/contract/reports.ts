/** @file The spurious-correlation report as it is kept, printed as JSON and shown (docs/report.md). */
import { z } from 'zod';
import { deviceName, id } from './types';

/** A mean over `images` images (or other things counted) with its 95 % bootstrap interval. */
export const figure = z.object({
  mean: z.number(),
  low: z.number(),
  high: z.number(),
  images: z.number().int(),
});
export type Figure = z.infer<typeof figure>;

export const verdict = z.enum(['object', 'cue', 'background', 'mixed', 'insufficient']);
export type Verdict = z.infer<typeof verdict>;

/** As shares of the picture's sides. */
export const reportBox = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
export type ReportBox = z.infer<typeof reportBox>;

/** Where a suspect region comes from. */
export const regionSource = z.enum(['map', 'colour', 'pattern', 'outside', 'annotated']);
export type RegionSource = z.infer<typeof regionSource>;

/** An intervention beside its control. `difference` is paired over images; `p` is one-sided and corrected for all tests of the report. */
const comparison = z.object({
  region: figure,
  control: figure,
  difference: figure,
  p: z.number(),
});
/** A picture of an intervention: in the image, the box is replaced by the donor's content of the same place. */
const example = z.object({ imageId: id, donorId: id, box: reportBox, changed: z.boolean() });
export type ReportExample = z.infer<typeof example>;
const shown = { examples: z.array(example) };

export type Comparison = z.infer<typeof comparison>;

export const suspectRegion = z.object({
  source: regionSource,
  /** Why it was looked at, as a sentence. */
  why: z.string(),
  /** Where it is in the images that were tested. */
  boxes: z.array(z.object({ imageId: id, box: reportBox })),
  /** Images of the class lose its answer when the region is replaced by what other classes have there. */
  removed: comparison.extend(shown),
  /** Images of other classes get the class' answer when the region is put onto them. */
  pasted: comparison.extend(shown),
  /** Both hold: the class relies on it. */
  proven: z.boolean(),
  /** Images of other classes that the paste gave the class' answer. */
  flipped: z.array(id),
});
export type SuspectRegion = z.infer<typeof suspectRegion>;

const background = z.object({
  /** What was moved: drawn objects, or the hottest quarter of the maps in their stead. */
  object: z.enum(['drawn', 'hottest']),
  /** On the surroundings of other classes the answer is that of the surroundings. */
  followsGround: figure,
  /** There: any other answer than the object's class; the control is other surroundings of the same class. */
  left: comparison,
  /** Those whose answer follows the surroundings most come first. */
  images: z.array(id),
  /** Without its object still answered as its class, and how often others are then. */
  withoutObject: figure,
  withoutObjectOthers: figure,
  /** Only without drawn objects: share of large regions that can go, one at a time, without changing the answer. */
  regionsThatCanGo: figure.nullable(),
  proven: z.boolean(),
});

/** One value a map pixel, 0..1 of the largest average of the report; row by row. */
const averageMap = z.object({
  width: z.number().int(),
  height: z.number().int(),
  values: z.array(z.number()),
});
export type AverageMap = z.infer<typeof averageMap>;

const strategies = z.object({
  /** How many groups the maps fall into; 1 where none is worth telling apart. */
  count: z.number().int(),
  /** Gap of the graph Laplacian's eigenvalues after each number of groups, from 1. */
  eigengaps: z.array(z.number()),
  /** Mean silhouette of each number of groups, from 2. */
  silhouettes: z.array(z.number()),
  groups: z.array(z.object({ images: z.array(id), average: averageMap, silhouette: figure })),
  /** The maps in two dimensions (UMAP), both in 0..1. */
  points: z.array(z.object({ imageId: id, x: z.number(), y: z.number(), group: z.number().int() })),
});

export const classReport = z.object({
  name: z.string(),
  verdict,
  /** Images of the class, and how many of them are answered right: interventions are made on these. */
  images: z.number().int(),
  right: z.number().int(),
  /** How strongly an intervention moved the answers, 0 (not at all) to 1: what classes are ranked by. */
  score: z.number(),
  interval: z.tuple([z.number(), z.number()]),
  /** Images that the score is a mean over. */
  scored: z.number().int(),
  accuracy: figure,
  /** What the verdict rests on, in sentences. */
  reasons: z.array(z.string()),
  /** Share of kept information outside the object, and the share of the picture that lies outside it. */
  outside: z.object({ kept: figure, area: figure }).nullable(),
  /** The place where maps of this class are hotter than others': kept information in it, as a share of the image's. */
  place: z
    .object({ box: reportBox, z: z.number(), p: z.number(), kept: figure, keptByOthers: figure })
    .nullable(),
  regions: z.array(suspectRegion),
  background: background.nullable(),
  /** Accuracy with noise on the boxed object (or the hottest quarter) and around it. */
  noise: z.array(
    z.object({ sigma: z.number(), bits: z.number(), object: figure, background: figure, rfs: figure }),
  ),
  averages: z.object({ positive: averageMap, negative: averageMap.nullable() }),
  strategies: strategies.nullable(),
  ranked: z.object({ typical: z.array(id), unusual: z.array(id), suspicious: z.array(id) }),
});
export type ClassReport = z.infer<typeof classReport>;

/** Something in the data that goes with a class, whether or not the encoder uses it. */
const dataProperty = z.object({
  className: z.string(),
  kind: z.enum(['place', 'pattern', 'property']),
  sentence: z.string(),
  box: reportBox.nullable(),
  images: z.array(id),
});
export type DataProperty = z.infer<typeof dataProperty>;

const imageProperty = z.object({
  name: z.enum(['brightness', 'darkness', 'blur', 'saturation', 'size', 'aspect', 'border']),
  /** Share of images whose class the property alone predicts, on images left out. */
  accuracy: figure,
  /** Share of the largest class: what knowing nothing reaches. */
  majority: z.number(),
  p: z.number(),
  /** Each class' mean of the property. */
  means: z.array(z.number()),
});
export type ImageProperty = z.infer<typeof imageProperty>;

/** Reports of another version are kept, and not read: what they say has other parts. */
export const REPORT_VERSION = 2 as const;

export const reportContent = z.object({
  version: z.literal(REPORT_VERSION),
  encoder: z.object({
    id,
    name: z.string(),
    noiseReady: z.boolean(),
    answers: z.enum(['head', 'prototypes']),
  }),
  runs: z.object({ positive: id, negative: id.nullable() }),
  split: z.string().nullable(),
  size: z.number().int(),
  seed: z.number().int(),
  images: z.number().int(),
  /** Images with a drawn object, and where the drawings come from. */
  objects: z.number().int(),
  objectsFrom: z.string().nullable(),
  classes: z.array(classReport),
  dataProperties: z.array(dataProperty),
  properties: z.array(imageProperty),
  accuracy: figure,
  confusion: z.object({
    classes: z.array(z.string()),
    counts: z.array(z.array(z.number().int())),
    /** Images with another answer than their class; -1 where it is none of the classes. At most 2,000. */
    wrong: z.array(z.object({ imageId: id, label: z.number().int(), answer: z.number().int() })),
  }),
  duplicates: z.array(
    z.object({
      images: z.tuple([id, id]),
      distance: z.number().int(),
      across: z.enum(['classes', 'splits', 'both']),
    }),
  ),
  summary: z.array(z.string()),
  warnings: z.array(z.string()),
  seconds: z.number(),
});
export type ReportContent = z.infer<typeof reportContent>;

export const startReport = z.object({
  /** A folder of object masks with the tree and the names of the images; absent: objects drawn in the project, if any. */
  masks: z.string().min(1).optional(),
  split: z.string().optional(),
  /** The positive mask run to look through; default: the newest. */
  runId: id.optional(),
  /** At most so many images of a class are tested by interventions. */
  perClass: z.number().int().min(8).max(1000).default(60),
  seed: z.number().int().min(0).default(1),
  device: deviceName.default('auto'),
  /** Begin anew even if the same report was broken off or is there already. */
  fresh: z.boolean().default(false),
  html: z.string().min(1).optional(),
  csv: z.string().min(1).optional(),
});
export type StartReport = z.infer<typeof startReport>;

/** A report without its content. */
export const reportCard = z.object({
  id,
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  encoder: z.string().nullable(),
  runId: id.nullable(),
});
export type ReportCard = z.infer<typeof reportCard>;

/** What a person made of a claim: `verdict`, `region:0`, `background`, ... The newest review of a claim holds. */
export const reportReview = z.object({
  className: z.string(),
  claim: z.string().min(1).max(100),
  decision: z.enum(['accept', 'reject']).nullable(),
  comment: z.string().max(5000),
  createdAt: z.string(),
});
export type ReportReview = z.infer<typeof reportReview>;

export const storedReport = reportCard.extend({ content: reportContent, reviews: z.array(reportReview) });
export type StoredReport = z.infer<typeof storedReport>;

/** Images that a person gave a name, from a report's map of a class. */
export const imageGroup = z.object({
  id,
  name: z.string(),
  reportId: id.nullable(),
  images: z.number().int(),
});
export type ImageGroup = z.infer<typeof imageGroup>;

/** What is printed and what a start of a report answers: the content, and where it went. */
export const reportResult = reportContent.extend({
  id,
  html: z.string().nullable(),
  csv: z.string().nullable(),
});
export type ReportResult = z.infer<typeof reportResult>;
