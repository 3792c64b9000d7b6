import { fallbackCounts } from '../../engine';
import { tf } from '../../engine/tf';
import { resnetEmbeddingSize } from '../../models/resnet';
import { resnetStatistics, resnetWeights, TrainingResnet } from '../../models/resnetTraining';
import type { EncoderSpec } from '../../models/spec';
import { Random } from '../../noise/random';
import { presetOf } from '../presets';
import type { BenchJob, JobContext, JobImage, JobResult } from '../protocol';
import { runMapsJob } from './maps';
import { runMaskJob } from './mask';

const SEED = 1;
const CLASSES = 5;
const MEGABYTE = 2 ** 20;
/** Maps are computed so often after the pass that compiles them. */
const MAP_ROUNDS = 4;

/**
 * A short mask training and the maps of one batch, with the standard recipe on images of noise: what a step costs does
 * not depend on what the images show.
 */
export async function runBenchJob({ config }: BenchJob): Promise<JobResult> {
  const { size, batch, steps } = config;
  const images: JobImage[] = Array.from({ length: batch }, (_, id) => ({ id, file: '', label: null }));
  const { encoder: recipe, mask, kinds } = presetOf('standard', 'classifier');
  const encoder = await untrained(recipe.width, size);
  const stepMs: number[] = [];
  const context: JobContext = {
    checkpoint: null,
    pixels: async ({ id }, side) => noisyPixels(id, side),
    send: (message) => {
      if (message.type === 'metric') stepMs.push(message.point.msPerStep);
    },
    breathe: async () => 'go',
  };
  const result = await runMaskJob(
    {
      ...{ kind: 'mask', mask: 'positive', encoder, images, previews: [] },
      config: { ...mask, ...kinds.positive, size, batch, steps, seed: SEED },
    },
    context,
  );
  if (result.kind !== 'mask') throw new Error(`a mask job answered with ${result.kind}`);
  const mapsMs: number[] = [];
  for (let round = 0; round <= MAP_ROUNDS; round++) {
    const began = performance.now();
    await runMapsJob(
      { kind: 'maps', mask: 'positive', maskModel: result.model, images, config: { batch } },
      context,
    );
    mapsMs.push(performance.now() - began);
  }
  return {
    ...{ kind: 'bench', stepMs: stepMs.slice(1), mapsMs: mapsMs.slice(1) },
    fallbacks: fallbackCounts(),
    residentMb: Math.round(process.memoryUsage.rss() / MEGABYTE),
    // In kilobytes on every system.
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

/** The folder's own kind of encoder as it begins. */
async function untrained(width: number, size: number): Promise<EncoderSpec> {
  const weights = resnetWeights(width, CLASSES, new Random(SEED, 0, 'bench encoder'));
  const training = new TrainingResnet(width, weights, resnetStatistics(width));
  const folded = await training.folded();
  tf.dispose([...training.parameters.variables, ...training.statistics.variables]);
  return {
    ...{ kind: 'classifier', inputSize: size, embeddingSize: resnetEmbeddingSize(width) },
    ...{ classes: Array.from({ length: CLASSES }, (_, i) => `${i}`), topology: { width } },
    ...{ normalisation: { mean: [127.5, 127.5, 127.5], std: 64 }, weights: folded },
  };
}

function noisyPixels(id: number, size: number): Uint8Array {
  const normals = new Random(SEED, id, 'bench image').normals(new Float32Array(size * size * 3), 64);
  return Uint8Array.from(normals, (value) => Math.min(255, Math.max(0, 127.5 + value)));
}
