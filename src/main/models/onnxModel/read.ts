/** @file From the file to a graph that can be kept as JSON, with its weights as arrays beside it. */
import { readFile, stat } from 'node:fs/promises';
import { PenumbraError } from '../../../contract/errors';
import { classNamesIn } from '../classNames';
import { unreadable } from '../modelFiles';
import type { NamedArrays } from '../spec';
import { type AttributeMessage, decodeModel, type ModelMessage, type TensorMessage } from './schema';
import { TensorReader } from './tensors';

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
  /** Names of its classes, where its metadata tell them. */
  classes: string[] | null;
}

/** As many as an ONNX file can have. */
const MOST_BYTES = 2 ** 31;
/** The largest networks have a few thousand. */
const MOST_NODES = 50_000;
/** Side of an image; what asks for more is damaged, or no image model. */
const MOST_PIXELS = 1024;

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
  if (message.graph.node.length > MOST_NODES)
    throw unreadable(file, `it holds more than ${MOST_NODES} operators`);
  const read = await toGraph(message, file, new TensorReader(file));
  return { ...read, classes: classesIn(message.metadata) };
}

/** Exporters call them by different names. */
const CLASS_KEYS = ['names', 'classes', 'labels', 'class_names'];

function classesIn(metadata: ModelMessage['metadata']): string[] | null {
  const found = metadata.find(({ key }) => CLASS_KEYS.includes(key.toLowerCase()));
  return found ? classNamesIn(found.value) : null;
}

async function toGraph(
  { graph, opset }: ModelMessage,
  file: string,
  tensors: TensorReader,
): Promise<Omit<OnnxFile, 'classes'>> {
  const { node, initializer, input, output } = graph!;
  // Names come from the file: without a prototype none of them means anything else.
  const weights: NamedArrays = Object.create(null);
  const entries: OnnxFile['entries'] = [];
  const add = async (name: string, tensor: TensorMessage) => {
    const { shape, values, whole } = await tensors.read(tensor);
    weights[name] = { shape, values };
    entries.push({ name, shape, dtype: whole ? 'int32' : 'float32' });
  };
  for (const tensor of initializer) await add(tensor.name, tensor);
  const nodes: Node[] = [];
  for (const each of node) {
    const attributes: Node['attributes'] = Object.create(null);
    for (const attribute of each.attribute) {
      const name = attribute.name;
      if (attribute.t && each.opType === 'Constant') await add(each.output[0] ?? '', attribute.t);
      else if (attribute.t) {
        const { values } = await tensors.read(attribute.t);
        attributes[name] = [...values];
      } else attributes[name] = attributeOf(attribute);
    }
    if (each.opType === 'Constant') {
      const [name = ''] = each.output;
      if (!weights[name]) constantFrom(attributes, name, weights, entries);
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
  const [height, width] = dims.slice(2) as [number, number];
  if ((height > 0 && width > 0 && height !== width) || Math.max(height, width) > MOST_PIXELS)
    throw new PenumbraError(
      'ENCODER_UNSUPPORTED',
      `The encoder ${file} takes images of ${width} x ${height} px; export it for square images of at most ${MOST_PIXELS} px.`,
    );
  return {
    graph: {
      ...{ nodes, input: images[0]!.name, outputs: output.map(({ name }) => name) },
      fixedSize: height > 0 ? height : null,
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
