/** @file Small models of every kind that is imported, as the files they consist of. */
import { CLASSIFIER, onnxFile } from '../unit/models/onnxFiles';

export function onnxModels(): Record<string, Buffer> {
  const beside = onnxFile({
    ...CLASSIFIER,
    damage: ({ graph }) => {
      const [weight] = graph.initializer;
      weight!.rawData = new Uint8Array();
      weight!.dataLocation = 1;
      weight!.externalData = [{ key: 'location', value: 'weights.bin' }];
    },
  });
  return { 'classifier.onnx': Buffer.from(onnxFile(CLASSIFIER)), 'beside.onnx': Buffer.from(beside) };
}

/** The weights that `beside.onnx` names. */
export const weightsBeside = (): Buffer => Buffer.from(new Float32Array(54).fill(0.1).buffer);

/** A header with tensors of every type, and their numbers. */
export function safetensors(): Record<string, Buffer> {
  const sizes = { F32: 4, F16: 2, BF16: 2, F64: 8, I64: 8 };
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const [dtype, bytes] of Object.entries(sizes)) {
    header[`layer1.0.${dtype}.weight`] = { dtype, shape: [2, 3], data_offsets: [end, end + 6 * bytes] };
    end += 6 * bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return { 'weights.safetensors': Buffer.concat([length, text, Buffer.alloc(end, 7)]) };
}

const shape = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });
const FLOAT = { type: 'DT_FLOAT' };

/** A GraphModel (convolution, ReLU, mean) and a LayersModel, whose weights are in `weights.bin`. */
export function tfjsModels(): Record<string, Buffer> {
  const graph = {
    format: 'graph-model',
    modelTopology: {
      node: [
        { name: 'image', op: 'Placeholder', attr: { dtype: FLOAT, shape: shape(-1, 16, 16, 3) } },
        { name: 'w', op: 'Const', attr: { dtype: FLOAT } },
        {
          ...{ name: 'c', op: 'Conv2D', input: ['image', 'w'] },
          attr: {
            ...{ T: FLOAT, strides: { list: { i: ['1', '2', '2', '1'] } }, padding: { s: 'U0FNRQ==' } },
            ...{ data_format: { s: 'TkhXQw==' }, dilations: { list: { i: ['1', '1', '1', '1'] } } },
          },
        },
        { name: 'r', op: 'Relu', input: ['c'], attr: { T: FLOAT } },
        { name: 'axes', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
        { name: 'features', op: 'Mean', input: ['r', 'axes'], attr: { T: FLOAT, keep_dims: { b: false } } },
      ],
      versions: { producer: 1 },
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'w', shape: [3, 3, 3, 2], dtype: 'float32' },
          { name: 'axes', shape: [2], dtype: 'int32' },
        ],
      },
    ],
  };
  const layer = (className: string, config: object) => ({ class_name: className, config });
  const layers = {
    format: 'layers-model',
    modelTopology: {
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
      model_config: layer('Sequential', {
        name: 's',
        layers: [
          layer('Conv2D', {
            ...{
              name: 'c',
              filters: 2,
              kernel_size: [3, 3],
              strides: [2, 2],
              padding: 'same',
              use_bias: false,
            },
            ...{ activation: 'tanh', batch_input_shape: [null, 16, 16, 3], dtype: 'float32' },
          }),
          layer('GlobalAveragePooling2D', { name: 'p' }),
        ],
      }),
    },
    weightsManifest: [
      { paths: ['layers.bin'], weights: [{ name: 'c/kernel', shape: [3, 3, 3, 2], dtype: 'float32' }] },
    ],
  };
  return {
    'graph.json': Buffer.from(JSON.stringify(graph)),
    'layers.json': Buffer.from(JSON.stringify(layers)),
  };
}

/** What the models name: 54 numbers, with the axes 1 and 2 behind them or not. */
export function tfjsWeights(): Record<string, Buffer> {
  const kernel = Buffer.from(Float32Array.from({ length: 54 }, (_, i) => Math.sin(i)).buffer);
  return {
    'weights.bin': Buffer.concat([kernel, Buffer.from(Int32Array.of(1, 2).buffer)]),
    'layers.bin': kernel,
  };
}
