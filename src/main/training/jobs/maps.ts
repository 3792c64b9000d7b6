import { describeError } from '../../../contract/errors';
import { buildEncoder } from '../../models/encoder';
import { type MaskModel, maskModelFromSpec } from '../../models/maskModel';
import type { JobContext, JobImage, JobResult, MapsJob } from '../protocol';
import { breatheOrStop } from './loop';
import { mapsOf } from './previews';

type Failure = Extract<JobResult, { kind: 'maps' }>['failed'][number];

/** Draws the map of every image with a trained mask model; an image that cannot be decoded is listed, and the rest goes on. */
export async function runMapsJob(job: MapsJob, context: JobContext): Promise<JobResult> {
  const { images, config } = job;
  const encoder = job.encoder && (await buildEncoder(job.encoder));
  const model = maskModelFromSpec(job.maskModel, encoder);
  const failed: Failure[] = [];
  try {
    for (let from = 0; from < images.length; from += config.batch) {
      await breatheOrStop(context);
      const readable = await readableOf(context, images.slice(from, from + config.batch), job, failed);
      if (readable.length > 0) await sendMaps(context, readable, model, job);
      context.send({
        type: 'progress',
        step: Math.min(from + config.batch, images.length),
        steps: images.length,
      });
    }
    return { kind: 'maps', failed };
  } finally {
    model.dispose();
    encoder?.dispose();
  }
}

async function readableOf(
  context: JobContext,
  images: JobImage[],
  { maskModel }: MapsJob,
  failed: Failure[],
): Promise<JobImage[]> {
  const tried = await Promise.allSettled(images.map((image) => context.pixels(image, maskModel.size)));
  return images.filter(({ id }, i) => {
    const outcome = tried[i]!;
    if (outcome.status === 'rejected') failed.push({ id, ...describeError(outcome.reason) });
    return outcome.status === 'fulfilled';
  });
}

async function sendMaps(
  context: JobContext,
  images: JobImage[],
  model: MaskModel,
  { maskModel }: MapsJob,
): Promise<void> {
  const { size, normalisation } = maskModel;
  context.send({
    type: 'maps',
    maps: await mapsOf(context, images, model.mirroredLogOdds, size, normalisation),
  });
}
