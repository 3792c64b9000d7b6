import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import type { MaskModel } from '../../models/maskModel';
import type { Normalisation } from '../../models/spec';
import type { JobContext, JobImage, MaskJob } from '../protocol';
import { loadBatch } from './batches';

/** A map as it travels: log-odds a, row by row. */
export interface MapOfImage {
  imageId: number;
  width: number;
  height: number;
  logOdds: Float32Array;
}

/** The maps of some images, as they are, not mirrored. @param logOddsOf what a mask model draws */
export async function mapsOf(
  context: JobContext,
  images: JobImage[],
  logOddsOf: (x: Tensor4D) => Tensor4D,
  size: number,
  normalisation: Normalisation,
): Promise<MapOfImage[]> {
  const picks = images.map((image) => ({ image, flipped: false }));
  const x = await loadBatch(context, picks, size, normalisation);
  const logOdds = logOddsOf(x);
  const [, height, width] = logOdds.shape;
  const values = await logOdds.data<'float32'>();
  tf.dispose([x, logOdds]);
  return images.map(({ id }, i) => ({
    ...{ imageId: id, width, height },
    logOdds: values.slice(i * width * height, (i + 1) * width * height),
  }));
}

/** Sends the maps of the job's preview images as the model draws them now. */
export async function sendPreviews(
  context: JobContext,
  { previews, config }: MaskJob,
  model: MaskModel,
  normalisation: Normalisation,
  step: number,
): Promise<void> {
  if (previews.length === 0) return;
  const maps = await mapsOf(context, previews, model.mirroredLogOdds, config.size, normalisation);
  const { width, height } = maps[0]!;
  const sent = maps.map(({ imageId, logOdds }) => ({ imageId, logOdds }));
  context.send({ type: 'preview', step, width, height, maps: sent });
}
