/** @file The maskers of one seed: those that learn are trained here. */
import { kmeans } from 'ml-kmeans';
import { resample } from '../../../contract/noiseMap';
import { tf } from '../../engine/tf';
import { type MaskModel, maskModelFromSpec } from '../../models/maskModel';
import type { Parameters } from '../../models/parameters';
import type { EncoderSpec, MaskModelSpec } from '../../models/spec';
import type { Encoder } from '../../models/types';
import { ADIOS, adiosLoss, adiosMasks } from '../../noise/adios';
import { adios } from '../../noise/maskers/multiplied';
import { categorical, gaussian, learned, type MapsOf, uniform } from '../../noise/maskers/noise';
import { beit, GRID, mae, saltAndPepper, semmae, zeroing } from '../../noise/maskers/removal';
import type { Masker, Pictures } from '../../noise/maskers/types';
import type { JobContext } from '../../training/protocol';
import { SIZE, trainedMask } from '../images/encoder';
import { networkAnswer, trainNetwork } from '../images/network';
import { inBatches } from '../images/pictures';
import type { Stages } from '../images/stages';
import type { LabImage } from '../types';

const { masks: MASKS, lambda: LAMBDA } = ADIOS;
const PARTS = 6;
/** Bits of the map are drawn half the size of the image, as of a positive mask. */
const STRIDE = 2;

export interface TrainedMaskers {
  maskers: Masker[];
  positive: MaskModelSpec;
  dispose(): void;
}

/** Stages that `trainMaskers` takes. */
export const TRAINING_STAGES = 3;

export async function trainMaskers(
  stages: Stages,
  spec: EncoderSpec,
  encoder: Encoder,
  images: LabImage[],
  { seed, steps }: { seed: number; steps: number },
): Promise<TrainedMaskers> {
  const positive = await stages.run((job) => trainedMask(job, 'positive', spec, images, seed, { steps }));
  const negative = await stages.run((job) => trainedMask(job, 'negative', spec, images, seed, { steps }));
  const parameters = await stages.run((job) => trainAdios(job, encoder, images, seed, 2 * steps));
  const models = [positive, negative].map((each) => maskModelFromSpec(each)) as [MaskModel, MaskModel];
  const [keeping, hiding] = models.map((model) => mapsOf(model, encoder)) as [MapsOf, MapsOf];
  const hidingBy = (pictures: Pictures) => hidingMasks(parameters, encoder, pictures);
  return {
    positive,
    maskers: [
      ...[mae, beit, semmae((pictures) => partsOf(encoder, pictures, seed)), zeroing, saltAndPepper],
      ...[adios(hidingBy, MASKS, false), adios(hidingBy, MASKS, true), gaussian, uniform],
      categorical(keeping, positive.scale),
      learned('learned-positive', 'learned noise, positive', keeping, positive.scale),
      learned('learned-negative', 'learned noise, negative', hiding, negative.scale),
    ],
    dispose: () => {
      for (const part of [...models, parameters]) part.dispose();
    },
  };
}

const mapsOf =
  (model: MaskModel, encoder: Encoder): MapsOf =>
  async ({ count, size, values }) => {
    const maps = new Float32Array(count * size * size);
    await inBatches(values, size, encoder.normalisation, async (x, from) => {
      const a = model.logOdds(x);
      const [batch, height, width] = a.shape;
      const logOdds = await a.data<'float32'>();
      a.dispose();
      for (let i = 0; i < batch; i++) {
        const map = { width, height, values: logOdds.subarray(i * width * height, (i + 1) * width * height) };
        maps.set(resample(map, size, size).values, (from + i) * size * size);
      }
    });
    return maps;
  };

function trainAdios(
  job: JobContext,
  encoder: Encoder,
  images: LabImage[],
  seed: number,
  steps: number,
): Promise<Parameters> {
  const { mean, std } = encoder.normalisation;
  const black = mean.map((value) => -value / std) as [number, number, number];
  const plan = { name: 'adios', outputs: MASKS, stride: STRIDE, seed, steps } as const;
  return trainNetwork(job, encoder, images, plan, ({ x, clean, random }) => {
    const chosen = random.below(MASKS);
    return {
      loss: (answer) =>
        adiosLoss(adiosMasks(answer, SIZE), encoder.embed, { x, clean, black }, LAMBDA, chosen),
      dispose: () => {},
    };
  });
}

/** @returns [count, N, size, size] */
async function hidingMasks(
  parameters: Parameters,
  encoder: Encoder,
  { count, size, values }: Pictures,
): Promise<Float32Array> {
  const all = new Float32Array(count * MASKS * size * size);
  await inBatches(values, size, encoder.normalisation, async (x, from) => {
    const masks = tf.tidy(() => adiosMasks(networkAnswer(parameters, x), size).transpose([0, 3, 1, 2]));
    all.set(await masks.data<'float32'>(), from * MASKS * size * size);
    masks.dispose();
  });
  return all;
}

/** Parts of every image: its patches by clusters of the encoder's last feature map. @returns [count, GRID x GRID] */
async function partsOf(
  encoder: Encoder,
  { count, size, values }: Pictures,
  seed: number,
): Promise<Uint8Array> {
  const parts = new Uint8Array(count * GRID * GRID);
  await inBatches(values, size, encoder.normalisation, async (x, from) => {
    const map = encoder.lastMap!.of(x);
    const [batch, height, width, channels] = map.shape;
    const features = await map.data<'float32'>();
    map.dispose();
    for (let i = 0; i < batch; i++) {
      const rows = Array.from({ length: height * width }, (_, p) => {
        const at = (i * height * width + p) * channels;
        return [...features.subarray(at, at + channels)];
      });
      const { clusters } = kmeans(rows, PARTS, { seed });
      for (let patch = 0; patch < GRID * GRID; patch++) {
        const y = Math.floor((Math.floor(patch / GRID) * height) / GRID);
        parts[(from + i) * GRID * GRID + patch] =
          clusters[y * width + Math.floor(((patch % GRID) * width) / GRID)]!;
      }
    }
  });
  return parts;
}
