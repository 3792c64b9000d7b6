/** Jobs on drawn images, without files: a bright disc or square somewhere on a dark, slightly noisy ground. */
import { expect } from 'vitest';
import { Random } from '../../../src/main/noise/random';
import type {
  CalibrationJob,
  Checkpoint,
  EncoderJob,
  FromWorker,
  JobContext,
  JobImage,
  MaskJob,
} from '../../../src/main/training/protocol';

export const SIZE = 16;

export function imagesOf(count: number): JobImage[] {
  return Array.from({ length: count }, (_, i) => ({ id: i + 1, file: `image ${i}`, label: i % 2 }));
}

export function pixelsOf({ id, label }: JobImage, size: number): Uint8Array {
  const random = new Random(99, id, 'image');
  const [x, y] = [random.uniform(0.3, 0.7) * size, random.uniform(0.3, 0.7) * size];
  const pixels = new Uint8Array(size * size * 3);
  for (let i = 0; i < size * size; i++) {
    const [dx, dy] = [Math.abs((i % size) - x), Math.abs(Math.floor(i / size) - y)];
    const inside = label === 0 ? Math.hypot(dx, dy) < 4 : Math.max(dx, dy) < 3 && dx > 1;
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = (inside ? 180 - 40 * c : 60) + random.uniform(0, 20);
  }
  return pixels;
}

export interface TestContext extends JobContext {
  sent: FromWorker[];
  losses(): number[];
  lastCheckpoint(): Checkpoint;
}

/** @param stopAfter steps after which the job is asked to stop */
export function contextOf({
  checkpoint = null,
  stopAfter = Number.POSITIVE_INFINITY,
}: {
  checkpoint?: Checkpoint | null;
  stopAfter?: number;
} = {}): TestContext {
  const sent: FromWorker[] = [];
  const metrics = () => sent.flatMap((message) => (message.type === 'metric' ? [message.point] : []));
  return {
    sent,
    checkpoint,
    pixels: async (image, size) => pixelsOf(image, size),
    send: (message) => {
      sent.push(message);
    },
    breathe: async () => (metrics().length >= stopAfter ? 'stop' : 'go'),
    losses: () => metrics().map(({ loss }) => loss),
    lastCheckpoint: () => {
      const found = sent.findLast((message) => message.type === 'checkpoint');
      expect(found).toBeDefined();
      return structuredClone((found as { checkpoint: Checkpoint }).checkpoint);
    },
  };
}

export function encoderJob(
  config: Partial<EncoderJob['config']> = {},
  encoder: EncoderJob['encoder'] = 'classifier',
): EncoderJob {
  return {
    ...{ kind: 'encoder', encoder, images: imagesOf(24), classes: ['disc', 'stripe'] },
    config: {
      ...{ size: SIZE, seed: 3, batch: 8, epochs: 2, width: 4, learningRate: 3e-3, noise: 1.2, heldOut: 0.2 },
      ...config,
    },
  };
}

export function calibrationJob(encoder: CalibrationJob['encoder'], steps: number): CalibrationJob {
  return {
    ...{ kind: 'calibration', encoder, images: imagesOf(24) },
    config: { size: SIZE, seed: 3, batch: 8, steps, learningRate: 1e-3, sigmaMax: 1.5 },
  };
}

export function maskJob(
  encoder: MaskJob['encoder'],
  mask: MaskJob['mask'],
  config: Partial<MaskJob['config']> = {},
): MaskJob {
  const images = imagesOf(24);
  return {
    ...{ kind: 'mask', mask, encoder, images, previews: images.slice(0, 2) },
    config: {
      ...{ size: SIZE, seed: 3, batch: 4, steps: 5, learningRate: 3e-3, sigmaMin: 0.02, sigmaMax: 1.5 },
      ...{ temperature: 0.2, channels: [4, 8, 8, 12], outputStride: 4 },
      ...(mask === 'positive'
        ? { budgetRange: [0.5, 0.95], objective: 'relational' }
        : { budgetRange: [0.1, 0.4], objective: 'nt-xent' }),
      ...config,
    },
  };
}
