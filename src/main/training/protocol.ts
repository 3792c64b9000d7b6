/**
 * @file What main and the training worker say to each other. The worker owns the compute device and never the
 * database: it gets everything it needs in a job, and sends back what is to be kept.
 */
import type { ErrorCode } from '../../contract/errors';
import type { AttributionMethod } from '../../contract/explain';
import type { Grid, MaskKind, NoiseScale } from '../../contract/noiseMap';
import type {
  BudgetPoint,
  Confusion,
  DeviceName,
  Estimate,
  ExperimentName,
  MaskModelName,
  MetricPoint,
  ObjectiveName,
  PixelScaleName,
  ScoreName,
} from '../../contract/types';
import type { EngineReport } from '../engine/doctor';
import type { LabConfig, LabImage, LabReport } from '../lab/types';
import type { EncoderSpec, MaskModelSpec, MaskPartner, NamedArrays } from '../models/spec';
import type { Trial } from '../models/trial';
import type { OutputStride } from '../models/unet';
import type { Analysed } from '../reports/analyse';
import type { Box } from '../reports/types';

/** An image the worker decodes itself; `label` indexes the job's classes. */
export interface JobImage {
  id: number;
  /** Absolute path. */
  file: string;
  /** Of the content that was scanned; absent for images outside of the project. */
  hash?: string;
  label: number | null;
}

/** How noisy answers hold up: at clean and at noise 0.5, 1.0, 1.5 (docs/method.md 4). */
export interface NoiseRobustness {
  clean: number;
  at: Record<string, number>;
}

export interface EncoderJob {
  kind: 'encoder';
  /** `min-max` is Eq. 1: contrastive against a mask that learns to hide what matters. */
  encoder: 'classifier' | 'simclr' | 'min-max';
  images: JobImage[];
  classes: string[];
  config: {
    size: number;
    seed: number;
    batch: number;
    epochs: number;
    width: number;
    learningRate: number;
    /** sigma reached at the end of the noise ramp; 0 trains a plain encoder. */
    noise: number;
    heldOut: number;
  };
}

export interface CalibrationJob {
  kind: 'calibration';
  encoder: EncoderSpec;
  images: JobImage[];
  config: {
    size: number;
    seed: number;
    batch: number;
    steps: number;
    learningRate: number;
    sigmaMax: number;
  };
}

export interface MaskConfig {
  size: number;
  seed: number;
  batch: number;
  steps: number;
  learningRate: number;
  sigmaMin: number;
  sigmaMax: number;
  objective: ObjectiveName;
  temperature: number;
  /** Budgets are drawn uniformly from this range during training, so that one model serves them all. */
  budgetRange: [number, number];
  /** The mask model by name; absent: a U-Net of these channels. */
  model?: MaskModelName;
  channels: number[];
  /** Of a U-Net by channels: pixels of the image, in each direction, to one value of the map. */
  outputStride: OutputStride;
  /** lambda of the paper's soft penalty, which then takes the place of the budget. */
  softPenalty?: number;
  /** Trains a second mask with a randomised encoder, and warns if its maps are the same. */
  checkRandomisation?: boolean;
}

export interface MaskJob {
  kind: 'mask';
  mask: MaskKind;
  encoder: EncoderSpec;
  images: JobImage[];
  /** Ids of images whose maps are sent while training. */
  previews: JobImage[];
  config: MaskConfig;
  /** Trains the negative mask beside the positive one; what it does differently. */
  joint?: Pick<MaskConfig, 'budgetRange' | 'outputStride' | 'objective'>;
  /** The mask is there already, as the partner of another run's: nothing is left to train. */
  trained?: MaskPartner;
}

export interface MapsJob {
  kind: 'maps';
  mask: MaskKind;
  maskModel: MaskModelSpec;
  /** The encoder that it was trained with, if it reads it (models/maskModel). */
  encoder?: EncoderSpec;
  images: JobImage[];
  config: { batch: number };
}

/** An experiment of the lab; most look at no images. */
export interface LabJob {
  kind: 'lab';
  experiment: ExperimentName;
  config: LabConfig;
  images: LabImage[];
  classes: string[];
}

/** What this machine can compute on. */
export interface DoctorJob {
  kind: 'doctor';
  selfTest: boolean;
}

/** Reads a model from its files, or takes one that was read, checks it, and gives it back as an encoder. */
export interface ImportJob {
  kind: 'import';
  from: string | EncoderSpec;
  size?: number;
  scale?: PixelScaleName;
}

/** Learns the classes on the encoder's frozen features. */
export interface ProbeJob {
  kind: 'probe';
  encoder: EncoderSpec;
  /** All with a label; those held back are only measured on. */
  images: (JobImage & { held: boolean })[];
  classes: string[];
}

/** Times the program's own work, on images of noise. */
export interface BenchJob {
  kind: 'bench';
  config: { size: number; batch: number; steps: number };
}

/** Scores trained masks, and the methods they are compared with, on the same images. */
export interface ScoreJob {
  kind: 'score';
  encoder: EncoderSpec;
  masks: { mask: MaskKind; model: MaskModelSpec }[];
  /** `object` is the file of the object's mask, or the mask itself at the size of the job: 1 on the object. */
  images: (JobImage & { object: string | Uint8Array | null })[];
  config: {
    size: number;
    seed: number;
    /** Ids of masks and methods; none: all. */
    methods: string[];
    /** How many images are tested for faithfulness. */
    faithful: number;
  };
}

