/** @file From a wish to train to the runs it takes: encoder, calibration, masks, maps. */
import { PenumbraError } from '../../contract/errors';
import type { Shard, StartTraining } from '../../contract/types';
import type { ProjectStore } from '../store/types';
import { type Dataset, datasetOf, defaultSplit, requireSplit, shardOf } from './dataset';
import { planOwnEncoder, planStoredEncoder } from './planEncoder';
import { planMasks } from './planMasks';
import { commonConfig, type MapsRunConfig } from './runConfig';
import type { PlannedRun } from './types';

/** Fewer cannot make a batch with a held-out image beside it. */
const LEAST_IMAGES = 8;
/** A map needs one pass forward of a small network: more images at once are no faster. */
const MAPS_BATCH = 32;

/**
 * The runs, in order, that are not in the project yet: an encoder and its calibration only where no matching one is
 * there, then a mask run a kind, then the maps of each mask.
 * @throws NO_IMAGES, TOO_FEW_IMAGES, ENCODER_UNKNOWN, INVALID_INPUT (unknown split, settings that contradict each other)
 */
export function planTraining(store: ProjectStore, wish: StartTraining): PlannedRun[] {
  const dataset = trainingSet(store, wish.split);
  const { runs, source } =
    wish.encoderId === undefined
      ? planOwnEncoder(store, wish, dataset)
      : planStoredEncoder(store, wish, dataset, wish.encoderId);

  const masks = planMasks(wish, dataset, source, runs.length);
  const maps = wish.renderMaps
    ? masks.map(({ mask }, i) =>
        planMaps(store, {
          mask: mask!,
          after: { planned: runs.length + i },
          encoderId: source.encoderId,
          device: wish.device,
        }),
      )
    : [];
  return [...runs, ...masks, ...maps];
}

/** Maps of every image of the project with a mask that is trained, or will be. */
export function planMaps(
  store: ProjectStore,
  of: Pick<PlannedRun, 'after' | 'encoderId'> & {
    mask: 'positive' | 'negative';
    device: StartTraining['device'];
    shard?: Shard;
  },
): PlannedRun {
  const dataset = datasetOf(store, null);
  const config: MapsRunConfig = {
    ...commonConfig(of, dataset),
    shard: of.shard,
    training: { batch: MAPS_BATCH },
  };
  return {
    kind: 'maps',
    mask: of.mask,
    title: `Maps of the ${of.mask} mask`,
    encoderId: of.encoderId,
    after: of.after,
    config: { ...config },
    steps: shardOf(dataset.images, of.shard).length,
  };
}

function trainingSet(store: ProjectStore, wanted: string | undefined): Dataset {
  if (store.counts().images === 0)
    throw new PenumbraError(
      'NO_IMAGES',
      'The folder holds no readable image to train on; open a folder with images.',
    );
  if (wanted !== undefined) requireSplit(store, wanted);
  const dataset = datasetOf(store, wanted ?? defaultSplit(store));
  if (dataset.images.length < LEAST_IMAGES)
    throw new PenumbraError(
      'TOO_FEW_IMAGES',
      `Training needs at least ${LEAST_IMAGES} images, and there are ${dataset.images.length}; add images to the folder.`,
    );
  return dataset;
}
