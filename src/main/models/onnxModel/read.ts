/** @file From the file to a graph that can be kept as JSON, with its weights as arrays beside it. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PenumbraError } from '../../../contract/errors';
import { unreadable } from '../modelFiles';
import type { NamedArrays } from '../spec';
import { type AttributeMessage, decodeModel, type ModelMessage, type TensorMessage } from './schema';

export type Attribute = number | string | number[];

export interface Node {
  op: string;
  inputs: string[];
  outputs: string[];
  attributes: Record<string, Attribute>;
}

/** A network as it is stored. Whole numbers and truth values decide about shapes, and stay on the host. */
export interface Graph {
  nodes: Node[];
  input: string;
  outputs: string[];
  /** Side of the images it takes; null for any. */
  fixedSize: number | null;
  opset: number;
}

export interface OnnxFile {
  graph: Graph;
  weights: NamedArrays;
  entries: { name: string; shape: number[]; dtype: 'float32' | 'int32' }[];
}

const MOST_BYTES = 2 ** 31;

/** @throws ENCODER_UNKNOWN, ENCODER_UNREADABLE, ENCODER_UNSUPPORTED */
export async function readOnnx(file: string): Promise<OnnxFile> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile())
    throw new PenumbraError(
      'ENCODER_UNKNOWN',
      `There is no ONNX model at ${file}; name a file that ends in .onnx.`,
    );
  if (found.size > MOST_BYTES) throw unreadable(file, 'it is larger than an ONNX file can be (2 GB)');
  let message: ModelMessage;
  try {
    message = decodeModel(await readFile(file));
  } catch (cause) {
    throw unreadable(file, 'it is not an ONNX model, or it is cut short', cause);
  }
  if (!message.graph || message.graph.node.length === 0) throw unreadable(file, 'it holds no network');
  return toGraph(message, file, new Beside(file));
}

/** Files beside the model that hold its weights; a model from elsewhere may name no others. */
class Beside {
  readonly #contents = new Map<string, Promise<Buffer>>();

  constructor(readonly file: string) {}

  async read(tensor: TensorMessage, bytes: number): Promise<Uint8Array> {
    const entry = (key: string) => tensor.externalData.find((each) => each.key === key)?.value;
    const location = entry('location') ?? '';
    if (location === '' || basename(location) !== location || location.includes('\\') || location === '..')
      throw unreadable(this.file, `it names the weight file "${location}" outside its folder`);
    const known = this.#contents.get(location) ?? readFile(join(dirname(this.file), location));
    this.#contents.set(location, known);
    const content = await known.catch((cause: unknown) => {
      throw unreadable(this.file, `its weight file "${location}" cannot be read`, cause);
    });
    const offset = Number(entry('offset') ?? 0);
    if (!Number.isInteger(offset) || offset < 0 || offset + bytes > content.length)
      throw unreadable(this.file, `its weight file "${location}" ends too early`);
    return content.subarray(offset, offset + bytes);
  }
}

async function toGraph({ graph, opset }: ModelMessage, file: string, beside: Beside): Promise<OnnxFile> {
  const { node, initializer, input, output } = graph!;
  const weights: NamedArrays = {};
  const entries: OnnxFile['entries'] = [];
  const add = async (name: string, tensor: TensorMessage) => {
    const { shape, values, whole } = await elements(tensor, file, beside);
    weights[name] = { shape, values };
    entries.push({ name, shape, dtype: whole ? 'int32' : 'float32' });
  };
  for (const tensor of initializer) await add(tensor.name, tensor);
  const nodes: Node[] = [];
  for (const each of node) {
    const attributes: Node['attributes'] = {};
    for (const attribute of each.attribute) {
      const name = attribute.name;
      if (attribute.t && each.opType === 'Constant') await add(each.output[0]!, attribute.t);
      else if (attribute.t) {
        const { values } = await elements(attribute.t, file, beside);
        attributes[name] = [...values];
      } else attributes[name] = attributeOf(attribute);
    }
    if (each.opType === 'Constant') {
      if (!weights[each.output[0]!]) constantFrom(attributes, each.output[0]!, weights, entries);
      continue;
    }
    const op =
      each.domain === '' || each.domain === 'ai.onnx' ? each.opType : `${each.domain}.${each.opType}`;
    nodes.push({ op, inputs: each.input, outputs: each.output, attributes });
  }
  const images = input.filter(({ name }) => !weights[name]);
  const dims = images[0]?.type?.tensorType?.shape?.dim.map(({ dimValue }) => dimValue) ?? [];
  if (images.length !== 1 || dims.length !== 4 || dims[1] !== 3)
    throw new PenumbraError(
      'ENCODER_UNSUPPORTED',
      `The encoder ${file} has no single input of shape [batch, 3, height, width]; export it with one image input.`,
    );
  return {
    graph: {
      ...{ nodes, input: images[0]!.name, outputs: output.map(({ name }) => name) },
      fixedSize: dims[2]! > 0 ? dims[2]! : null,
      opset: opset.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1,
    },
    weights,
    entries,
  };
}

