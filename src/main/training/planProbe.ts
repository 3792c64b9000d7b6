/** @file Which images a linear probe learns from, and on which it is measured. */
import { PenumbraError } from '../../contract/errors';
import type { ProjectStore } from '../store/types';
import {
  classesOf,
  type Dataset,
  datasetOf,
  defaultSplit,
  heldOutSplit,
  jobImages,
  LEAST_OF_CLASS,
  requireSplit,
} from './dataset';
import { holdOut } from './jobs/split';
import { fingerprintOf } from './planEncoder';
import type { ProbeJob } from './protocol';

export interface ProbeWish {
  split?: string;
  testSplit?: string;
  seed: number;
}

interface ProbePlan extends Pick<ProbeJob, 'images' | 'classes'> {
  fingerprint: string;
}

/** Share of the images that is held out where no split is there for it. */
const HELD_OUT = 0.25;

/** @throws TOO_FEW_IMAGES without two classes; INVALID_INPUT for an unknown split */
export function planProbe(store: ProjectStore, wish: ProbeWish, encoder: string): ProbePlan {
  const { split, testSplit, seed } = wish;
  for (const name of [split, testSplit]) if (name !== undefined) requireSplit(store, name);
  const train = datasetOf(store, split ?? defaultSplit(store));
  const classes = classesOf(train.images, LEAST_OF_CLASS);
  if (classes.length < 2)
    throw new PenumbraError(
      'TOO_FEW_IMAGES',
      `A linear probe needs two classes (sub-folders) of at least ${LEAST_OF_CLASS} images each; sort the images into class folders.`,
    );
  const labelled = ({ images }: Dataset) =>
    jobImages(store, images, classes).filter(({ label }) => label !== null);
  const other = testSplit ?? (train.split === null ? null : heldOutSplit(store));
  const test = other === null || other === train.split ? null : datasetOf(store, other);
  const held = test ? labelled(test) : holdOut(labelled(train), HELD_OUT, seed).held;
  const heldIds = new Set(held.map(({ id }) => id));
  return {
    images: [
      ...labelled(train).flatMap((image) => (heldIds.has(image.id) ? [] : { ...image, held: false })),
      ...held.map((image) => ({ ...image, held: true })),
    ],
    classes,
    fingerprint: fingerprintOf({
      ...{ probed: encoder, classes, seed },
      ...{ train: train.hash, test: test?.hash ?? null },
    }),
  };
}
