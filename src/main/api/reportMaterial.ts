/** @file What a report is made of: the maps of a run, its encoder, the images with their classes, and objects where they are drawn. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { PenumbraError } from '../../contract/errors';
import { boundsOf } from '../../contract/geometry/measure';
import { REPORT_VERSION, type StartReport } from '../../contract/reports';
import { deserialise } from '../models/serialise';
import type { EncoderSpec } from '../models/spec';
import type { Box } from '../reports/types';
import { objectMask, squareMask } from '../store/objectMask';
import type { EncoderRow, ImageRow, MapRow, ProjectStore, RunRow } from '../store/types';
import { datasetOf, HELD_OUT, jobImages, requireSplit, spread } from '../training/dataset';
import type { ReportImage, ReportJob } from '../training/protocol';
import { objectFilesIn, stem } from './objectMasks';

export interface ReportMaterial {
  job: ReportJob;
  encoder: EncoderRow;
  positive: RunRow;
  negative: RunRow | null;
  objectsFrom: string | null;
  /** Of everything the result depends on. */
  fingerprint: string;
}

/** More images of a class add nothing to its figures but time. */
const MOST_OF_A_CLASS = 400;
/** Near-duplicates are searched among so many images: pairs grow with the square. */
const MOST_COMPARED = 5000;
/** With so many images a class a split can carry verdicts of its own. */
const ENOUGH_PER_CLASS = 20;

/** @throws NO_TRAINED_MASK, ENCODER_UNKNOWN, NO_IMAGES, NO_CLASSES, FOLDER_MISSING, INVALID_INPUT */
export async function gatherReport(store: ProjectStore, wish: StartReport): Promise<ReportMaterial> {
  const { positive, negative, encoder, spec } = subjectsOf(store, wish.runId);
  const all = store.images();
  const mapped = store.mappedImages(positive.id);
  if (wish.split !== undefined) requireSplit(store, wish.split);
  const split = wish.split ?? heldOut(all, mapped);
  const there = all.filter((row) => mapped.has(row.id) && (split === null || row.split === split));
  const looked = atMost(there, MOST_OF_A_CLASS);
  if (looked.length === 0)
    throw new PenumbraError(
      'NO_IMAGES',
      'None of these images has a map of the positive mask; compute the maps first.',
    );
  const classes = [...new Set(looked.flatMap(({ className }) => className ?? []))].toSorted();
  if (classes.length < 2)
    throw new PenumbraError(
      'NO_CLASSES',
      classes.length === 1
        ? `A report compares classes, and all images are in "${classes[0]}"; add images of another class.`
        : 'A report compares classes, and these images are in none; put them into class sub-folders.',
    );
  const drawn = drawnIn(store, looked, spec.inputSize);
  const objects = await objectsOf(store, wish, looked, drawn);
  const lookedAt = new Set(looked.map(({ id }) => id));
  const rows = all.length <= MOST_COMPARED ? all : looked;
  const labelled = jobImages(store, rows, classes);
  const scales: { positive: MapRow['scale'] | null; negative: MapRow['scale'] | null } = {
    positive: null,
    negative: null,
  };
  const images = rows.map((row, i): ReportImage => {
    const inside = lookedAt.has(row.id);
    const grid = (run: RunRow | null, kind: 'positive' | 'negative') => {
      const map = inside && run ? store.map(run.id, row.id) : null;
      if (!map) return null;
      scales[kind] ??= map.scale;
      return { width: map.width, height: map.height, values: map.logOdds };
    };
    return {
      ...labelled[i]!,
      label: inside ? labelled[i]!.label : null,
      ...{ className: row.className, split: row.split, width: row.width, height: row.height },
      ...{ positive: grid(positive, 'positive'), negative: grid(negative, 'negative') },
      ...{ object: objects.of.get(row.id) ?? null, cues: drawn.get(row.id)?.cues ?? [] },
    };
  });
  const config = {
    ...{ size: spec.inputSize, seed: wish.seed, perClass: wish.perClass, split, encoder: encoder.name },
    warnings: [
      ...((encoder.card as { warnings?: string[] }).warnings ?? []),
      ...(looked.length < there.length ? [`${looked.length} of ${there.length} images were looked at.`] : []),
      ...(rows.length < all.length ? ['Near-duplicates were searched among these images only.'] : []),
    ],
  };
  const made = {
    version: REPORT_VERSION,
    ...{ runs: [positive.id, negative?.id ?? null], data: datasetOf(store, null).hash, config },
    objects: images.map(({ id, object, cues }) => [
      id,
      typeof object === 'string' ? object : hashOf(object),
      cues,
    ]),
  };
  return {
    job: {
      ...{ kind: 'report', encoder: spec, images, classes, config },
      scales: { positive: scales.positive!, negative: scales.negative },
    },
    ...{ encoder, positive, negative, objectsFrom: objects.from },
    fingerprint: createHash('sha256').update(JSON.stringify(made)).digest('hex'),
  };
}

const hashOf = (mask: Uint8Array | null): string | null =>
  mask && createHash('sha256').update(mask).digest('hex');

