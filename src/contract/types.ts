/** @file The data that crosses between window and program, as zod schemas: one definition for types and validation. */
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from './errors';
import { experimentName } from './lab';
import { deviceName } from './machine';
import { filePath } from './paths';

export * from './encoders';
export * from './lab';
export * from './machine';
export { filePath } from './paths';
export * from './scores';

export const id = z.number().int().positive();
export const maskKind = z.enum(['positive', 'negative']);
export const presetName = z.enum(['draft', 'standard', 'fine']);
export const errorCode = z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]);
/** The networks a mask can be made with (models/maskModel.ts). */
export const maskModelName = z.enum([
  'unet-small',
  'unet-medium',
  'unet-large',
  'unet-encoder',
  'u2net-p',
  'u2net',
  'per-pixel',
]);
/** What maps are exported as, and what annotations are; csv has a table of either. */
export const exportFormat = z.enum([
  ...(['npy', 'png16', 'heatmap', 'overlay', 'csv', 'sheet'] as const),
  ...(['mask', 'coco', 'voc', 'yolo', 'labelme', 'cvat', 'labelstudio'] as const),
]);
/** A mean noise fraction; the ends would mean no noise, or nothing but noise. */
export const budget = z.number().min(0.01).max(0.99);

export type PresetName = z.infer<typeof presetName>;
export type MaskModelName = z.infer<typeof maskModelName>;
export type ExportFormat = z.infer<typeof exportFormat>;

export const projectSummary = z.object({
  file: z.string(),
  folder: z.string(),
  name: z.string(),
  images: z.number().int(),
  unreadable: z.number().int(),
  classes: z.array(z.object({ id, name: z.string(), images: z.number().int() })),
  splits: z.array(z.object({ name: z.string(), images: z.number().int() })),
  scanning: z.boolean(),
});
export type ProjectSummary = z.infer<typeof projectSummary>;

export const recentProject = z.object({
  file: z.string(),
  folder: z.string(),
  name: z.string(),
  openedAt: z.string(),
});
export type RecentProject = z.infer<typeof recentProject>;

/** What the grid shows of one image. Bits are the mean entropy per pixel of its newest map of each kind. */
export const imageItem = z.object({
  id,
  path: z.string(),
  className: z.string().nullable(),
  split: z.string().nullable(),
  width: z.number().int(),
  height: z.number().int(),
  positiveBits: z.number().nullable(),
  negativeBits: z.number().nullable(),
  /** The share of it that holds half of the importance in its newest map of each kind (contract/spread). */
  positiveSpread: z.number().nullable(),
  negativeSpread: z.number().nullable(),
  /** How many regions are drawn on it. */
  regions: z.number().int(),
  checked: z.boolean(),
  tags: z.array(z.string()),
  /** 1 - rank correlation of its two maps: 0 = they point at the same, up to 2. */
  disagreement: z.number().nullable(),
  /** 0..1, of the newest report: how likely something else than the object decided. */
  suspicion: z.number().nullable(),
  /** What is odd about it, one sentence each. */
  warnings: z.array(z.string()),
});
export type ImageItem = z.infer<typeof imageItem>;

export const imageQuery = z.object({
  className: z.string().optional(),
  split: z.string().optional(),
  search: z.string().max(200).optional(),
  checked: z.boolean().optional(),
  /** With regions, or without any. */
  annotated: z.boolean().optional(),
  tag: z.string().optional(),
  warning: z.boolean().optional(),
  /** Only these. */
  ids: z.array(id).max(5000).optional(),
  /** Only images of a group that was named in a report. */
  groupId: id.optional(),
  sort: z
    .enum([
      ...(['name', 'positiveBits', 'negativeBits', 'positiveSpread', 'negativeSpread'] as const),
      ...(['disagreement', 'suspicion'] as const),
    ])
    .default('name'),
  descending: z.boolean().default(false),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(1000).default(200),
});
export type ImageQuery = z.infer<typeof imageQuery>;

/** How many images there are to narrow a view to, and how many have what it can be sorted by. */
export const libraryFacets = z.object({
  checked: z.number().int(),
  annotated: z.number().int(),
  warnings: z.number().int(),
  sortable: z.record(z.string(), z.number().int()),
});
export type LibraryFacets = z.infer<typeof libraryFacets>;

export const unreadableFile = z.object({ path: z.string(), code: errorCode, message: z.string() });
export type UnreadableFile = z.infer<typeof unreadableFile>;

export const runKind = z.enum(['encoder', 'calibration', 'mask', 'maps']);
export const runStatus = z.enum(['queued', 'running', 'paused', 'stopped', 'interrupted', 'failed', 'done']);
export type RunKind = z.infer<typeof runKind>;
export type RunStatus = z.infer<typeof runStatus>;

