/** @file What people draw on images and say of them: regions with labels, and an image's state. */
import { z } from 'zod';
import { filePath } from './types';

const id = z.number().int().positive();

/** Longest side an image may have here; positions lie within it on either side of zero. */
const LARGEST_SIDE = 100_000;
const MOST_POINTS = 200_000;
const MOST_RUNS = 1_000_000;
/** As many as the program takes of an image. */
const MOST_PIXELS = 268_435_456;

/** What a label stands for: the thing itself, something that gives it away, a part that must not count, anything else. */
export const labelRole = z.enum(['object', 'cue', 'ignore', 'other']);
export type LabelRole = z.infer<typeof labelRole>;

export const labelName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, 'A label is one line of text.');

export const label = z.object({
  name: labelName,
  colour: z.string().regex(/^#[0-9a-f]{6}$/i, 'A colour is written as #rrggbb.'),
  role: labelRole,
});
export type Label = z.infer<typeof label>;

/** A label of the project. Those that are there from the start (object, cue, ignore) keep their name and their role. */
export const projectLabel = label.extend({ builtIn: z.boolean(), regions: z.number().int() });
export type ProjectLabel = z.infer<typeof projectLabel>;

const position = z.number().min(-LARGEST_SIDE).max(LARGEST_SIDE);
const side = z
  .number()
  .positive()
  .max(2 * LARGEST_SIDE);
const pixel = z.number().int().min(-LARGEST_SIDE).max(LARGEST_SIDE);
const pixels = z.number().int().min(1).max(LARGEST_SIDE);

/** Corners [x, y]; the last is joined to the first. */
const ring = z.array(z.tuple([position, position])).min(3);
export type Ring = [number, number][];

/** Rings by the even-odd rule: a ring within another is a hole. */
const polygon = z.object({
  kind: z.literal('polygon'),
  rings: z
    .array(ring)
    .min(1)
    .refine((rings) => rings.reduce((sum, { length }) => sum + length, 0) <= MOST_POINTS, {
      error: `A polygon has at most ${MOST_POINTS} corners.`,
      abort: true,
    }),
});
export type Polygon = z.infer<typeof polygon>;

const box = z.object({ kind: z.literal('box'), x: position, y: position, width: side, height: side });
export type Box = z.infer<typeof box>;

/**
 * A bit mask within bounds of whole pixels: lengths of runs row by row, the first of pixels that are not set (so it may
 * be 0), the last reaching the end of the bounds.
 */
const brush = z
  .object({
    kind: z.literal('brush'),
    x: pixel,
    y: pixel,
    width: pixels,
    height: pixels,
    runs: z.array(z.number().int().min(0)).min(1).max(MOST_RUNS),
  })
  .refine(({ width, height }) => width * height <= MOST_PIXELS, {
    error: 'The bounds of a brush are larger than any image.',
    abort: true,
  })
  .refine(
    ({ runs, width, height }) => runs.reduce((sum, run) => sum + run, 0) === width * height,
    'The runs of a brush have to fill its bounds.',
  );
export type Brush = z.infer<typeof brush>;

/** In pixels of the oriented image, (0, 0) its upper left corner; the pixel in column i covers x from i to i + 1. */
export const geometry = z.discriminatedUnion('kind', [polygon, box, brush]);
export type Geometry = z.infer<typeof geometry>;

export const region = z.object({
  id,
  imageId: id,
  label: labelName,
  geometry,
  name: z.string().nullable(),
  /** Not to be changed by a slip of the pointer. */
  locked: z.boolean(),
  hidden: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Region = z.infer<typeof region>;

/** A region without an id is new and needs a label and a geometry; with one, only what is named changes. */
export const regionPut = z
  .object({
    id: id.optional(),
    label: labelName.optional(),
    geometry: geometry.optional(),
    name: z.string().max(200).nullable().optional(),
    locked: z.boolean().optional(),
    hidden: z.boolean().optional(),
  })
  .refine(
    (put) => put.id !== undefined || (put.label !== undefined && put.geometry !== undefined),
    'A new region needs a label and a geometry.',
  );
export type RegionPut = z.infer<typeof regionPut>;

export const regionChange = z.union([z.object({ put: regionPut }), z.object({ remove: id })]);
export type RegionChange = z.infer<typeof regionChange>;

export const tag = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}]*$/u, 'A tag is one line of text.');

export const imageState = z.object({ checked: z.boolean(), tags: z.array(tag), note: z.string() });
export type ImageState = z.infer<typeof imageState>;

const statePatch = {
  checked: z.boolean().optional(),
  addTags: z.array(tag).max(100).optional(),
  removeTags: z.array(tag).max(100).optional(),
  note: z.string().max(20_000).optional(),
};
export const stateChange = z.object({ imageIds: z.array(id).min(1).max(1_000_000), ...statePatch });
export type StateChange = z.infer<typeof stateChange>;
export type StatePatch = Omit<StateChange, 'imageIds'>;

/** What can be taken back and brought back: the titles of those steps, null where there is none. */
export const history = z.object({ undo: z.string().nullable(), redo: z.string().nullable() });
export type AnnotationHistory = z.infer<typeof history>;

export const imageAnnotations = z.object({ regions: z.array(region), state: imageState, history });
export type ImageAnnotations = z.infer<typeof imageAnnotations>;

/** Changes to one image that stand and fall together, and are one step of its history. */
export const annotationStep = z.object({
  imageId: id,
  /** Names the step to people: "Undo brush stroke". */
  title: z.string().trim().min(1).max(100),
  changes: z.array(regionChange).min(1).max(10_000),
});
export type AnnotationStep = z.infer<typeof annotationStep>;

/** `ids` of the regions that were put, in the order of the changes. */
export const annotationStepResult = z.object({ ids: z.array(id), history });
export type AnnotationStepResult = z.infer<typeof annotationStepResult>;

/** Formats that annotations are written in and read from. */
export const annotationFormat = z.enum([
  ...(['mask', 'coco', 'voc', 'yolo', 'labelme', 'cvat', 'labelstudio', 'csv'] as const),
]);
export type AnnotationFormat = z.infer<typeof annotationFormat>;

export const annotationImport = z.object({
  /** A file, or a folder with files of one format. */
  path: filePath,
  /** Absent: as the files look. */
  format: annotationFormat.optional(),
  /** Regions of the images that the files tell of give way; otherwise they stay beside the new ones. */
  replace: z.boolean().default(false),
  /** For what has none in its files. */
  label: labelName.default('object'),
  /** Only says what would be imported. */
  dryRun: z.boolean().default(false),
});
export type AnnotationImport = z.infer<typeof annotationImport>;

export const importResult = z.object({
  format: annotationFormat,
  images: z.number().int(),
  regions: z.number().int(),
  /** Labels that are new to the project. */
  labels: z.array(z.string()),
  /** What could not be taken, the first thousand; `passedOver` counts all. */
  skipped: z.array(z.object({ item: z.string(), reason: z.string() })),
  passedOver: z.number().int(),
  imageIds: z.array(id),
});
export type ImportResult = z.infer<typeof importResult>;

export const tagCount = z.object({ name: tag, images: z.number().int() });
export type TagCount = z.infer<typeof tagCount>;
