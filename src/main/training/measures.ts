/** @file What is measured of maps once they are there: how far each is spread, and how far two of an image disagree. */
import { type Grid, resample } from '../../contract/noiseMap';
import { mapSpread } from '../../contract/spread';
import { rankCorrelation } from '../saliency/scores/rankCorrelation';
import type { MapRow, ProjectStore } from '../store/types';

/**
 * 1 - Spearman's rank correlation of importance: 0 where the positive and the negative mask order the pixels alike, 1 where
 * they have nothing to do with one another, 2 where one is the other turned round. Noise at a pixel says "not needed" in a
 * positive map and "it hurts here" in a negative one, so the positive one is turned round. Ranks do not change with the
 * budget, which only shifts log-odds.
 * @param positive,negative log-odds; the coarser map is resampled to the finer one
 */
export function disagreementOf(positive: Grid, negative: Grid): number {
  const width = Math.max(positive.width, negative.width);
  const height = Math.max(positive.height, negative.height);
  const [a, b] = [positive, negative].map((grid) =>
    grid.width === width && grid.height === height ? grid : resample(grid, width, height),
  );
  return (
    1 -
    rankCorrelation(
      a!.values.map((value) => -value),
      b!.values,
    )
  );
}

const gridOf = ({ width, height, logOdds }: MapRow): Grid => ({ width, height, values: logOdds });

/** Measures images whose maps have changed; those without one of the maps have no disagreement. */
export function measureImages(store: ProjectStore, imageIds: number[]): void {
  const measured = imageIds.map((imageId) => ({ imageId, maps: store.mapsOfImage(imageId) }));
  store.putSpreads(
    measured.flatMap(({ imageId, maps }) =>
      maps
        .filter(({ spread }) => spread === null)
        .map((map) => ({ runId: map.runId, imageId, spread: mapSpread(gridOf(map), map.mask, map.scale) })),
    ),
  );
  store.putDisagreements(
    measured.flatMap(({ imageId, maps }) => {
      const [positive, negative] = (['positive', 'negative'] as const).map((mask) =>
        maps.find((one) => one.mask === mask),
      );
      return positive && negative
        ? [{ imageId, disagreement: disagreementOf(gridOf(positive), gridOf(negative)) }]
        : [];
    }),
  );
}

/** So many images are measured before others have their turn. */
const AT_ONCE = 50;

/** Measures what has maps and no number yet: a project from before, or one that lost its newest run. */
export async function measureMissing(store: ProjectStore, signal?: AbortSignal): Promise<boolean> {
  let measured = false;
  while (!signal?.aborted) {
    const imageIds = store.unmeasuredImages(AT_ONCE);
    if (imageIds.length === 0) break;
    measureImages(store, imageIds);
    measured = true;
    await new Promise(setImmediate);
  }
  return measured;
}