export const runSummary = z.object({
  id,
  kind: runKind,
  mask: maskKind.nullable(),
  title: z.string(),
  status: runStatus,
  encoderId: id.nullable(),
  step: z.number().int(),
  steps: z.number().int(),
  secondsLeft: z.number().nullable(),
  /** The run whose result this one needs first. */
  after: id.nullable(),
  /** Runs that can start do so in this order. */
  place: z.number().int(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  engine: z.string().nullable(),
  error: z.object({ code: errorCode, message: z.string() }).nullable(),
  warnings: z.array(z.string()),
  config: z.record(z.string(), z.unknown()),
});
export type RunSummary = z.infer<typeof runSummary>;

/** One point of the live curves. `distance` is between clean and noisy embedding, `bits` the mean bits per pixel. */
export const metricPoint = z.object({
  step: z.number().int(),
  loss: z.number(),
  distance: z.number().nullable(),
  bits: z.number().nullable(),
  accuracy: z.number().nullable(),
  msPerStep: z.number(),
  /** Main memory of the process that trains, in MB. */
  memoryMb: z.number().nullable(),
});
export type MetricPoint = z.infer<typeof metricPoint>;

/** What a mask compares: z of the clean and of the noisy image (docs/method.md 2). */
export const objectiveName = z.enum([
  'centred-cosine',
  'relational',
  'nt-xent',
  'log-cosine',
  'cosine',
  'mse',
  'kl',
]);
export type ObjectiveName = z.infer<typeof objectiveName>;

const budgetRange = z
  .tuple([budget, budget])
  .refine(([low, high]) => low <= high, 'The first budget must not be above the second.');

/** Every setting of the recipes; what is left out is the preset's. */
export const trainingOverrides = z
  .object({
    maskSteps: z.number().int().min(1).max(100_000).optional(),
    encoderEpochs: z.number().min(0.1).max(1000).optional(),
    calibrationSteps: z.number().int().min(1).max(100_000).optional(),
    batch: z.number().int().min(2).max(512).optional(),
    /** The highest learning rate of a mask's cycle. */
    learningRate: z.number().min(1e-6).max(1).optional(),
    maskModel: maskModelName.optional(),
    objective: objectiveName.optional(),
    temperature: z.number().min(0.01).max(10).optional(),
    /** The least and the most noise of a pixel, in deviations of the folder's pixels. */
    sigmaMin: z.number().min(0.001).max(10).optional(),
    sigmaMax: z.number().min(0.001).max(10).optional(),
    /** Budgets that a mask is trained for. */
    positiveBudgets: budgetRange.optional(),
    negativeBudgets: budgetRange.optional(),
    /** lambda of the paper's penalty d -/+ lambda H, in place of the budget; H in nats a value. */
    softPenalty: z.number().min(0).max(1000).optional(),
    /** Trains a second mask with a randomised encoder, and warns if the maps are the same. */
    checkRandomisation: z.boolean().optional(),
  })
  .refine(
    ({ softPenalty, positiveBudgets, negativeBudgets }) =>
      softPenalty === undefined || (positiveBudgets === undefined && negativeBudgets === undefined),
    'A soft penalty takes the place of the budget; give one or the other.',
  );

export const startTraining = z.object({
  masks: z.array(maskKind).min(1).max(2),
  /** An encoder of the project by id; absent: the folder's own (classifier, or SimCLR without classes), trained first. */
  encoderId: id.optional(),
  /** Which own encoder to train where none is named; `auto` is the classifier if there are at least two classes. */
  ownEncoder: z.enum(['auto', 'classifier', 'simclr', 'min-max']).default('auto'),
  /** Train a new own encoder even if a matching one is there. */
  freshEncoder: z.boolean().default(false),
  /** Only for the demonstration of what goes wrong: train no noise into the encoder and do not calibrate it. */
  plainEncoder: z.boolean().default(false),
  preset: presetName.default('standard'),
  size: z.number().int().min(32).max(512).optional(),
  seed: z.number().int().min(0).default(1),
  device: deviceName.default('auto'),
  /** Restrict training to one split; default: `train` where the folder has one, else all images. */
  split: z.string().optional(),
  /** Images whose maps are shown while a mask is trained; absent: some that are spread over the folder. */
  previewIds: z.array(id).min(1).max(8).optional(),
  /** Compute the maps of all images once a mask is trained. */
  renderMaps: z.boolean().default(true),
  /** Both masks in one run, which looks at every image once for the two. */
  joint: z.boolean().default(false),
  overrides: trainingOverrides.default({}),
});
export type StartTraining = z.infer<typeof startTraining>;
export type StartTrainingInput = z.input<typeof startTraining>;

const range = z.tuple([z.number(), z.number()]);
const budgetsOfMasks = z.object({ positive: range, negative: range });

export const presetCard = z.object({
  name: presetName,
  description: z.string(),
  size: z.number().int(),
  maskSteps: z.number().int(),
  /** Budgets masks are trained for, with the folder's own encoders and with imported ones. */
  budgets: z.object({ own: budgetsOfMasks, imported: budgetsOfMasks }),
});
export type PresetCard = z.infer<typeof presetCard>;

/** One of several parts of a project's images, for processes that share the work. */
export const shard = z
  .object({ index: z.number().int().min(1), of: z.number().int().min(1).max(10_000) })
  .refine(({ index, of }) => index <= of, 'The number of a shard is not above the number of shards.');
export type Shard = z.infer<typeof shard>;

/** A map of one image, without its values: those come from the media route `/media/map/RUN/IMAGE`. */
export const mapCard = z.object({
  runId: id,
  mask: maskKind,
  width: z.number().int(),
  height: z.number().int(),
  scale: z.object({ sigmaMin: z.number(), sigmaMax: z.number(), pixelScale: z.number() }),
  /** Mean bits per pixel and total bits at the default budget. */
  meanBits: z.number(),
  totalBits: z.number(),
});
export type MapCard = z.infer<typeof mapCard>;

export const startExport = z.object({
  formats: z.array(exportFormat).min(1),
  out: filePath,
  masks: z.array(maskKind).min(1).default(['positive', 'negative']),
  runIds: z.array(id).optional(),
  imageIds: z.array(id).optional(),
  budget: budget.optional(),
  colourMap: z.enum(['inferno', 'magma', 'viridis', 'cividis', 'grey']).default('inferno'),
  opacity: z.number().min(0).max(1).default(0.6),
  /** Masks: 0 and 255 for each label or each role, or numbers of a palette. */
  maskOf: z.enum(['label', 'role']).default('label'),
  maskStyle: z.enum(['binary', 'palette']).default('binary'),
  /** Bits a pixel and channel: masks of where maps reach it, in place of annotations. */
  threshold: z.number().positive().max(64).optional(),
  /** COCO: brushes as run lengths and all else as polygons, or all of them the one or the other. */
  cocoShapes: z.enum(['drawn', 'rle', 'polygons']).default('drawn'),
});
export type StartExport = z.infer<typeof startExport>;

/** What an export would write of one image. */
export const previewExport = startExport.omit({ out: true, imageIds: true }).extend({ imageId: id });
export type PreviewExport = z.infer<typeof previewExport>;

export const exportPreview = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      bytes: z.number().int(),
      /** The beginning of a text. */
      text: z.string().nullable(),
      /** A small picture, as a data address. */
      picture: z.string().nullable(),
    }),
  ),
  /** Formats that cannot be written of this image. */
  failed: z.array(unreadableFile),
});
export type ExportPreview = z.infer<typeof exportPreview>;