/** The newest positive mask whose maps are there, or else the newest. */
function newestWithMaps(store: ProjectStore): RunRow | null {
  const withMaps = store
    .runs()
    .findLast(
      ({ id, kind, mask, status }) =>
        kind === 'mask' && mask === 'positive' && status === 'done' && store.mappedImages(id).size > 0,
    );
  return withMaps ?? store.latestMaskRun('positive');
}

/** The named positive mask run or the newest, the newest negative one of the same encoder, and that encoder. */
function subjectsOf(store: ProjectStore, runId: number | undefined) {
  const positive = runId === undefined ? newestWithMaps(store) : store.run(runId);
  if (positive?.kind !== 'mask' || positive.mask !== 'positive' || positive.status !== 'done')
    throw new PenumbraError(
      'NO_TRAINED_MASK',
      runId === undefined
        ? 'A report reads the maps of a positive mask, and none has been trained in this project yet; train one first.'
        : `Run ${runId} is not a finished run of a positive mask.`,
    );
  const encoder = positive.encoderId === null ? null : store.encoder(positive.encoderId);
  const spec = encoder && store.encoderSpec(encoder.id);
  if (!encoder || !spec)
    throw new PenumbraError(
      'ENCODER_UNKNOWN',
      'The encoder of the positive mask is not in the project any more.',
    );
  const negative = store
    .runs()
    .findLast(
      ({ kind, mask, status, encoderId }) =>
        kind === 'mask' && mask === 'negative' && status === 'done' && encoderId === encoder.id,
    );
  return { positive, negative: negative ?? null, encoder, spec: deserialise<EncoderSpec>(spec) };
}

/** A held-out split that is large enough for verdicts; null: all images. */
function heldOut(rows: ImageRow[], mapped: Set<number>): string | null {
  for (const split of HELD_OUT) {
    const counts = new Map<string, number>();
    for (const row of rows)
      if (row.split === split && row.className !== null && mapped.has(row.id))
        counts.set(row.className, (counts.get(row.className) ?? 0) + 1);
    const enough = [...counts.values()].filter((count) => count >= ENOUGH_PER_CLASS).length;
    if (enough >= 2 && enough === counts.size) return split;
  }
  return null;
}

/** At most so many images of every class, spread over the folder. */
function atMost(rows: ImageRow[], count: number): ImageRow[] {
  const names = new Set(rows.map(({ className }) => className));
  const kept = new Set(
    [...names].flatMap((name) =>
      spread(
        rows.filter(({ className }) => className === name),
        count,
      ),
    ),
  );
  return rows.filter((row) => kept.has(row));
}

/** Objects by the path of their image, and where they come from: a folder, or what people drew in the project. */
async function objectsOf(
  store: ProjectStore,
  wish: StartReport,
  rows: ImageRow[],
  drawn: Map<number, Drawn>,
): Promise<{ of: Map<number, string | Uint8Array>; from: string | null }> {
  if (wish.masks === undefined) {
    const known = [...drawn].flatMap(([id, { object }]) => (object ? [[id, object] as const] : []));
    return { of: new Map(known), from: known.length > 0 ? store.file : null };
  }
  const files = await objectFilesIn(resolve(wish.masks));
  const found = rows.flatMap(({ id, path }) => {
    const file = files.get(stem(path));
    return file === undefined ? [] : [[id, file] as const];
  });
  if (found.length === 0)
    throw new PenumbraError(
      'INVALID_INPUT',
      `No file in "${wish.masks}" has the place and name of an image; object masks lie as their images do, e.g. ${stem(rows[0]!.path)}.png.`,
    );
  return { of: new Map(found), from: wish.masks };
}

interface Drawn {
  /** 1 on the object, [size, size]. */
  object: Uint8Array | null;
  cues: Box[];
}

/** What people drew on the images that they drew on, in the square that the encoder sees. */
function drawnIn(store: ProjectStore, rows: ImageRow[], size: number): Map<number, Drawn> {
  const roles = new Map(store.labels().map(({ name, role }) => [name, role]));
  const found = new Map<number, Drawn>();
  for (const row of rows) {
    const { id, width, height } = row;
    const { regions } = store.annotations(id);
    if (regions.length === 0) continue;
    const mask = objectMask(store, row);
    const object = mask && squareMask(mask, size);
    const cues = regions
      .filter(({ label }) => roles.get(label) === 'cue')
      .map(({ geometry }) => boxIn(boundsOf(geometry), width, height, size));
    found.set(id, { object, cues });
  }
  return found;
}

function boxIn({ x, y, width, height }: Box, imageWidth: number, imageHeight: number, size: number): Box {
  const clamp = (value: number) => Math.min(size, Math.max(0, value));
  const left = clamp(Math.floor((x * size) / imageWidth));
  const top = clamp(Math.floor((y * size) / imageHeight));
  const right = clamp(Math.ceil(((x + width) * size) / imageWidth));
  const bottom = clamp(Math.ceil(((y + height) * size) / imageHeight));
  return { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}
