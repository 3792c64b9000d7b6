import {
  DEFAULT_BUDGET,
  type Grid,
  type MaskKind,
  type NoiseScale,
  noiseFraction,
  resample,
  saliencyTable,
} from '../../../contract/noiseMap';
import { decodeObject } from '../../library/decode';
import { buildEncoder } from '../../models/encoder';
import { analyse } from '../../reports/analyse';
import { type Fingerprint, fingerprintOf } from '../../reports/duplicates';
import type { Stage } from '../../reports/effects';
import type { Answer, Subject } from '../../reports/types';
import type { JobContext, JobResult, ReportImage, ReportJob } from '../protocol';
import { breatheOrStop } from './loop';
import { answererOf } from './reportAnswers';

/** Images decoded at a time. */
const AT_ONCE = 32;

/** What a class is recognised by: every finished part is a checkpoint, so that a stopped report goes on where it was. */
export async function runReportJob(job: ReportJob, context: JobContext): Promise<JobResult> {
  const { size, seed, perClass, split, warnings, encoder: name } = job.config;
  const breathe = () => breatheOrStop(context);
  const { stage, step } = stagesOf(job, context);
  const encoder = await buildEncoder(job.encoder);
  try {
    const { subjects, prints, failed } = await read(job, context, step);
    const { kind, ask, askLabelled } = answererOf(encoder, job.classes, size, breathe);
    const asIs = () =>
      askLabelled(
        subjects.map(({ pixels }) => ({ pixels })),
        subjects.map(({ label }) => label),
      );
    // Prototypes have to be gathered again; answers of a head are kept.
    const answers = kind === 'head' ? await stage<Answer[]>('answers', asIs) : await asIs();
    const { negative: scale } = job.scales;
    const negativeBits = scale && bitsOf('negative', scale, size);
    const negative = new Map(
      job.images.flatMap(({ id, negative: grid }) =>
        grid && negativeBits ? [[id, negativeBits(grid)] as const] : [],
      ),
    );
    const analysed = await analyse(
      { size, classes: job.classes, subjects, answers, ask, seed },
      {
        dimensions: new Map(job.images.map(({ id, width, height }) => [id, { width, height }])),
        negative,
        prints,
        ...{ encoder: name, perClass, split, pixelScale: encoder.normalisation.std },
        warnings:
          failed > 0 ? [...warnings, `${failed} images could not be read and were left out.`] : warnings,
      },
      stage,
      breathe,
    );
    return { kind: 'report', answers: kind, ...analysed };
  } finally {
    encoder.dispose();
  }
}

/** Work that has been done is taken from the checkpoint, and what is done becomes one. */
function stagesOf(job: ReportJob, context: JobContext): { stage: Stage; step: () => void } {
  const done = { ...(context.checkpoint?.state ?? {}) };
  // Reading and answering, the surroundings, and an unknown number of regions: about three a class.
  const steps = Math.ceil(job.images.length / AT_ONCE) + 4 + 3 * job.classes.length;
  let taken = 0;
  const step = () => context.send({ type: 'progress', step: Math.min(++taken, steps - 1), steps });
  const stage: Stage = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    if (!(name in done)) {
      done[name] = await work();
      context.send({
        type: 'checkpoint',
        checkpoint: { step: Object.keys(done).length, arrays: {}, state: { ...done } },
      });
    }
    step();
    return done[name] as T;
  };
  return { stage, step };
}

async function read(
  { images, scales, config: { size } }: ReportJob,
  context: JobContext,
  step: () => void,
): Promise<{ subjects: Subject[]; prints: Fingerprint[]; failed: number }> {
  const positiveBits = bitsOf('positive', scales.positive, size);
  const subjects: Subject[] = [];
  const prints: Fingerprint[] = [];
  let failed = 0;
  for (let from = 0; from < images.length; from += AT_ONCE) {
    await breatheOrStop(context);
    const batch = images.slice(from, from + AT_ONCE);
    const all = await Promise.allSettled(batch.map((image) => context.pixels(image, size)));
    const objects = await Promise.allSettled(batch.map(({ object }) => maskOf(object, size)));
    batch.forEach((image, i) => {
      const pixels = all[i]!;
      if (pixels.status === 'rejected') {
        failed++;
        return;
      }
      prints.push(fingerprintOf(image, pixels.value, size));
      if (image.label === null || image.positive === null) return;
      const object = objects[i]!;
      subjects.push({
        ...{ id: image.id, label: image.label, pixels: pixels.value, cues: image.cues },
        kept: positiveBits(image.positive),
        object: object.status === 'fulfilled' && object.value?.includes(1) ? object.value : null,
      });
    });
    step();
  }
  return { subjects, prints, failed };
}

async function maskOf(object: ReportImage['object'], size: number): Promise<Uint8Array | null> {
  return typeof object === 'string' ? decodeObject(object, size) : object;
}

/** From log-odds to a map in bits at its default budget, [size, size]. */
function bitsOf(mask: MaskKind, scale: NoiseScale, size: number): (logOdds: Grid) => Float32Array {
  const bits = saliencyTable(mask, scale);
  return (logOdds) => noiseFraction(resample(logOdds, size, size), DEFAULT_BUDGET[mask]).values.map(bits);
}