export const exportResult = z.object({
  out: z.string(),
  files: z.number().int(),
  images: z.number().int(),
  failed: z.array(unreadableFile),
});
export type ExportResult = z.infer<typeof exportResult>;

/** Everything the program tells on its own accord, as one stream. */
export const appEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('scan'),
    done: z.number().int(),
    total: z.number().int(),
    unreadable: z.number().int(),
    finished: z.boolean(),
    /** Why the scan ended before its end. */
    error: z.object({ code: errorCode, message: z.string() }).optional(),
  }),
  z.object({ type: z.literal('run'), run: runSummary }),
  z.object({ type: z.literal('runsRemoved'), runIds: z.array(id) }),
  z.object({ type: z.literal('metric'), runId: id, point: metricPoint }),
  /** Maps of the chosen preview images, small enough to send whole: log-odds, row by row. */
  z.object({
    type: z.literal('preview'),
    runId: id,
    step: z.number().int(),
    width: z.number().int(),
    height: z.number().int(),
    maps: z.array(z.object({ imageId: id, logOdds: z.array(z.number()) })),
  }),
  z.object({
    type: z.literal('export'),
    done: z.number().int(),
    total: z.number().int(),
    finished: z.boolean(),
  }),
  z.object({
    type: z.literal('experiment'),
    experiment: experimentName,
    done: z.number().int(),
    total: z.number().int(),
    finished: z.boolean(),
  }),
  z.object({
    type: z.literal('probe'),
    done: z.number().int(),
    total: z.number().int(),
    finished: z.boolean(),
  }),
  z.object({
    type: z.literal('scores'),
    done: z.number().int(),
    total: z.number().int(),
    finished: z.boolean(),
  }),
  /** Annotations that are read from files; `total` is a guess until the end. */
  z.object({
    type: z.literal('import'),
    done: z.number().int(),
    total: z.number().int(),
    finished: z.boolean(),
  }),
  /** Images whose annotations or state have changed; null: many of them, or the labels. */
  z.object({ type: z.literal('annotations'), imageIds: z.array(id).nullable() }),
  z.object({
    type: z.literal('report'),
    done: z.number().int(),
    total: z.number().int(),
    finished: z.boolean(),
  }),
  z.object({ type: z.literal('project'), project: projectSummary.nullable() }),
]);
export type AppEvent = z.infer<typeof appEvent>;
