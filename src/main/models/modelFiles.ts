/** @file Reading TensorFlow.js model files: model.json and the weight files it names. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { io } from '@tensorflow/tfjs';
import { PenumbraError } from '../../contract/errors';

export interface ModelFiles {
  format: 'graph-model' | 'layers-model';
  artifacts: io.ModelArtifacts;
}

interface ModelJson {
  format?: string;
  modelTopology?: { node?: unknown; model_config?: unknown; config?: unknown };
  signature?: object;
  weightsManifest?: { paths: string[]; weights: io.WeightsManifestEntry[] }[];
}

/**
 * @param path the folder with model.json, or that file
 * @throws ENCODER_UNKNOWN if there is no such file; ENCODER_UNREADABLE if it or a weight file is missing or damaged
 */
export async function readModelFiles(path: string): Promise<ModelFiles> {
  const file = await modelJsonOf(path);
  const json = parse(await readFile(file, 'utf8'), file);
  const groups = json.weightsManifest;
  if (!json.modelTopology || !Array.isArray(groups))
    throw unreadable(file, 'it holds no modelTopology or no weightsManifest');
  const format = formatOf(json);
  if (!format) throw unreadable(file, 'it is neither a GraphModel nor a LayersModel');
  const shards = await Promise.all(groups.flatMap(({ paths }) => paths).map((name) => readShard(file, name)));
  const weightData = Buffer.concat(shards);
  const weightSpecs = groups.flatMap(({ weights }) => weights);
  const needed = weightSpecs.reduce((sum, weight) => sum + bytesOf(weight), 0);
  if (needed !== weightData.length)
    throw unreadable(file, `its weight files hold ${weightData.length} bytes instead of ${needed}`);
  return {
    format,
    artifacts: {
      modelTopology: json.modelTopology,
      signature: json.signature,
      weightSpecs,
      weightData: weightData.buffer.slice(
        weightData.byteOffset,
        weightData.byteOffset + weightData.length,
      ) as ArrayBuffer,
    },
  };
}

async function modelJsonOf(path: string): Promise<string> {
  const file = path.endsWith('.json') ? path : join(path, 'model.json');
  const there = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!there)
    throw new PenumbraError(
      'ENCODER_UNKNOWN',
      `There is no TensorFlow.js model at ${path}; name a folder with a model.json, or that file.`,
    );
  return file;
}

function parse(text: string, file: string): ModelJson {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // Said below, in our words.
  }
  throw unreadable(file, 'it is not JSON');
}

function formatOf({ format, modelTopology }: ModelJson): ModelFiles['format'] | null {
  if (format === 'graph-model' || format === 'layers-model') return format;
  if (modelTopology?.node) return 'graph-model';
  return modelTopology?.model_config || modelTopology?.config ? 'layers-model' : null;
}

async function readShard(file: string, name: string): Promise<Buffer> {
  // A model from elsewhere names files; only those beside it are its own.
  if (normalize(name) !== name || name.startsWith('..') || name.startsWith('/') || /^[a-z]+:/i.test(name))
    throw unreadable(file, `it names the weight file "${name}" outside its folder`);
  try {
    return await readFile(join(dirname(file), name));
  } catch (cause) {
    throw unreadable(file, `its weight file "${name}" cannot be read`, cause);
  }
}

const BYTES: Record<string, number> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

function bytesOf({ shape, dtype, quantization }: io.WeightsManifestEntry): number {
  const bytes = BYTES[quantization?.dtype ?? dtype];
  return bytes === undefined ? Number.NaN : shape.reduce((a, b) => a * b, 1) * bytes;
}

export function unreadable(file: string, why: string, cause?: unknown): PenumbraError {
  return new PenumbraError(
    'ENCODER_UNREADABLE',
    `The encoder ${file} cannot be read: ${why}. Export or download it again.`,
    { cause },
  );
}