/** Constants that are written as a plain number or list. */
function constantFrom(
  attributes: Node['attributes'],
  name: string,
  weights: NamedArrays,
  entries: OnnxFile['entries'],
): void {
  const [kind, value] = Object.entries(attributes)[0] ?? ['', 0];
  const values = Float32Array.from([value].flat().map(Number));
  const shape = Array.isArray(value) ? [value.length] : [];
  weights[name] = { shape, values };
  entries.push({ name, shape, dtype: kind.startsWith('value_int') ? 'int32' : 'float32' });
}

const KIND = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

function attributeOf({ type, f, i, s, floats, ints }: AttributeMessage): Attribute {
  switch (type) {
    case KIND.float:
      return f;
    case KIND.int:
      return i;
    case KIND.string:
      return Buffer.from(s).toString('utf8');
    case KIND.floats:
      return floats;
    case KIND.ints:
      return ints;
    default:
      return [];
  }
}

/** Numbers of TensorProto.DataType, their size in a raw tensor, and how one is read. */
const TYPES: Record<number, { bytes: number; whole: boolean; read: (view: DataView, at: number) => number }> =
  {
    1: { bytes: 4, whole: false, read: (view, at) => view.getFloat32(at, true) },
    2: { bytes: 1, whole: true, read: (view, at) => view.getUint8(at) },
    3: { bytes: 1, whole: true, read: (view, at) => view.getInt8(at) },
    6: { bytes: 4, whole: true, read: (view, at) => view.getInt32(at, true) },
    7: { bytes: 8, whole: true, read: (view, at) => Number(view.getBigInt64(at, true)) },
    9: { bytes: 1, whole: true, read: (view, at) => view.getUint8(at) },
    10: { bytes: 2, whole: false, read: (view, at) => half(view.getUint16(at, true)) },
    11: { bytes: 8, whole: false, read: (view, at) => view.getFloat64(at, true) },
  };

async function elements(tensor: TensorMessage, file: string, beside: Beside) {
  const { dims, dataType, rawData, dataLocation } = tensor;
  const type = TYPES[dataType];
  const count = dims.reduce((a, b) => a * b, 1);
  if (!type)
    throw unreadable(file, `its tensor "${tensor.name}" has an element type we do not know (${dataType})`);
  if (dims.some((dim) => !Number.isInteger(dim) || dim < 0) || count * type.bytes > MOST_BYTES)
    throw unreadable(file, `its tensor "${tensor.name}" has a shape that cannot be`);
  const listed = [tensor.floatData, tensor.int32Data, tensor.int64Data, tensor.doubleData].find(
    ({ length }) => length > 0,
  );
  const raw = dataLocation === 1 ? await beside.read(tensor, count * type.bytes) : rawData;
  const values = new Float32Array(count);
  if (raw.length > 0) {
    if (raw.length !== count * type.bytes)
      throw unreadable(
        file,
        `its tensor "${tensor.name}" has ${raw.length} bytes instead of ${count * type.bytes}`,
      );
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    for (let i = 0; i < count; i++) values[i] = type.read(view, i * type.bytes);
  } else if (count > 0) {
    if (listed?.length !== count)
      throw unreadable(
        file,
        `its tensor "${tensor.name}" has ${listed?.length ?? 0} elements instead of ${count}`,
      );
    values.set(dataType === 10 ? listed.map(half) : listed);
  }
  return { shape: dims, values, whole: type.whole };
}

/** A float16 from its bits (IEEE 754 binary16). */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
