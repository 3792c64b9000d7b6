import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import type { MaskModel } from '../../models/maskModel';
import type { Encoder } from '../../models/types';
import { collapseWarnings, ignoredInputWarning } from '../../noise/collapse';
import { cosineDistance } from '../../noise/objectives';
import { Random } from '../../noise/random';
import { noisyView, standardNormals } from '../../noise/sampling';
import type { JobContext, MaskJob } from '../protocol';
import { loadBatch } from './batches';
import { mapsOf } from './previews';

/** Images looked at, spread over the folder. */
const LOOKED_AT = 24;

/** What is wrong with a trained mask, in sentences for people (the failures of docs/method.md 5). */
export async function maskWarnings(
  job: MaskJob,
  context: JobContext,
  model: MaskModel,
  encoder: Encoder,
): Promise<string[]> {
  const { size, sigmaMax, seed } = job.config;
  const count = Math.min(LOOKED_AT, job.images.length);
  const images = Array.from(
    { length: count },
    (_, i) => job.images[Math.floor((i * job.images.length) / count)]!,
  );
  const maps = await mapsOf(context, images, model, size, encoder.normalisation);
  const picks = images.map((image) => ({ image, flipped: false }));
  const x = await loadBatch(context, picks, size, encoder.normalisation);
  const distance = tf.tidy(() => {
    const full = tf.fill([count, 1, 1, 1], sigmaMax) as Tensor4D;
    const eps = standardNormals(x.shape, new Random(seed, 0, 'health'));
    return cosineDistance(encoder.embed(x), encoder.embed(noisyView(x, full, eps)));
  });
  const [moved] = await distance.data();
  tf.dispose([x, distance]);
  const grids = maps.map(({ width, height, logOdds }) => ({ width, height, values: logOdds }));
  return [...collapseWarnings(job.mask, grids), ...ignoredInputWarning(moved!)];
}
