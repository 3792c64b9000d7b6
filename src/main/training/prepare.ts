/** @file From a stored run to the job sent to the worker. */
import { PenumbraError } from '../../contract/errors';
import type { DeviceName } from '../../contract/types';
import { deserialise } from '../models/serialise';
import { type EncoderSpec, type MaskModelSpec, type MaskPartner, readsEncoder } from '../models/spec';
import type { ProjectStore, RunRow } from '../store/types';
import { type Dataset, datasetOf, jobImages, shardOf, spread } from './dataset';
import { gateWarning } from './gate';
import type { Checkpoint, EncoderJob, Job, JobImage, MapsJob, NoiseRobustness } from './protocol';
import { configOf } from './runConfig';

export interface PreparedJob {
  job: Job;
  device: DeviceName;
  checkpoint: Checkpoint | null;
  /** The encoder the run works with, where it is known before it starts. */
  encoderId: number | null;
  /** How many images of a maps run have their map already. */
  mapped: number;
  warnings: string[];
}

const PREVIEWS = 8;

/**
 * @throws ENCODER_UNKNOWN, NO_TRAINED_MASK if what the run builds on is gone; TOO_FEW_IMAGES, NO_IMAGES if the images
 * are
 */
export function prepareJob(store: ProjectStore, row: RunRow): PreparedJob {
  const config = row.config as { device: DeviceName; split: string | null; dataHash: string };
  const dataset = datasetOf(store, config.split);
  if (dataset.images.length === 0)
    throw new PenumbraError('NO_IMAGES', 'The images of this run are no longer in the folder.');
  const stored = row.kind === 'maps' ? null : store.checkpoint(row.id);
  const warnings =
    stored && dataset.hash !== config.dataHash
      ? ['The images of the folder changed between the beginning and the end of this run.']
      : [];
  return {
    mapped: 0,
    checkpoint: stored ? deserialise<Checkpoint>(stored) : null,
    device: config.device,
    ...buildJob(store, row, dataset, warnings),
  };
}

function buildJob(
  store: ProjectStore,
  row: RunRow,
  dataset: Dataset,
  warnings: string[],
): Pick<PreparedJob, 'job' | 'encoderId' | 'warnings'> & { mapped?: number } {
  switch (row.kind) {
    case 'encoder':
      return { job: encoderJob(store, row, dataset), encoderId: null, warnings };
    case 'calibration': {
      const { sourceEncoderId, training } = configOf(row, 'calibration');
      const { id, spec } = encoderFor(store, row, sourceEncoderId);
      const images = jobImages(store, dataset.images, spec.classes);
      return {
        job: { kind: 'calibration', encoder: spec, images, config: training },
        encoderId: id,
        warnings,
      };
    }
    case 'mask': {
      const { id, spec, gate } = encoderFor(store, row, row.encoderId);
      const images = jobImages(store, dataset.images, spec.classes);
      const { training, joint, partner, previews: chosen } = configOf(row, 'mask');
      const trained = partner ? partnerOf(store, row) : undefined;
      return {
        job: {
          kind: 'mask',
          mask: row.mask!,
          encoder: spec,
          images,
          previews: previewsOf(store, images, chosen),
          config: training,
          joint,
          trained,
        },
        encoderId: id,
        warnings: gate ? [gate, ...warnings] : warnings,
      };
    }
    case 'maps': {
      const job = mapsJob(store, row, dataset);
      const encoderId = store.run(row.after!)?.encoderId ?? null;
      const wanted = shardOf(dataset.images, configOf(row, 'maps').shard).length;
      return { job, encoderId, mapped: wanted - job.images.length, warnings };
    }
  }
}

/** The chosen images that are still there, of whatever split; else some of those that are trained on. */
function previewsOf(store: ProjectStore, images: JobImage[], chosen: number[] | undefined): JobImage[] {
  const found = chosen ? jobImages(store, store.images({ ids: chosen }), null) : [];
  return found.length > 0 ? found : spread(images, PREVIEWS);
}

function encoderJob(store: ProjectStore, row: RunRow, dataset: Dataset): EncoderJob {
  const { encoder, classes, training } = configOf(row, 'encoder');
  const all = jobImages(store, dataset.images, classes);
  // A classifier learns from labelled images only; SimCLR looks at no label.
  const images = encoder === 'classifier' ? all.filter(({ label }) => label !== null) : all;
  return { kind: 'encoder', encoder, images, classes, config: training };
}

/** The encoder of a run: named by the run, or made by the run it waited for. */
function encoderFor(
  store: ProjectStore,
  row: RunRow,
  named: number | null,
): { id: number; spec: EncoderSpec; gate: string | null } {
  const id = named ?? (row.after === null ? null : (store.run(row.after)?.encoderId ?? null));
  const encoder = id === null ? null : store.encoder(id);
  const spec = id === null ? null : store.encoderSpec(id);
  if (id === null || !encoder || !spec)
    throw new PenumbraError(
      'ENCODER_UNKNOWN',
      `The encoder of "${row.title}" is not in the project; start the training again.`,
    );
  const card = encoder.card as { accuracy: NoiseRobustness | null; agreement: NoiseRobustness | null };
  return {
    id,
    spec: deserialise<EncoderSpec>(spec),
    gate: gateWarning({ noiseReady: encoder.noiseReady, ...card }),
  };
}

/** The second mask of the run that trained both. @throws NO_TRAINED_MASK */
function partnerOf(store: ProjectStore, row: RunRow): MaskPartner {
  const result = store.runResult(row.after!);
  const partner = result && deserialise<MaskModelSpec>(result).partner;
  if (!partner)
    throw new PenumbraError(
      'NO_TRAINED_MASK',
      `"${row.title}" has no finished run to take its mask from; start the training again.`,
    );
  return partner;
}

/** Only images without a map of this mask: that is how a maps run is resumed. */
function mapsJob(store: ProjectStore, row: RunRow, dataset: Dataset): MapsJob {
  const trained = trainedMask(store, row.after!);
  const mapped = store.mappedImages(row.after!);
  const config = configOf(row, 'maps');
  const images = shardOf(dataset.images, config.shard).filter(({ id }) => !mapped.has(id));
  return {
    kind: 'maps',
    ...trained,
    images: jobImages(store, images, null),
    config: config.training,
  };
}

/**
 * The mask of a run, and its encoder if it reads that.
 * @throws NO_TRAINED_MASK if the run is not a mask run that is done
 */
export function trainedMask(
  store: ProjectStore,
  runId: number,
): Pick<MapsJob, 'mask' | 'maskModel' | 'encoder'> {
  const run = store.run(runId);
  const result = store.runResult(runId);
  if (run?.kind !== 'mask' || !run.mask || !result)
    throw new PenumbraError(
      'NO_TRAINED_MASK',
      `Run ${runId} is not a finished mask run; train a mask first, or name the run of one.`,
    );
  const { partner: _partner, ...maskModel } = deserialise<MaskModelSpec>(result);
  const read = readsEncoder(maskModel) ? { encoder: encoderFor(store, run, run.encoderId).spec } : {};
  return { mask: run.mask, maskModel, ...read };
}
