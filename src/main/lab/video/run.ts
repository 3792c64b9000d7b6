/** @file Masks of a video (section 2.1): the map of a frame begins from that of the frame before, and flickers less. */
import { type Grid, noiseFraction, resample } from '../../../contract/noiseMap';
import { buildEncoder } from '../../models/encoder';
import { maskModelFromSpec } from '../../models/maskModel';
import type { EncoderSpec, MaskModelSpec } from '../../models/spec';
import type { Encoder } from '../../models/types';
import { mean } from '../../noise/statistics';
import { auroc } from '../../saliency/scores/auroc';
import { loadBatch } from '../../training/jobs/batches';
import { runEncoderJob } from '../../training/jobs/encoder';
import { breatheOrStop } from '../../training/jobs/loop';
import { mapsOf } from '../../training/jobs/previews';
import { presetOf } from '../../training/presets';
import type { JobContext } from '../../training/protocol';
import { SIZE, trainedEncoder, trainedMask } from '../images/encoder';
import { objectsOf, pngOf } from '../images/pictures';
import { Stages } from '../images/stages';
import type { LabConfig, LabContext, LabImage } from '../types';
import { flicker, stillPixels } from './flicker';
import { MAP, measuredDistance, optimisedMap } from './optimise';
import type { MapOf, VideoReport } from './types';

const FULL = { coldSteps: 40, warmSteps: 10, maskSteps: 100, most: 120 };
const QUICK = { coldSteps: 25, warmSteps: 6, maskSteps: 40, most: 10 };
/** At the full rate a map that is nearly right walks away with each frame's draws of the noise. */
const RATES = { cold: 0.5, warm: 0.2 };
const BUDGET = 0.85;
const SHOWN = 5;
const WAYS: MapOf[] = ['cold', 'warm', 'model'];

interface WayResult {
  flicker: number;
  still: number | null;
  distance: number;
  auroc: number | null;
  flickers: number[];
  images: string[];
}

export async function runVideo({ seed, seeds, quick }: LabConfig, context: LabContext): Promise<VideoReport> {
  const { coldSteps, warmSteps, maskSteps, most } = quick ? QUICK : FULL;
  const { classes, job } = context;
  const frames = context.images.filter(({ test }) => test).slice(0, most);
  const list = Array.from({ length: seeds }, (_, i) => seed + i);
  const stages = new Stages(context, 1 + seeds * (WAYS.length + 1));
  let known: EncoderSpec | undefined;
  const results: Record<MapOf, WayResult>[] = [];
  for (const one of list)
    results.push(
      await context.part(`seed ${one}`, async () => {
        known ??= await stages.run((stage) => encoderFor(stage, context.images, classes, seed));
        const spec = known;
        // A mask model may only learn from images that are not the frames it is held against, where there are some.
        const material =
          classes.length > 0 ? context.images : frames.map((frame) => ({ ...frame, test: false }));
        const mask = await stages.run((stage) =>
          trainedMask(stage, 'positive', spec, material, one, { steps: maskSteps }),
        );
        const encoder = await buildEncoder(spec);
        try {
          const way = (of: MapOf) =>
            stages.run(async (stage) => {
              const maps =
                of === 'model'
                  ? await modelMaps(mask, frames, stage)
                  : await optimised(
                      encoder,
                      frames,
                      { coldSteps, warmSteps, warm: of === 'warm', seed: one },
                      stage,
                    );
              return measured(encoder, frames, maps, one, stage);
            });
          return { cold: await way('cold'), warm: await way('warm'), model: await way('model') };
        } finally {
          encoder.dispose();
        }
      }),
    );
  const first = results[0]!;
  const steps: Record<MapOf, number> = { cold: coldSteps, warm: warmSteps, model: 0 };
  const shown = await Promise.all(
    shownFrames(frames.length).map(async (i) => pngOf(await job.pixels(frames[i]!, SIZE), SIZE)),
  );
  return {
    ...{ experiment: 'video', seeds: list, frames: frames.length, drawn: classes.length > 0, budget: BUDGET },
    rows: WAYS.map((of) => {
      const all = results.map((result) => result[of]);
      const known = (values: (number | null)[]) => values.filter((value) => value !== null);
      return {
        ...{ of, steps: steps[of], flicker: all.map((one) => one.flicker) },
        still: known(all.map((one) => one.still)),
        distance: all.map((one) => one.distance),
        auroc: known(all.map((one) => one.auroc)),
      };
    }),
    flickers: WAYS.map((of) => ({ of, values: first[of].flickers })),
    pictures: [
      { title: 'frame', images: shown },
      ...WAYS.map((of) => ({ title: of, images: first[of].images })),
    ],
  };
}

