/** Small ONNX files, written with the messages that they are read by. */
import { modelType } from '../../../src/main/models/onnxModel/schema';

interface NodeSpec {
  op: string;
  inputs: string[];
  output: string;
  attributes?: Record<string, number | number[]>;
}

export interface FileSpec {
  nodes: NodeSpec[];
  weights: Record<string, { dims: number[]; values: number[] }>;
  outputs?: string[];
  dims?: number[];
  /** Changes the message before it is written. */
  damage?: (message: ReturnType<typeof messageOf>) => void;
}

const [FLOAT, INT, INTS] = [1, 2, 7];

function attribute(name: string, value: number | number[]) {
  if (Array.isArray(value)) return { name, ints: value, type: INTS };
  return Number.isInteger(value) ? { name, i: value, type: INT } : { name, f: value, type: FLOAT };
}

function messageOf({ nodes, weights, outputs, dims = [0, 3, 0, 0] }: FileSpec) {
  return {
    irVersion: 8,
    opset: [{ domain: '', version: 13 }],
    graph: {
      node: nodes.map(({ op, inputs, output, attributes = {} }) => ({
        ...{ opType: op, input: inputs, output: [output] },
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      })),
      initializer: Object.entries(weights).map(([name, tensor]) => ({
        ...{ name, dims: [...tensor.dims], dataType: FLOAT },
        rawData: new Uint8Array(Float32Array.from(tensor.values).buffer),
        externalData: [] as { key: string; value: string }[],
        dataLocation: 0,
      })),
      input: [
        {
          name: 'image',
          type: { tensorType: { elemType: FLOAT, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
        },
      ],
      output: (outputs ?? [nodes.at(-1)!.output]).map((name) => ({ name })),
    },
  };
}

export function onnxFile(spec: FileSpec): Uint8Array {
  const message = messageOf(spec);
  spec.damage?.(message);
  return modelType.encode(modelType.fromObject(message)).finish();
}

/** As in a vision transformer the features are the mean of tokens, which have one dimension less than maps: here of columns. */
export const TOKENS: FileSpec = {
  nodes: [
    { op: 'Conv', inputs: ['image', 'w'], output: 'c', attributes: { strides: [4, 4] } },
    { op: 'ReduceMean', inputs: ['c'], output: 'tokens', attributes: { axes: [2], keepdims: 0 } },
    { op: 'ReduceMean', inputs: ['tokens'], output: 'f', attributes: { axes: [2], keepdims: 0 } },
  ],
  weights: { w: { dims: [2, 3, 4, 4], values: Array.from({ length: 96 }, (_, i) => Math.sin(i)) } },
};

/** Convolution (3 to 2 channels), ReLU, mean, and a head of 3 classes. */
export const CLASSIFIER: FileSpec = {
  nodes: [
    { op: 'Conv', inputs: ['image', 'w'], output: 'c', attributes: { pads: [1, 1, 1, 1], strides: [2, 2] } },
    { op: 'Relu', inputs: ['c'], output: 'r' },
    { op: 'GlobalAveragePool', inputs: ['r'], output: 'p' },
    { op: 'Flatten', inputs: ['p'], output: 'f' },
    { op: 'Gemm', inputs: ['f', 'h', 'b'], output: 'y', attributes: { transB: 1 } },
  ],
  weights: {
    w: { dims: [2, 3, 3, 3], values: Array.from({ length: 54 }, (_, i) => Math.sin(i)) },
    h: { dims: [3, 2], values: [1, 2, 3, 4, 5, 6] },
    b: { dims: [3], values: [0.5, 0, -0.5] },
  },
};
