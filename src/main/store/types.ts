/** @file Rows of the project file as the program sees them. Only this room knows SQL; everyone else sees these. */
import type { ErrorCode } from '../../contract/errors';
import type { Standing } from '../../contract/explain';
import type { MaskKind, NoiseScale } from '../../contract/noiseMap';
import type {
  EncoderKind,
  ImageItem,
  ImageQuery,
  LibraryFacets,
  MetricPoint,
  RunKind,
  RunStatus,
} from '../../contract/types';
import type { AnnotationStore } from './annotations/types';
import type { ExperimentStore } from './experiments';
import type { ReportsStore } from './reportTypes';

/** What a scan learns of one file. `path` is relative to the folder, with `/` between parts. */
export interface ScannedImage {
  path: string;
  className: string | null;
  split: string | null;
  width: number;
  height: number;
  bytes: number;
  modifiedMs: number;
  /** SHA-256 of the file, hex. */
  hash: string;
  /** Small WebP, longest side 256 px. */
  thumbnail: Uint8Array;
}

export interface UnreadableImage {
  path: string;
  code: ErrorCode;
  message: string;
}

export interface ImageRow {
  id: number;
  path: string;
  className: string | null;
  split: string | null;
  width: number;
  height: number;
  hash: string;
}

export interface NewEncoder {
  name: string;
  kind: EncoderKind;
  noiseReady: boolean;
  calibratedFrom: number | null;
  /** What it was made with (preset, seed, split, size, hash of the data), to find a matching one again. */
  fingerprint: string;
  /** Shown on the card; JSON. */
  card: Record<string, unknown>;
  /** The serialised EncoderSpec. */
  spec: Uint8Array;
}
export interface EncoderRow extends Omit<NewEncoder, 'spec'> {
  id: number;
  createdAt: string;
}

export interface NewRun {
  kind: RunKind;
  mask: MaskKind | null;
  title: string;
  encoderId: number | null;
  /** The run whose result this one needs first. */
  after: number | null;
  config: Record<string, unknown>;
  steps: number;
}
export interface RunRow extends NewRun {
  id: number;
  status: RunStatus;
  step: number;
  engine: string | null;
  warnings: string[];
  error: { code: ErrorCode; message: string } | null;
  createdAt: string;
  /** Among the runs that can start, the least is first. */
  place: number;
  startedAt: string | null;
  finishedAt: string | null;
}
export type RunPatch = Partial<
  Pick<
    RunRow,
    | 'status'
    | 'step'
    | 'steps'
    | 'engine'
    | 'warnings'
    | 'error'
    | 'encoderId'
    | 'startedAt'
    | 'finishedAt'
    | 'config'
    | 'title'
    | 'place'
  >
>;

/** A map as it is kept: log-odds as float16 at map resolution, deflated; see contract/noiseMap. */
export interface NewMap {
  runId: number;
  imageId: number;
  width: number;
  height: number;
  logOdds: Float32Array;
  /** Entropies at the kind's default budget (table `entropies`): mean bits per pixel, and total over the image's pixels. */
  meanBits: number;
  totalBits: number;
}
export interface MapRow extends NewMap {
  mask: MaskKind;
  scale: NoiseScale;
  /** See contract/spread; null until it is measured. */
  spread: number | null;
}
export interface MapSpread {
  runId: number;
  imageId: number;
  spread: number;
}

/** What came of a shard's maps. */
export interface MergeResult {
  added: number;
  /** Maps that were here already. */
  known: number;
  /** Maps of other masks or other images, which stay out. */
  foreign: number;
}

/** An open project file. Every write is durable when the call returns. */
export interface ProjectStore extends AnnotationStore, ReportsStore, ExperimentStore {
  readonly file: string;
  /** The image folder, absolute. */
  readonly folder: string;
  close(): void;

  /** Adds or renews what a scan found, in one transaction; ids of known paths are kept. */
  putImages(images: ScannedImage[]): void;
  /** Replaces the list of files that could not be read. */
  putUnreadable(files: UnreadableImage[]): void;
  /**
   * Forgets images whose path is not in the list (files that went away). Their annotations wait for a file with that
   * path or content.
   */
  keepOnly(paths: ReadonlySet<string>): void;
  /** The next scan reads the file again, even if its size and time are as before. */
  doubtImage(id: number): void;
  /** What is known of every path, to skip files that have not changed. */
  knownFiles(): Map<string, { bytes: number; modifiedMs: number }>;
  counts(): {
    images: number;
    unreadable: number;
    classes: { id: number; name: string; images: number }[];
    splits: { name: string; images: number }[];
  };
  listImages(query: ImageQuery): { total: number; images: ImageItem[] };
  /** Ids of one page of a view, in its order. */
  imageIds(query: ImageQuery): number[];
  facets(): LibraryFacets;
  /** Images that have a map whose spread, or two maps whose disagreement is not known yet. */
  unmeasuredImages(limit: number): number[];
  putSpreads(measured: MapSpread[]): void;
  putDisagreements(measured: { imageId: number; disagreement: number }[]): void;
  /** Of the newest report; images that are not in it lose theirs. */
  putSuspicions(found: { imageId: number; suspicion: number }[]): void;
  /** Images whose map could not be made, and why; a map that comes takes the warning away. */
  putMapWarnings(failed: { imageId: number; message: string }[]): void;
  /** Every readable image, in path order, optionally of one split or by ids. */
  images(filter?: { split?: string; ids?: number[] }): ImageRow[];
  image(id: number): ImageRow | null;
  thumbnail(id: number): Uint8Array | null;
  unreadable(): UnreadableImage[];

  addEncoder(encoder: NewEncoder): number;
  encoders(): EncoderRow[];
  encoder(id: number): EncoderRow | null;
  encoderSpec(id: number): Uint8Array | null;

  addRun(run: NewRun): number;
  updateRun(id: number, patch: RunPatch): void;
  runs(): RunRow[];
  run(id: number): RunRow | null;
  putCheckpoint(runId: number, step: number, data: Uint8Array): void;
  checkpoint(runId: number): Uint8Array | null;
  /** Ends a run: stores its result (a serialised model) and drops its checkpoint, in one transaction. */
  finishRun(runId: number, result: Uint8Array | null, patch: RunPatch): void;
  /** Forgets runs with their maps and curves; what needed one of them goes on without. Images show what older runs left. */
  removeRuns(ids: number[]): void;
  runResult(runId: number): Uint8Array | null;
  addMetrics(runId: number, points: MetricPoint[]): void;
  metrics(runId: number): MetricPoint[];
  /** The newest finished mask run of a kind. */
  latestMaskRun(mask: MaskKind): RunRow | null;

  putMaps(maps: NewMap[], scale: NoiseScale): void;
  /** The maps of one image, newest run of each kind first. */
  mapsOfImage(imageId: number): MapRow[];
  map(runId: number, imageId: number): MapRow | null;
  /** Ids of images that have a map of this run. */
  mappedImages(runId: number): Set<number>;
  /** Where an image stands among the run's by the spread of its map; null until that is measured. */
  standing(runId: number, imageId: number): Standing | null;

  /** Adds the maps of a copy of this project that rendered a part of it, in one transaction. */
  mergeMaps(file: string): MergeResult;

  settings(): Record<string, unknown>;
  setSetting(key: string, value: unknown): void;
}