/** A classifier of the labelled images; frames without any are learned from by themselves. */
async function encoderFor(
  job: JobContext,
  images: LabImage[],
  classes: string[],
  seed: number,
): Promise<EncoderSpec> {
  if (classes.length > 0) return trainedEncoder(job, images, classes, seed);
  const config = { ...presetOf('draft', 'simclr').encoder, size: SIZE, seed, heldOut: 0 };
  const result = await runEncoderJob({ kind: 'encoder', encoder: 'simclr', images, classes, config }, job);
  if (result.kind !== 'encoder') throw new Error(`the encoder job answered ${result.kind}`);
  return result.encoder;
}

async function optimised(
  encoder: Encoder,
  frames: LabImage[],
  { coldSteps, warmSteps, warm, seed }: { coldSteps: number; warmSteps: number; warm: boolean; seed: number },
  job: JobContext,
): Promise<Grid[]> {
  const maps: Grid[] = [];
  for (const [counter, frame] of frames.entries()) {
    const before = warm ? maps.at(-1) : undefined;
    const x = await loadBatch(job, [{ image: frame, flipped: false }], SIZE, encoder.normalisation);
    const values = await optimisedMap(
      { encoder, x, budget: BUDGET },
      before?.values ?? new Float32Array(MAP * MAP),
      before ? { steps: warmSteps, rate: RATES.warm } : { steps: coldSteps, rate: RATES.cold },
      { seed, counter },
      () => breatheOrStop(job),
    );
    x.dispose();
    maps.push({ width: MAP, height: MAP, values });
    job.send({ type: 'progress', step: counter + 1, steps: frames.length });
  }
  return maps;
}

async function modelMaps(mask: MaskModelSpec, frames: LabImage[], job: JobContext): Promise<Grid[]> {
  const model = maskModelFromSpec(mask);
  try {
    const drawn = await mapsOf(job, frames, model.logOdds, SIZE, mask.normalisation);
    return drawn.map(({ width, height, logOdds }) => ({ width, height, values: logOdds }));
  } finally {
    model.dispose();
  }
}

async function measured(
  encoder: Encoder,
  frames: LabImage[],
  maps: Grid[],
  seed: number,
  job: JobContext,
): Promise<WayResult> {
  const objects = await objectsOf(frames, SIZE);
  const fractions = maps.map((map) => resample(noiseFraction(map, BUDGET), SIZE, SIZE).values);
  const distances: number[] = [];
  for (const [i, image] of frames.entries()) {
    await breatheOrStop(job);
    const x = await loadBatch(job, [{ image, flipped: false }], SIZE, encoder.normalisation);
    distances.push(await measuredDistance({ encoder, x, budget: BUDGET }, maps[i]!, seed));
    x.dispose();
  }
  const pairs = fractions.slice(1).map((after, i) => ({ before: fractions[i]!, after, i }));
  const still = pairs.flatMap(({ before, after, i }) => {
    const [a, b] = [objects[i], objects[i + 1]];
    return a && b ? [flicker(before, after, stillPixels([a, b], SIZE))] : [];
  });
  const found = fractions.flatMap((q, i) =>
    objects[i]
      ? [
          auroc(
            q.map((one) => -one),
            objects[i],
          ),
        ]
      : [],
  );
  const flickers = pairs.map(({ before, after }) => flicker(before, after));
  return {
    ...{ flicker: mean(flickers), distance: mean(distances), flickers },
    still: still.length > 0 ? mean(still) : null,
    auroc: found.length > 0 ? mean(found) : null,
    images: await Promise.all(
      shownFrames(frames.length).map((i) =>
        pngOf(
          fractions[i]!.map((q) => 255 * (1 - q)),
          SIZE,
          1,
        ),
      ),
    ),
  };
}

const shownFrames = (count: number): number[] =>
  Array.from({ length: Math.min(SHOWN, count) }, (_, i) => Math.floor((i * count) / Math.min(SHOWN, count)));