/** An image of a report; those without a label or a map only take part in the search for near-duplicates. */
export interface ReportImage extends JobImage {
  className: string | null;
  split: string | null;
  width: number;
  height: number;
  /** Log-odds of its maps. */
  positive: Grid | null;
  negative: Grid | null;
  /** The file of the object's mask, or the mask itself, [size, size]. */
  object: string | Uint8Array | null;
  /** Regions that a person marked as a cue, in pixels of the square. */
  cues: Box[];
}

/** What classes are recognised by (docs/report.md). */
export interface ReportJob {
  kind: 'report';
  encoder: EncoderSpec;
  images: ReportImage[];
  /** Labels index these. */
  classes: string[];
  scales: { positive: NoiseScale; negative: NoiseScale | null };
  config: {
    size: number;
    seed: number;
    perClass: number;
    split: string | null;
    /** The encoder's name, for sentences. */
    encoder: string;
    warnings: string[];
  };
}
/** A question about the image that is looked at. The worker keeps the encoder between such jobs. */
export interface ExplainJob {
  kind: 'explain';
  /** `spec` is null where this process has been told before. */
  encoder: { id: number; spec: EncoderSpec | null };
  images: JobImage[];
  size: number;
  seed: number;
  task:
    | { type: 'predict'; noise: { fraction: Grid; scale: NoiseScale } | null; samples: number }
    | { type: 'attribute'; method: AttributionMethod }
    /** Two images or more, with a map each. */
    | { type: 'curve'; logOdds: Grid[]; scale: NoiseScale; budget: number };
}

/** Probabilities by class are null where the encoder has no head. `learned` and `uniform` have one value an image. */
export type ExplainAnswer =
  | {
      type: 'predict';
      clean: number[] | null;
      noised: number[] | null;
      kept: number | null;
      similarity: number | null;
    }
  | { type: 'attribute'; width: number; height: number; values: Float32Array }
  | { type: 'curve'; hasHead: boolean; learned: number[]; uniform: number[] };

export type Job =
  | EncoderJob
  | CalibrationJob
  | MaskJob
  | MapsJob
  | LabJob
  | DoctorJob
  | ImportJob
  | ProbeJob
  | BenchJob
  | ScoreJob
  | ReportJob
  | ExplainJob;

export interface MethodScores {
  name: string;
  title: string;
  /** Those that could be measured, each over `images`. */
  scores: Partial<Record<ScoreName, Estimate & { images: number }>>;
  msPerImage: number;
}

export interface BenchResult {
  /** Of every step of a mask training after the first, which compiles. */
  stepMs: number[];
  /** Of the maps of one batch. */
  mapsMs: number[];
  /** How often each kernel that the engine lacks ran in plain JavaScript, in all of this. */
  fallbacks: Record<string, number>;
  /** Of the process, in MB: now, and at its highest. */
  residentMb: number;
  peakMb: number;
}

/** Everything needed to go on with a job as if it had not been broken off. */
export interface Checkpoint {
  step: number;
  arrays: NamedArrays;
  /** Small state beside the arrays (running averages, best value so far). */
  state: Record<string, unknown>;
}

export type JobResult =
  | {
      kind: 'encoder';
      encoder: EncoderSpec;
      accuracy: NoiseRobustness | null;
      confusion: Confusion | null;
      agreement: NoiseRobustness | null;
      warnings: string[];
    }
  | {
      kind: 'calibration';
      encoder: EncoderSpec;
      accuracy: NoiseRobustness | null;
      confusion: Confusion | null;
      agreement: NoiseRobustness | null;
      warnings: string[];
    }
  | { kind: 'mask'; model: MaskModelSpec; warnings: string[] }
  | { kind: 'lab'; report: LabReport }
  | { kind: 'doctor'; report: EngineReport }
  | ({ kind: 'import'; encoder: EncoderSpec } & Omit<Trial, 'embeddingSize'>)
  | {
      kind: 'probe';
      encoder: EncoderSpec;
      accuracy: NoiseRobustness;
      confusion: Confusion | null;
      warnings: string[];
    }
  | ({ kind: 'bench' } & BenchResult)
  | { kind: 'score'; methods: MethodScores[]; budgets: BudgetPoint[] }
  | ({ kind: 'report'; answers: 'head' | 'prototypes' } & Analysed)
  | { kind: 'explain'; answer: ExplainAnswer }
  | { kind: 'maps'; failed: { id: number; code: ErrorCode; message: string }[] };

export type ToWorker =
  | { type: 'start'; job: Job; device: DeviceName; checkpoint: Checkpoint | null }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'stop' };

export type FromWorker =
  | { type: 'engine'; name: string; device: DeviceName }
  | { type: 'progress'; step: number; steps: number }
  | { type: 'metric'; point: MetricPoint }
  | {
      type: 'preview';
      step: number;
      width: number;
      height: number;
      maps: { imageId: number; logOdds: Float32Array }[];
    }
  | { type: 'checkpoint'; checkpoint: Checkpoint }
  | { type: 'maps'; maps: { imageId: number; width: number; height: number; logOdds: Float32Array }[] }
  | { type: 'stopped' }
  | { type: 'done'; result: JobResult }
  | { type: 'error'; code: ErrorCode; message: string };

/** What a job's code sees of the world; the worker and the tests each give their own. */
export interface JobContext {
  /** RGB bytes [size, size, 3] of one image, decoded, oriented and stretched to a square; cached where it fits. */
  pixels(image: JobImage, size: number): Promise<Uint8Array>;
  send(message: FromWorker): void;
  /** Resolves at once, or after a pause; rejects with PenumbraError STOPPED after sending a checkpoint is possible. Called once a step. */
  breathe(): Promise<'go' | 'stop'>;
  checkpoint: Checkpoint | null;
}
