/** @file Encoders of every kind: built from what is stored, copied to be trained, imported from files. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { io } from '@tensorflow/tfjs';
import { PenumbraError } from '../../contract/errors';
import type { PixelScaleName } from '../../contract/types';
import { tf } from '../engine/tf';
import { readBeside } from './beside';
import { buildGraphModel, inspectGraph, weightsOfGraph } from './graphModel';
import {
  type Candidate,
  DEFAULT_IMPORT_SIZE,
  type ImportedSpec,
  type ImportedTopology,
  PHOTOGRAPHS,
  PIXEL_SCALES,
} from './imported';
import { buildLayersModel, inspectLayers } from './layersModel';
import { type ModelFiles, readModelFiles, unreadable } from './modelFiles';
import { buildOnnxModel, inspectOnnx } from './onnxModel';
import { withProbe } from './probe';
import { buildResnet } from './resnet';
import { inspectSafetensors } from './safetensors';
import type { EncoderSpec } from './spec';
import { type Trial, tryOut } from './trial';
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
  const { probe, ...rest } = spec;
  // A probe's classes take the place of the encoder's own.
  return probe ? withProbe(await build({ ...rest, classes: null }), probe, spec.classes) : buildKind(spec);
}

async function buildKind(spec: EncoderSpec): Promise<TrainableEncoder> {
  switch (spec.kind) {
    case 'classifier':
    case 'simclr':
      return buildResnet(spec);
    case 'graph-model':
      return buildGraphModel(spec as ImportedSpec);
    case 'layers-model':
      return buildLayersModel(spec as ImportedSpec);
    case 'onnx-model':
    case 'safetensors':
      return buildOnnxModel(spec as ImportedSpec);
  }
}

export interface ImportWish {
  /** Side of the images it will see; default: the model's own, or what a file beside it says, else 128. */
  size?: number;
  /** What its pixels were scaled with; default: what a file beside it says, else what its format is mostly trained with. */
  scale?: PixelScaleName;
}

/** An encoder that serves, and what was found when it was tried. */
export interface ImportedEncoder extends Omit<Trial, 'embeddingSize'> {
  spec: EncoderSpec;
}

/**
 * An ONNX model, weights in safetensors, or a TensorFlow.js GraphModel or LayersModel, as an encoder. It is run and
 * differentiated once on a small image, so that what it can serve for is known now and not in the middle of a training.
 * @param path an .onnx or .safetensors file, or the folder with model.json, or that file
 * @throws ENCODER_UNKNOWN, ENCODER_UNREADABLE, ENCODER_UNSUPPORTED
 */
export async function importEncoder(
  path: string,
  { size, scale }: ImportWish = {},
): Promise<ImportedEncoder> {
  const { kind, candidates } = await inspect(path);
  const { fixedSize } = candidates[0]!;
  if (fixedSize !== null && size !== undefined && size !== fixedSize)
    throw new PenumbraError(
      'ENCODER_UNSUPPORTED',
      `The encoder accepts images of ${fixedSize} px only; leave the size out, or set it to ${fixedSize}.`,
    );
  const beside = await readBeside(await folderOf(path));
  const inputSize = size ?? fixedSize ?? beside.size ?? DEFAULT_IMPORT_SIZE;
  const pixels = scale ? PIXEL_SCALES[scale] : (beside.scale ?? PIXEL_SCALES[USUAL_SCALE[kind]]);
  let failure: unknown;
  let forwardOnly: ImportedEncoder | null = null;
  for (const { topology, weights, classes } of candidates) {
    const read: EncoderSpec = {
      ...{ kind, inputSize, embeddingSize: 0, normalisation: PHOTOGRAPHS, classes: null, weights },
      topology: { ...topology, scale: pixels },
    };
    try {
      const encoder = await build(read);
      const side = fixedSize ?? Math.min(inputSize, 64);
      const spec = mapHasPlaces(encoder, side) ? read : ofTokens(read);
      const { embeddingSize, ...found } = tryOut(encoder, side);
      const names = [classes, beside.classes].find((list) => list?.length === found.classCount) ?? null;
      const imported = { spec: { ...spec, embeddingSize, classes: names }, ...found };
      if (found.forwardOnly === null) return imported;
      forwardOnly ??= imported;
    } catch (error) {
      failure ??= error;
    }
  }
  if (forwardOnly) return forwardOnly;
  throw new PenumbraError(
    'ENCODER_UNSUPPORTED',
    `The encoder ${path} cannot be used: ${failure instanceof Error ? failure.message.split('\n', 1)[0] : failure}. It must turn an image into features.`,
    { cause: failure },
  );
}

