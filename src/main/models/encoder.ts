/** @file Encoders of every kind: built from what is stored, copied to be trained, imported from files. */
import type { io, Tensor4D } from '@tensorflow/tfjs';
import { PenumbraError } from '../../contract/errors';
import { tf } from '../engine/tf';
import { buildGraphModel, inspectGraph, weightsOfGraph } from './graphModel';
import { DEFAULT_IMPORT_SIZE, type ImportedSpec, type ImportedTopology, PHOTOGRAPHS } from './imported';
import { buildLayersModel, inspectLayers } from './layersModel';
import { type ModelFiles, readModelFiles, unreadable } from './modelFiles';
import { buildResnet } from './resnet';
import type { EncoderSpec, NamedArrays } from './spec';
import type { Encoder, TrainableEncoder } from './types';

/** @throws ENCODER_UNREADABLE if the stored model cannot be built */
export async function buildEncoder(spec: EncoderSpec): Promise<Encoder> {
  return build(spec);
}

/** A copy with variables of its own: the student of noise calibration. */
export async function trainableCopy(encoder: Encoder): Promise<TrainableEncoder> {
  return build(await encoder.spec());
}

async function build(spec: EncoderSpec): Promise<TrainableEncoder> {
  switch (spec.kind) {
    case 'classifier':
    case 'simclr':
      return buildResnet(spec);
    case 'graph-model':
      return buildGraphModel(spec as ImportedSpec);
    case 'layers-model':
      return buildLayersModel(spec as ImportedSpec);
  }
}

/**
 * A TensorFlow.js GraphModel or LayersModel as an encoder. It is run and differentiated once on a small image, so
 * that a model which cannot serve is refused now and not in the middle of a training.
 * @param path the folder with model.json, or that file
 * @param size side of the images it will see; default: the model's own, else 128
 * @throws ENCODER_UNKNOWN, ENCODER_UNREADABLE, ENCODER_UNSUPPORTED
 */
export async function importEncoder(path: string, size?: number): Promise<EncoderSpec> {
  const files = await readModelFiles(path);
  const candidates = await inspect(path, files);
  const { fixedSize } = candidates[0]!;
  if (fixedSize !== null && size !== undefined && size !== fixedSize)
    throw new PenumbraError(
      'ENCODER_UNSUPPORTED',
      `The encoder accepts images of ${fixedSize} px only; leave the size out, or set it to ${fixedSize}.`,
    );
  const inputSize = size ?? fixedSize ?? DEFAULT_IMPORT_SIZE;
  let failure: unknown;
  for (const { topology, weights } of candidates) {
    const spec: EncoderSpec = {
      kind: files.format,
      ...{ inputSize, embeddingSize: 0, normalisation: PHOTOGRAPHS, classes: null, topology, weights },
    };
    try {
      return { ...spec, embeddingSize: await tryOut(spec, fixedSize ?? Math.min(inputSize, 64)) };
    } catch (error) {
      failure ??= error;
    }
  }
  throw new PenumbraError(
    'ENCODER_UNSUPPORTED',
    `The encoder ${path} cannot be used: ${failure instanceof Error ? failure.message.split('\n', 1)[0] : failure}. It must give features that can be differentiated with respect to the image.`,
    { cause: failure },
  );
}

interface Candidate {
  topology: ImportedTopology;
  weights: NamedArrays;
  fixedSize: number | null;
}

/** Ways to read the model, the likeliest first. */
async function inspect(path: string, { format, artifacts }: ModelFiles): Promise<Candidate[]> {
  try {
    if (format === 'layers-model') return [await inspectLayers(artifacts)];
    const modelTopology = artifacts.modelTopology as object;
    const { features, logits, fixedSize } = inspectGraph(modelTopology);
    const { weights, entries } = await weightsOfGraph(artifacts as io.ModelArtifacts);
    return features.map((node) => ({
      topology: { modelTopology, weights: entries, features: node, logits },
      weights,
      fixedSize,
    }));
  } catch (error) {
    if (error instanceof PenumbraError) throw error;
    throw unreadable(path, error instanceof Error ? error.message.split('\n', 1)[0]! : String(error), error);
  }
}

/** Runs the encoder forward and backward. @returns the length of its embedding */
async function tryOut(spec: EncoderSpec, size: number): Promise<number> {
  const encoder = await build(spec);
  try {
    return tf.tidy(() => {
      // Any image with some structure: a constant one would hide dead gradients behind a zero.
      const x = tf
        .linspace(-1, 1, size * size * 3)
        .sin()
        .reshape([1, size, size, 3]) as Tensor4D;
      const z = encoder.embed(x);
      const gradient = tf.grad((input) =>
        encoder
          .embed(input as Tensor4D)
          .square()
          .sum(),
      )(x);
      const total = gradient.abs().sum().dataSync()[0]!;
      if (!Number.isFinite(total) || total === 0)
        throw new Error('its features do not depend on the image in a way that can be differentiated');
      return z.shape[1];
    });
  } finally {
    encoder.dispose();
  }
}
