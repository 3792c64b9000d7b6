/** @file The `explain` area of the contract: from ids to questions for the warm worker, with the last answers kept. */
import { PenumbraError } from '../../contract/errors';
import type {
  Attribution,
  AttributionMethod,
  BudgetCurve,
  Prediction,
  Standing,
} from '../../contract/explain';
import { DEFAULT_BUDGET, type Grid, noiseFraction } from '../../contract/noiseMap';
import { mean } from '../noise/statistics';
import type { MapRow } from '../store/types';
import { spread } from '../training/dataset';
import type { WarmWorker } from '../training/warmWorker';
import { bounded } from './bounded';
import { imagesOf, subjectOf, topFive } from './explained';
import type { Workspace } from './workspaceTypes';

/** Noisy copies that an answer under noise is the mean of. */
const SAMPLES = 8;
const CURVE_BUDGETS = [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.98];
/** Images that the curve is measured on: its points are good to about a tenth. */
const CURVE_IMAGES = 32;
const SEED = 1;

type Call = { signal?: AbortSignal };

export const explainApi = (workspace: Workspace) => {
  const attributions = bounded<Attribution>(48);
  const predictions = bounded<Prediction>(400);
  const curves = bounded<BudgetCurve>(16);
  /** Other projects have other images and encoders under the same numbers. */
  const key = (...parts: (string | number)[]) => [workspace.requireStore().file, ...parts].join(' ');

  const warm = (): WarmWorker => {
    workspace.requireStore();
    return workspace.warm!;
  };

  return {
    /** @throws IMAGE_UNKNOWN, RUN_UNKNOWN, ENCODER_UNKNOWN, IMAGE_UNREADABLE, STOPPED */
    predict: (
      { imageId, runId, budget, seed }: { imageId: number; runId?: number; budget?: number; seed: number },
      { signal }: Call = {},
    ): Promise<Prediction> =>
      predictions.get(key(imageId, runId ?? '', budget ?? '', seed), async () => {
        const store = workspace.requireStore();
        const images = imagesOf(store, [imageId]);
        const { run, encoder, classes, size, ask } = subjectOf(store, runId);
        const map = run && store.map(run.id, imageId);
        const fraction = map && noiseFraction(gridOf(map), budget ?? DEFAULT_BUDGET[map.mask]);
        const noise = map && fraction ? { fraction, scale: map.scale } : null;
        const answer = await warm().ask({
          ...ask,
          ...{ signal, job: { images, size, seed, task: { type: 'predict', noise, samples: SAMPLES } } },
        });
        const { clean, noised, kept, similarity } = answer;
        return {
          ...{ encoder, kept, similarity, samples: SAMPLES },
          answers: clean && topFive(clean, noised, classes),
        };
      }),

    /** @throws as predict; ENCODER_UNSUPPORTED if the method does not work for the encoder */
    attribute: (
      { imageId, method, runId }: { imageId: number; method: AttributionMethod; runId?: number },
      { signal }: Call = {},
    ): Promise<Attribution> => {
      const { encoder, size, ask } = subjectOf(workspace.requireStore(), runId);
      return attributions.get(key(imageId, method, encoder.id, size), async () => {
        const images = imagesOf(workspace.requireStore(), [imageId]);
        const began = performance.now();
        const { width, height, values } = await warm().ask({
          ...ask,
          ...{ signal, job: { images, size, seed: SEED, task: { type: 'attribute', method } } },
        });
        return {
          ...{ encoder, width, height, milliseconds: performance.now() - began },
          values: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
        };
      });
    },

    /** @throws as predict; TOO_FEW_IMAGES before two images have maps of the run */
    curve: ({ runId }: { runId: number }, { signal }: Call = {}): Promise<BudgetCurve> =>
      curves.get(key(runId), async () => {
        const store = workspace.requireStore();
        const { size, ask } = subjectOf(store, runId);
        const ids = spread([...store.mappedImages(runId)], CURVE_IMAGES);
        if (ids.length < 2)
          throw new PenumbraError(
            'TOO_FEW_IMAGES',
            'The curve needs two images with maps of this run; let the maps be made first.',
          );
        const images = imagesOf(store, ids);
        const maps = images.map(({ id }) => store.map(runId, id)!);
        const { scale } = maps[0]!;
        const points: BudgetCurve['points'] = [];
        let hasHead = false;
        for (const budget of CURVE_BUDGETS) {
          const task = { type: 'curve' as const, logOdds: maps.map(gridOf), scale, budget };
          const answer = await warm().ask({
            ...ask,
            ...{ signal, job: { images, size, seed: SEED, task } },
          });
          hasHead = answer.hasHead;
          points.push({ budget, learned: mean(answer.learned), uniform: mean(answer.uniform) });
        }
        return { measure: hasHead ? 'answers' : 'cosine', images: ids.length, points };
      }),

    standing: ({ runId, imageId }: { runId: number; imageId: number }): Standing | null =>
      workspace.requireStore().standing(runId, imageId),
  };
};

function gridOf({ width, height, logOdds }: MapRow): Grid {
  return { width, height, values: logOdds };
}
