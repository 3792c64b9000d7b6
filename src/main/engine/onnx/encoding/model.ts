/**
 * @file Encodes a graph as an ONNX ModelProto. Field numbers are those of onnx.proto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto); only the fields that are used here stand in this file.
 */
import { MessageWriter } from './protobuf';

/** Element types, with their numbers in TensorProto.DataType. */
export const ELEMENT_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof ELEMENT_TYPE;

/** An attribute: whole numbers are ints, `{ float }` a float. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  name: string;
  op: string;
  /** Empty for ONNX's own operators, else for example "com.microsoft". */
  domain: string;
  /** An empty name leaves out an optional input. */
  inputs: string[];
  outputs: string[];
  attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxValue {
  name: string;
  dtype: ElementType;
  shape: readonly number[];
}

export interface OnnxInitializer extends OnnxValue {
  data: Float32Array | Int32Array | Uint8Array | BigInt64Array;
}

export interface OnnxGraph {
  nodes: readonly OnnxNode[];
  initializers: readonly OnnxInitializer[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
}

const IR_VERSION = 8;
const OPSETS = { '': 17, 'com.microsoft': 1 } as const;

export function encodeModel(graph: OnnxGraph): Uint8Array {
  const body = new MessageWriter(1 << 16);
  for (const node of graph.nodes) body.message(1, encodeNode(node));
  body.text(2, 'graph');
  for (const initializer of graph.initializers) body.message(5, encodeTensor(initializer));
  for (const input of graph.inputs) body.message(11, encodeValue(input));
  for (const output of graph.outputs) body.message(12, encodeValue(output));
  const model = new MessageWriter(body.finish().length + 128);
  model.integer(1, IR_VERSION);
  model.message(7, body);
  for (const [domain, version] of Object.entries(OPSETS)) {
    const opset = new MessageWriter();
    opset.text(1, domain);
    opset.integer(2, version);
    model.message(8, opset);
  }
  return model.finish();
}

function encodeNode(node: OnnxNode): MessageWriter {
  const writer = new MessageWriter(256);
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(3, node.name);
  writer.text(4, node.op);
  for (const [name, value] of Object.entries(node.attributes))
    writer.message(5, encodeAttribute(name, value));
  if (node.domain) writer.text(7, node.domain);
  return writer;
}

function encodeAttribute(name: string, value: OnnxAttribute): MessageWriter {
  const writer = new MessageWriter();
  writer.text(1, name);
  if (typeof value === 'number') {
    writer.integer(3, value);
    writer.integer(20, 2);
  } else if (typeof value === 'string') {
    writer.text(4, value);
    writer.integer(20, 3);
  } else if ('float' in value) {
    writer.float(2, value.float);
    writer.integer(20, 1);
  } else {
    for (const item of value) writer.integer(8, item);
    writer.integer(20, 7);
  }
  return writer;
}

function encodeTensor({ name, dtype, shape, data }: OnnxInitializer): MessageWriter {
  const writer = new MessageWriter(data.byteLength + 64);
  for (const length of shape) writer.integer(1, length);
  writer.integer(2, ELEMENT_TYPE[dtype]);
  writer.text(8, name);
  writer.raw(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return writer;
}

function encodeValue({ name, dtype, shape }: OnnxValue): MessageWriter {
  const dimensions = new MessageWriter();
  for (const length of shape) {
    const dimension = new MessageWriter(16);
    dimension.integer(1, length);
    dimensions.message(1, dimension);
  }
  const tensorType = new MessageWriter();
  tensorType.integer(1, ELEMENT_TYPE[dtype]);
  tensorType.message(2, dimensions);
  const type = new MessageWriter();
  type.message(1, tensorType);
  const writer = new MessageWriter();
  writer.text(1, name);
  writer.message(2, type);
  return writer;
}
