/** Runs jobs on real folders in this process, and scores their maps. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type MaskKind, resample } from '../../src/contract/noiseMap';
import type { DeviceName, PresetName } from '../../src/contract/types';
import { startEngine } from '../../src/main/engine';
import { decodeSquare } from '../../src/main/library/decode';
import { writeDemo } from '../../src/main/library/demo';
import { hasCoarseMaps } from '../../src/main/models/coarseMaps';
import type { EncoderSpec, MaskModelSpec } from '../../src/main/models/spec';
import { mean } from '../../src/main/noise/statistics';
import { type ObjectScores, objectScores } from '../../src/main/saliency/scores/object';
import { runCalibrationJob } from '../../src/main/training/jobs/calibration';
import { runEncoderJob } from '../../src/main/training/jobs/encoder';
import { runMapsJob } from '../../src/main/training/jobs/maps';
import { runMaskJob } from '../../src/main/training/jobs/mask';
import { presetOf } from '../../src/main/training/presets';
import type {
  FromWorker,
  JobContext,
  JobImage,
  MaskConfig,
  NoiseRobustness,
} from '../../src/main/training/protocol';

/** Set PENUMBRA_DEVICE to run on another engine than the one chosen by itself. */
export async function startSlowEngine(): Promise<void> {
  const { name } = await startEngine((process.env.PENUMBRA_DEVICE ?? 'auto') as DeviceName);
  report('engine', name);
}

export function report(what: string, value: unknown): void {
  process.stdout.write(`${what}: ${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
}

/** The sample folder, drawn once and kept among the machine's temporary files. */
export async function demoFolder(images: number, size: number): Promise<string> {
  const directory = join(tmpdir(), `penumbra-slow-demo-${images}-${size}`);
  await writeDemo(directory, { images, size, seed: 1 });
  return directory;
}

export interface Folder {
  classes: string[];
  images: JobImage[];
}

/** Images in class sub-folders; ids count from `firstId`. */
export function imagesIn(directory: string, firstId = 1): Folder {
  const classes = readdirSync(directory).sort();
  const files = classes.flatMap((name, label) =>
    readdirSync(join(directory, name))
      .sort()
      .map((file) => ({ file: join(directory, name, file), label })),
  );
  return { classes, images: files.map((image, i) => ({ id: firstId + i, ...image })) };
}

export interface SlowContext extends JobContext {
  sent: FromWorker[];
}

const decoded = new Map<string, Promise<Uint8Array>>();

export function slowContext(): SlowContext {
  const sent: FromWorker[] = [];
  return {
    sent,
    checkpoint: null,
    pixels: ({ file }, size) => {
      const key = `${size} ${file}`;
      const known = decoded.get(key) ?? decodeSquare(file, size);
      decoded.set(key, known);
      return known;
    },
    send: (message) => {
      if (message.type !== 'checkpoint' && message.type !== 'preview') sent.push(message);
    },
    breathe: async () => 'go',
  };
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  report(`${what}, seconds`, Math.round((performance.now() - began) / 1000).toString());
  return result;
}

interface Setting {
  preset: PresetName;
  size: number;
  seed: number;
}

export async function trainEncoder(
  { classes, images }: Folder,
  { preset, size, seed }: Setting,
  noise?: number,
): Promise<{ encoder: EncoderSpec; accuracy: NoiseRobustness }> {
  const { encoder: recipe } = presetOf(preset, 'classifier');
  const config = { ...recipe, size, seed, noise: noise ?? recipe.noise };
  const result = await timed('encoder', () =>
    runEncoderJob({ kind: 'encoder', encoder: 'classifier', images, classes, config }, slowContext()),
  );
  if (result.kind !== 'encoder' || !result.accuracy) throw new Error('no classifier came back');
  report('accuracy', result.accuracy);
  return { encoder: result.encoder, accuracy: result.accuracy };
}

export async function calibrate(
  encoder: EncoderSpec,
  images: JobImage[],
  { preset, size, seed }: Setting,
): Promise<{ encoder: EncoderSpec; accuracy: NoiseRobustness | null; agreement: NoiseRobustness }> {
  const config = { ...presetOf(preset, encoder.kind).calibration, size, seed };
  const result = await timed('calibration', () =>
    runCalibrationJob({ kind: 'calibration', encoder, images, config }, slowContext()),
  );
  if (result.kind !== 'calibration' || !result.agreement) throw new Error('no calibrated copy came back');
  report('calibrated', { accuracy: result.accuracy, agreement: result.agreement });
  return { encoder: result.encoder, accuracy: result.accuracy, agreement: result.agreement };
}

export async function trainMask(
  mask: MaskKind,
  encoder: EncoderSpec,
  images: JobImage[],
  { preset, size, seed }: Setting,
  overrides: Partial<MaskConfig> = {},
): Promise<{ model: MaskModelSpec; warnings: string[] }> {
  const { mask: recipe, kinds } = presetOf(preset, encoder.kind, hasCoarseMaps(encoder));
  const config = { ...recipe, ...kinds[mask], size, seed, ...overrides };
  const result = await timed(`${mask} mask`, () =>
    runMaskJob({ kind: 'mask', mask, encoder, images, previews: [], config }, slowContext()),
  );
  if (result.kind !== 'mask') throw new Error('no mask came back');
  report('warnings', result.warnings);
  return result;
}

export interface DrawnMap {
  image: JobImage;
  /** [size, size], larger = more important: a positive mask's map is turned round. */
  saliency: Float32Array;
}

/** @param encoder of a mask that reads it */
export async function mapsOf(
  mask: MaskKind,
  maskModel: MaskModelSpec,
  images: JobImage[],
  encoder?: EncoderSpec,
): Promise<DrawnMap[]> {
  const context = slowContext();
  await timed(`maps of ${images.length} images`, () =>
    runMapsJob({ kind: 'maps', mask, maskModel, encoder, images, config: { batch: 32 } }, context),
  );
  const byId = new Map(images.map((image) => [image.id, image]));
  const { size } = maskModel;
  return context.sent
    .flatMap((message) => (message.type === 'maps' ? message.maps : []))
    .map(({ imageId, width, height, logOdds }) => ({
      image: byId.get(imageId)!,
      saliency: resample({ width, height, values: logOdds }, size, size).values.map((a) =>
        mask === 'positive' ? -a : a,
      ),
    }));
}

/** The scores that the order of a map's values decides; log-odds have no mass. */
export type Found = Pick<ObjectScores, 'auroc' | 'iou' | 'pointing'>;

/** Scores against the object masks that lie beside a demo folder: `masks/` has the same tree. */
export async function scoreDemo(demo: string, size: number, maps: DrawnMap[]): Promise<Found> {
  const scores = await Promise.all(
    maps.map(async ({ image, saliency }) => {
      const file = join(demo, 'masks', image.file.slice(demo.length + 1));
      const values = await sharp(file)
        .resize(size, size, { kernel: 'nearest' })
        .extractChannel(0)
        .raw()
        .toBuffer();
      return objectScores(
        saliency,
        values.map((value) => Number(value > 127)),
        size,
      );
    }),
  );
  const meanOf = (of: (score: ObjectScores) => number) => mean(scores.map(of));
  return {
    auroc: meanOf((s) => s.auroc),
    iou: meanOf((s) => s.iou),
    pointing: meanOf((s) => s.pointing),
  };
}