/**
 * An imported encoder at another size or scale of pixels, tried anew.
 * @throws ENCODER_UNSUPPORTED if it does not work so
 */
export async function adjustEncoder(
  spec: EncoderSpec,
  { size, scale }: ImportWish,
): Promise<ImportedEncoder> {
  const inputSize = size ?? spec.inputSize;
  const topology = { ...(spec as ImportedSpec).topology, ...(scale ? { scale: PIXEL_SCALES[scale] } : {}) };
  const adjusted = { ...spec, inputSize, topology };
  try {
    const { embeddingSize, ...found } = tryOut(await build(adjusted), inputSize);
    return { spec: { ...adjusted, embeddingSize }, ...found };
  } catch (error) {
    throw new PenumbraError(
      'ENCODER_UNSUPPORTED',
      `The encoder cannot be used at ${inputSize} px: ${error instanceof Error ? error.message.split('\n', 1)[0] : error}. Choose the size it was made for.`,
      { cause: error },
    );
  }
}

type ImportedKind = 'onnx-model' | 'safetensors' | 'graph-model' | 'layers-model';

const USUAL_SCALE: Record<ImportedKind, PixelScaleName> = {
  'onnx-model': 'imagenet',
  safetensors: 'imagenet',
  'graph-model': 'symmetric',
  'layers-model': 'symmetric',
};

/** Whether an encoder of this kind came from a file. */
export const isImported = (kind: EncoderSpec['kind']): boolean => kind in USUAL_SCALE;

/** Whether what is pooled into the features has places, as maps of convolutions have; tokens of a transformer are averaged too. */
function mapHasPlaces({ lastMap }: Encoder, side: number): boolean {
  if (!lastMap) return true;
  try {
    return tf.tidy(() => lastMap.of(tf.zeros([1, side, side, 3])).rank === 4);
  } catch {
    return false;
  }
}

function ofTokens(spec: EncoderSpec): EncoderSpec {
  return { ...spec, topology: { ...(spec.topology as ImportedTopology), tokens: true } };
}

/** Ways to read the model, the likeliest first. */
async function inspect(path: string): Promise<{ kind: ImportedKind; candidates: Candidate[] }> {
  const file = await singleFileOf(path);
  if (file?.toLowerCase().endsWith('.onnx'))
    return { kind: 'onnx-model', candidates: [await inspectOnnx(file)] };
  if (file) return { kind: 'safetensors', candidates: [await inspectSafetensors(file)] };
  const files = await readModelFiles(path);
  return { kind: files.format, candidates: await inspectTfjs(path, files) };
}

/** Where the model's file lies. */
async function folderOf(path: string): Promise<string> {
  const file = await singleFileOf(path);
  return file || path.endsWith('.json') ? dirname(file ?? path) : path;
}

/** The path itself, or the only ONNX or safetensors file of a folder without a model.json; null for a TensorFlow.js model. */
async function singleFileOf(path: string): Promise<string | null> {
  const single = (name: string) => /\.(onnx|safetensors)$/i.test(name);
  if (single(path)) return path;
  const names = await readdir(path).catch((): string[] => []);
  const [file, ...others] = names.includes('model.json') ? [] : names.filter(single);
  return file !== undefined && others.length === 0 ? join(path, file) : null;
}

async function inspectTfjs(path: string, { format, artifacts }: ModelFiles): Promise<Candidate[]> {
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
