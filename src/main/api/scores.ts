/** @file The `scores` area of the contract. */
import { join, resolve } from 'node:path';
import { PenumbraError } from '../../contract/errors';
import type { MethodReport, ScoreReport, StartScores } from '../../contract/types';
import { scoreName } from '../../contract/types';
import { writeFileAtomic } from '../files/write';
import { deserialise } from '../models/serialise';
import type { EncoderSpec } from '../models/spec';
import { budgetFigure } from '../saliency/figures';
import { objectMask, squareMask } from '../store/objectMask';
import type { ImageRow, ProjectStore } from '../store/types';
import { runAside } from '../training/aside';
import { datasetOf, heldOutSplit, jobImages, spread } from '../training/dataset';
import type { JobMessage } from '../training/host';
import { trainedMask } from '../training/prepare';
import type { MethodScores, ScoreJob } from '../training/protocol';
import { objectFilesIn, stem } from './objectMasks';
import type { Workspace } from './workspaceTypes';

export const scoresApi = (workspace: Workspace) => ({
  /** @throws PROJECT_NOT_OPEN, NO_TRAINED_MASK, ENCODER_UNKNOWN, NO_IMAGES, FOLDER_MISSING, INVALID_INPUT, STOPPED */
  run: async (wish: StartScores, { signal }: { signal?: AbortSignal }): Promise<ScoreReport> => {
    const began = performance.now();
    const store = workspace.requireStore();
    const { encoder, masks } = subjects(store, wish.onlyBaselines);
    const split = wish.split ?? heldOutSplit(store);
    const rows = datasetOf(store, split).images;
    const chosen = spread(rows, wish.limit ?? rows.length);
    if (chosen.length === 0)
      throw new PenumbraError('NO_IMAGES', `There are no images to score${split ? ` in "${split}"` : ''}.`);
    const size = masks[0]?.model.size ?? encoder.spec.inputSize;
    const objectOf = await objectsOf(store, wish, size);
    const images = jobImages(store, chosen, null).map((image, i) => ({
      ...image,
      object: objectOf(chosen[i]!),
    }));
    const known = images.filter(({ object }) => object !== null).length;
    if (wish.masks !== undefined && known === 0)
      throw new PenumbraError(
        'INVALID_INPUT',
        `No file in "${wish.masks}" has the place and name of an image; object masks lie as their images do, e.g. ${stem(chosen[0]!.path)}.png.`,
      );
    if (wish.annotations && known === 0)
      throw new PenumbraError(
        'NO_ANNOTATIONS',
        'No object is drawn on the images to score; draw regions with a label that stands for the object first.',
      );
    const { seed, methods, faithful } = wish;
    const job: ScoreJob = {
      ...{ kind: 'score', encoder: encoder.spec, masks, images },
      config: { size, seed, methods, faithful },
    };
    const total = images.length;
    let done = 0;
    try {
      const onMessage = (message: JobMessage): void => {
        if (message.type !== 'progress') return;
        done = message.step;
        workspace.emit({ type: 'scores', done, total, finished: false });
      };
      const result = await runAside(job, wish.device, { spawn: workspace.spawn, signal, onMessage });
      const report: ScoreReport = {
        encoder: { id: encoder.id, name: encoder.name },
        ...{ split, images: total, objects: known, size, seed },
        ...{ methods: result.methods.map(flat), budgets: result.budgets },
        ...{ seconds: (performance.now() - began) / 1000, files: [] },
      };
      done = total;
      return wish.out === undefined ? report : await write(resolve(wish.out), report);
    } finally {
      workspace.emit({ type: 'scores', done, total, finished: true });
    }
  },
});

/** The newest mask of each kind that was trained with the newest one's encoder, and that encoder. */
function subjects(store: ProjectStore, onlyBaselines: boolean) {
  const runs = (['positive', 'negative'] as const).flatMap((kind) => store.latestMaskRun(kind) ?? []);
  if (runs.length === 0 && !onlyBaselines)
    throw new PenumbraError(
      'NO_TRAINED_MASK',
      'No mask has been trained in this project yet; train one first, or score the baselines only.',
    );
  const newest = runs.toSorted((a, b) => a.id - b.id).at(-1)?.encoderId ?? store.encoders().at(-1)?.id;
  const row = newest === undefined || newest === null ? null : store.encoder(newest);
  const spec = row && store.encoderSpec(row.id);
  if (!row || !spec)
    throw new PenumbraError(
      'ENCODER_UNKNOWN',
      'There is no encoder in this project to explain; train or import one first.',
    );
  const masks = onlyBaselines
    ? []
    : runs
        .filter(({ encoderId }) => encoderId === row.id)
        .map(({ id }) => {
          const { mask, maskModel } = trainedMask(store, id);
          return { mask, model: maskModel };
        });
  return { encoder: { id: row.id, name: row.name, spec: deserialise<EncoderSpec>(spec) }, masks };
}

/** How the object of an image is known: by a file, by what was drawn, or not at all. @throws FOLDER_MISSING */
async function objectsOf(
  store: ProjectStore,
  wish: Pick<StartScores, 'masks' | 'annotations'>,
  size: number,
): Promise<(image: ImageRow) => string | Uint8Array | null> {
  if (wish.annotations)
    return (image) => {
      const mask = objectMask(store, image);
      return mask && squareMask(mask, size);
    };
  const files = wish.masks === undefined ? null : await objectFilesIn(resolve(wish.masks));
  return ({ path }) => files?.get(stem(path)) ?? null;
}

function flat({ name, title, scores, msPerImage }: MethodScores): MethodReport {
  const each = <Value>(of: (score: NonNullable<(typeof scores)['auroc']>) => Value) =>
    Object.fromEntries(Object.entries(scores).map(([key, score]) => [key, of(score)]));
  const means = Object.fromEntries(scoreName.options.map((key) => [key, scores[key]?.mean ?? null]));
  return {
    ...{ name, title },
    ...(means as Pick<MethodReport, (typeof scoreName.options)[number]>),
    ms_per_image: msPerImage,
    intervals: each(({ low, high }): [number, number] => [low, high]),
    counts: each(({ images }) => images),
  };
}

/** @throws NOT_WRITABLE, DISK_FULL */
async function write(folder: string, report: ScoreReport): Promise<ScoreReport> {
  const figure = report.budgets.length > 0 ? { 'budgets.svg': budgetFigure(report.budgets) } : {};
  const files = ['scores.json', ...Object.keys(figure)].map((name) => join(folder, name));
  const whole = { ...report, files };
  const contents = { 'scores.json': `${JSON.stringify(whole, null, 2)}\n`, ...figure };
  for (const [name, content] of Object.entries(contents)) await writeFileAtomic(join(folder, name), content);
  return whole;
}
