/** @file What a run's `config` holds: everything needed to do the run again, as JSON in the project. */
import type { DeviceName, PresetName, Shard } from '../../contract/types';
import type { RunRow } from '../store/types';
import type { Dataset } from './dataset';
import type { CalibrationJob, EncoderJob, MapsJob, MaskConfig, MaskJob } from './protocol';
import { versions } from './versions';

interface Common {
  device: DeviceName;
  /** The split trained on; null = all images. */
  split: string | null;
  /** How many images of the folder that is, and the hash over their paths and contents. */
  images: number;
  dataHash: string;
  versions: Record<string, string>;
}

interface Trained extends Common {
  preset: PresetName;
  seed: number;
}

export interface EncoderRunConfig extends Trained {
  encoder: EncoderJob['encoder'];
  name: string;
  classes: string[];
  fingerprint: string;
  training: EncoderJob['config'];
}

export interface CalibrationRunConfig extends Trained {
  sourceEncoderId: number;
  fingerprint: string;
  training: CalibrationJob['config'];
}

export interface MaskRunConfig extends Trained {
  training: MaskConfig;
  /** This run trains the negative mask too; what that does differently. */
  joint?: MaskJob['joint'];
  /** Images whose maps are shown meanwhile; absent: some that are spread over the data. */
  previews?: number[];
  /** The mask comes from the run named by `after`, which trains both. */
  partner?: boolean;
}

/** The mask model is the result of the run named by `after`; the maps are kept under that run. */
export interface MapsRunConfig extends Common {
  /** Only every `of`-th image in path order, from the `index`-th (from 1): the others are rendered elsewhere. */
  shard?: Shard;
  training: MapsJob['config'];
}

export interface RunConfigs {
  encoder: EncoderRunConfig;
  calibration: CalibrationRunConfig;
  mask: MaskRunConfig;
  maps: MapsRunConfig;
}

export function commonConfig(wish: { device: DeviceName }, dataset: Dataset): Common {
  return {
    device: wish.device,
    split: dataset.split,
    images: dataset.images.length,
    dataHash: dataset.hash,
    versions: versions(),
  };
}

/** The config of a stored run; it was written by `plan` for exactly this kind. */
export function configOf<K extends keyof RunConfigs>(row: RunRow, kind: K): RunConfigs[K] {
  if (row.kind !== kind) throw new Error(`run ${row.id} is of kind ${row.kind}, not ${kind}`);
  return row.config as unknown as RunConfigs[K];
}
