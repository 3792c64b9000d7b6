/** @file Adversarial masking for self-supervision (Eq. 1, and the next step of 5.2): learned noise as an augmentation, against others. */
import { buildEncoder } from '../../models/encoder';
import type { EncoderSpec } from '../../models/spec';
import { Random } from '../../noise/random';
import { breatheOrStop } from '../../training/jobs/loop';
import type { JobContext } from '../../training/protocol';
import { testImages, trainingImages } from '../images/encoder';
import { inBatches, picturesOf, pngOf } from '../images/pictures';
import { Stages } from '../images/stages';
import { type Features, probeError } from '../probe';
import type { LabConfig, LabContext, LabImage } from '../types';
import { embeddingHealth, knnError } from './features';
import { FEATURES, type SslPlan, supervised, trainedByViews, untrained } from './train';
import type { Framework, SslMeasure, SslReport, SslRow, Way } from './types';
import { PATCHES } from './ways';

const FULL = { size: 32, epochs: 40 };
const QUICK = { size: 32, epochs: 12 };
export const WAYS: Way[] = ['none', 'patches', 'adios', 'uniform', 'learned'];
const FRAMEWORKS: Framework[] = ['simclr', 'simsiam'];
const MATCHED = FRAMEWORKS.flatMap((framework) => WAYS.map((way) => ({ framework, way })));
const ENCODERS = [
  { framework: null, way: 'untrained' },
  ...MATCHED,
  { framework: null, way: 'supervised' },
] as const;
/** Fewer test images tell encoders apart too coarsely: images of the training split then join them. */
const LEAST_TESTED = 150;
const PROBE = { epochs: 60, batch: 50 };
/** Of the training images. */
const MOST_TAKEN = 0.25;
const SHOWN = 4;

interface Result extends SslMeasure {
  /** Its last views, where they are shown. */
  images: string[] | null;
}

export async function runSsl({ seed, seeds, quick }: LabConfig, context: LabContext): Promise<SslReport> {
  const { size, epochs } = quick ? QUICK : FULL;
  const { classes } = context;
  const images = withTestImages(context.images);
  const tested = images.filter(({ test }) => test);
  const pictured = testImages(images, SHOWN);
  const list = Array.from({ length: seeds }, (_, i) => seed + i);
  const stages = new Stages(context, seeds * ENCODERS.length);
  const results: Result[][] = ENCODERS.map(() => []);
  for (const one of list)
    for (const [e, encoder] of ENCODERS.entries()) {
      const plan = { size, epochs, seed: one };
      const shown = one === seed && encoder.framework === 'simclr' ? pictured : [];
      const result = await stages.part(
        `seed ${one}, ${encoder.framework ?? 'alone'}, ${encoder.way}`,
        1,
        () => stages.run((job) => ofEncoder(encoder, { images, classes, plan, shown }, job)),
      );
      results[e]!.push(result);
    }
  const pictures = ENCODERS.flatMap(({ way }, e) => {
    const { images: views } = results[e]![0]!;
    return views ? [{ title: way, images: views }] : [];
  });
  return {
    ...{ experiment: 'ssl', seeds: list, size, epochs, train: images.length - tested.length },
    ...{ test: tested.length, classes: classes.length, features: FEATURES, patches: PATCHES, pictures },
    rows: ENCODERS.map(
      ({ framework, way }, e): SslRow => ({
        ...{ framework, way },
        measures: results[e]!.map(({ images: _, ...measure }) => measure),
      }),
    ),
  };
}

interface Task {
  images: LabImage[];
  classes: string[];
  plan: SslPlan;
  shown: LabImage[];
}

async function ofEncoder(
  { framework, way }: Pick<SslRow, 'framework' | 'way'>,
  { images, classes, plan, shown }: Task,
  job: JobContext,
): Promise<Result> {
  if (way === 'untrained' || way === 'supervised') {
    const spec =
      way === 'supervised'
        ? await supervised(job, images, classes, plan)
        : await untrained(job, images, plan);
    return { ...(await measured(job, spec, images, classes.length, plan.seed)), images: null };
  }
  const { spec, warnings, views } = await trainedByViews(
    job,
    images,
    { framework: framework!, way },
    plan,
    shown,
  );
  const measure = await measured(job, spec, images, classes.length, plan.seed);
  const length = plan.size ** 2 * 3;
  const pictures =
    views &&
    (await Promise.all(shown.map((_, i) => pngOf(views.subarray(i * length, (i + 1) * length), plan.size))));
  return { ...measure, warnings: [...measure.warnings, ...warnings], images: pictures };
}

async function measured(
  job: JobContext,
  spec: EncoderSpec,
  images: LabImage[],
  classes: number,
  seed: number,
): Promise<SslMeasure> {
  const encoder = await buildEncoder(spec);
  try {
    const featuresOf = async (some: LabImage[]): Promise<Features> => {
      const { inputSize, embeddingSize, normalisation } = encoder;
      const { values } = await picturesOf(job, some, inputSize, normalisation);
      const features = new Float32Array(some.length * embeddingSize);
      await inBatches(values, inputSize, normalisation, async (x, from) => {
        const z = encoder.embed(x);
        features.set(await z.data<'float32'>(), from * embeddingSize);
        z.dispose();
      });
      return { values: features, labels: some.map(({ label }) => label!) };
    };
    const train = await featuresOf(trainingImages(images));
    const test = await featuresOf(images.filter((image) => image.test));
    const batch = Math.min(PROBE.batch, train.labels.length);
    const plan = { classes, epochs: PROBE.epochs, batch, seed };
    const wrong = await probeError(train, test, plan, () => breatheOrStop(job));
    const health = embeddingHealth(test.values, encoder.embeddingSize);
    return { probe: 1 - wrong, knn: 1 - knnError(train, test, classes), ...health };
  } finally {
    encoder.dispose();
  }
}

/** Images of the training split join the test images where those are few; which, a seed of their own says. */
export function withTestImages(images: LabImage[]): LabImage[] {
  const training = trainingImages(images);
  const missing = Math.max(0, LEAST_TESTED - (images.length - training.length));
  const most = Math.floor(MOST_TAKEN * training.length);
  const order = new Random(1, 0, 'ssl test images').permutation(training.length);
  const taken = new Set(Array.from(order.subarray(0, Math.min(missing, most)), (i) => training[i]!.id));
  return images.map((image) => (taken.has(image.id) ? { ...image, test: true } : image));
}
