import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { PenumbraError } from '../../../src/contract/errors';
import { tf } from '../../../src/main/engine/tf';
import { hasCoarseMaps } from '../../../src/main/models/coarseMaps';
import { buildEncoder, importEncoder } from '../../../src/main/models/encoder';
import { OPERATORS } from '../../../src/main/models/onnxModel/operators';
import type { Attribute } from '../../../src/main/models/onnxModel/read';
import { Attributes, asTensor, host, Inputs, type Value } from '../../../src/main/models/onnxModel/value';
import { expectGradient, normalTensor } from '../noise/finiteDifferences';
import { CLASSIFIER, type FileSpec, onnxFile, TOKENS } from './onnxFiles';

await tf.setBackend('cpu');

const folder = mkdtempSync(join(tmpdir(), 'penumbra-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(spec: FileSpec, name = 'model.onnx'): string {
  const file = join(folder, name);
  writeFileSync(file, onnxFile(spec));
  return file;
}

function run(
  op: string,
  inputs: (Value | undefined)[],
  attributes: Record<string, Attribute> = {},
  outputs = 1,
) {
  return OPERATORS[op]!(new Inputs(inputs), new Attributes(attributes), { opset: 13, outputs });
}
const values = (value: Value) => ({ shape: asTensor(value).shape, values: [...asTensor(value).dataSync()] });
const t = (numbers: number[], shape: number[]): Tensor => tf.tensor(numbers, shape);
const range = (count: number, shape: number[]) =>
  t(
    Array.from({ length: count }, (_, i) => i + 1),
    shape,
  );
const whole = (...numbers: number[]) => host(numbers);

/** Each by hand, from the operator's definition. */
const CASES: [name: string, outputs: Value[], expected: { shape: number[]; values: number[] }][] = [
  [
    'Conv, a 2 x 2 sum',
    run('Conv', [range(9, [1, 1, 3, 3]), t([1, 1, 1, 1], [1, 1, 2, 2])]),
    { shape: [1, 1, 2, 2], values: [12, 16, 24, 28] },
  ],
  [
    'Conv with unequal padding',
    run('Conv', [range(4, [1, 1, 2, 2]), t([1, 1], [1, 1, 1, 2])], { pads: [0, 1, 0, 0] }),
    { shape: [1, 1, 2, 2], values: [1, 3, 3, 7] },
  ],
  [
    'Conv, depthwise',
    run('Conv', [range(4, [1, 2, 1, 2]), t([2, 10], [2, 1, 1, 1])], { group: 2 }),
    { shape: [1, 2, 1, 2], values: [2, 4, 30, 40] },
  ],
  [
    'Conv in two groups with a bias',
    run('Conv', [range(4, [1, 4, 1, 1]), t([1, 1, 1, -1], [2, 2, 1, 1]), t([10, 20], [2])], { group: 2 }),
    { shape: [1, 2, 1, 1], values: [13, 19] },
  ],
  [
    'Conv with holes',
    run('Conv', [range(9, [1, 1, 3, 3]), t([1, 1, 1, 1], [1, 1, 2, 2])], { dilations: [2, 2] }),
    { shape: [1, 1, 1, 1], values: [20] },
  ],
  [
    'MaxPool',
    run('MaxPool', [range(9, [1, 1, 3, 3])], { kernel_shape: [2, 2], strides: [2, 2] }),
    { shape: [1, 1, 1, 1], values: [5] },
  ],
  [
    'MaxPool, rounded up',
    run('MaxPool', [range(9, [1, 1, 3, 3])], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
    { shape: [1, 1, 2, 2], values: [5, 6, 8, 9] },
  ],
  [
    'AveragePool over what exists',
    run('AveragePool', [range(4, [1, 1, 2, 2])], {
      kernel_shape: [2, 2],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
    }),
    { shape: [1, 1, 2, 2], values: [1, 2, 3, 4] },
  ],
  [
    'AveragePool with its padding',
    run('AveragePool', [range(4, [1, 1, 2, 2])], {
      kernel_shape: [2, 2],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      count_include_pad: 1,
    }),
    { shape: [1, 1, 2, 2], values: [0.25, 0.5, 0.75, 1] },
  ],
  [
    'GlobalAveragePool',
    run('GlobalAveragePool', [range(8, [1, 2, 2, 2])]),
    { shape: [1, 2, 1, 1], values: [2.5, 6.5] },
  ],
  [
    'BatchNormalization',
    run(
      'BatchNormalization',
      [t([3, 5], [1, 2, 1, 1]), t([2, 1], [2]), t([1, 0], [2]), t([1, 1], [2]), t([4, 16], [2])],
      { epsilon: 0 },
    ),
    { shape: [1, 2, 1, 1], values: [3, 1] },
  ],
  [
    'LayerNormalization',
    run('LayerNormalization', [t([1, 3], [1, 2]), t([1, 2], [2]), t([0, 1], [2])], { epsilon: 0 }),
    { shape: [1, 2], values: [-1, 3] },
  ],
  [
    'InstanceNormalization',
    run('InstanceNormalization', [t([1, 3], [1, 1, 1, 2]), t([2], [1]), t([1], [1])], { epsilon: 0 }),
    { shape: [1, 1, 1, 2], values: [-1, 3] },
  ],
  [
    'Softmax along another axis',
    run('Softmax', [t([0, 5, 0, 5], [2, 2])], { axis: 0 }),
    { shape: [2, 2], values: [0.5, 0.5, 0.5, 0.5] },
  ],
  [
    'ReduceMean',
    run('ReduceMean', [range(4, [2, 2])], { axes: [-1], keepdims: 0 }),
    { shape: [2], values: [1.5, 3.5] },
  ],
  [
    'Gemm',
    run('Gemm', [t([1, 2], [1, 2]), t([1, 1, 0, 1], [2, 2]), t([10, 10], [2])], {
      transB: 1,
      alpha: 2,
      beta: 0.5,
    }),
    { shape: [1, 2], values: [11, 9] },
  ],
  [
    'MatMul of many',
    run('MatMul', [range(4, [2, 1, 2]), t([1, 1], [2, 1])]),
    { shape: [2, 1, 1], values: [3, 7] },
  ],
  [
    'Add, repeated',
    run('Add', [range(4, [2, 2]), t([10, 20], [2])]),
    { shape: [2, 2], values: [11, 22, 13, 24] },
  ],
  ['Clip', run('Clip', [t([-1, 3, 9], [3]), t([0], []), t([6], [])]), { shape: [3], values: [0, 3, 6] }],
  ['HardSigmoid', run('HardSigmoid', [t([-9, 0, 9], [3])]), { shape: [3], values: [0, 0.5, 1] }],
  ['HardSwish', run('HardSwish', [t([-3, 3, 6], [3])]), { shape: [3], values: [0, 3, 6] }],
  ['LeakyRelu', run('LeakyRelu', [t([-2, 2], [2])], { alpha: 0.5 }), { shape: [2], values: [-1, 2] }],
  [
    'Reshape, 0 keeps and -1 fills',
    run('Reshape', [range(6, [2, 3]), whole(0, -1, 1)]),
    { shape: [2, 3, 1], values: [1, 2, 3, 4, 5, 6] },
  ],
  ['Flatten', run('Flatten', [range(4, [1, 2, 2])], { axis: 1 }), { shape: [1, 4], values: [1, 2, 3, 4] }],
  [
    'Transpose',
    run('Transpose', [range(4, [2, 2])], { perm: [1, 0] }),
    { shape: [2, 2], values: [1, 3, 2, 4] },
  ],
  [
    'Slice from the end, by two',
    run('Slice', [range(5, [5]), whole(-5), whole(99), whole(0), whole(2)]),
    { shape: [3], values: [1, 3, 5] },
  ],
  [
    'Concat',
    run('Concat', [range(2, [1, 2]), range(2, [1, 2])], { axis: -1 }),
    { shape: [1, 4], values: [1, 2, 1, 2] },
  ],
  [
    'Gather of one',
    run('Gather', [range(4, [2, 2]), host([-1], [])], { axis: 0 }),
    { shape: [2], values: [3, 4] },
  ],
  [
    'Split, second part',
    run('Split', [range(3, [3]), whole(1, 2)], {}, 2).slice(1),
    { shape: [2], values: [2, 3] },
  ],
  ['Pad', run('Pad', [range(1, [1, 1]), whole(0, 1, 0, 1)]), { shape: [1, 3], values: [0, 1, 0] }],
  ['Squeeze', run('Squeeze', [range(2, [1, 2, 1])]), { shape: [2], values: [1, 2] }],
  ['Unsqueeze', run('Unsqueeze', [range(2, [2]), whole(0, 2)]), { shape: [1, 2, 1], values: [1, 2] }],
  ['Expand', run('Expand', [t([7], [1, 1]), whole(2, 2)]), { shape: [2, 2], values: [7, 7, 7, 7] }],
  ['Shape', run('Shape', [range(6, [2, 3])]), { shape: [2], values: [2, 3] }],
  ['Where', run('Where', [t([1, 0], [2]), t([1, 2], [2]), t([8, 9], [2])]), { shape: [2], values: [1, 9] }],
  ['ConstantOfShape', run('ConstantOfShape', [whole(2)], { value: [4] }), { shape: [2], values: [4, 4] }],
];

describe('operators', () => {
  test.each(CASES)('%s', (_name, outputs, expected) => {
    const found = values(outputs[0]!);
    expect(found.shape).toEqual(expected.shape);
    found.values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.values[i]!, 4);
    });
  });
});

describe('an ONNX model', () => {
  test('is a network of the shape that it was written with, differentiable, cut at its last map', async () => {
    const { spec, gradientError, classCount } = await importEncoder(written(CLASSIFIER), { size: 32 });
    expect(spec).toMatchObject({ kind: 'onnx-model', embeddingSize: 2, inputSize: 32 });
    expect(classCount).toBe(3);
    expect(gradientError).toBeLessThan(0.05);
    const encoder = await buildEncoder(spec);
    const x = normalTensor<Tensor4D>([2, 32, 32, 3], 1);
    const [z, scores] = [encoder.embed(x), encoder.logits!(x)];
    const expected = z.matMul(tf.tensor2d([1, 3, 5, 2, 4, 6], [2, 3])).add([0.5, 0, -0.5]);
    expected.dataSync().forEach((value, i) => {
      expect(scores.dataSync()[i]).toBeCloseTo(value, 4);
    });
    expect([...encoder.lastMap!.embed(encoder.lastMap!.of(x)).dataSync()]).toEqual([...z.dataSync()]);
    expectGradient(
      (image) =>
        encoder
          .embed(image as Tensor4D)
          .square()
          .sum(),
      normalTensor([1, 32, 32, 3], 2),
      // ReLU has kinks on the way.
      { h: 1e-3, tolerance: 0.05, directions: 2 },
    );
    encoder.dispose();
  });

  test('lends its map to be read; the tokens of a transformer are no map', async () => {
    const x = normalTensor<Tensor4D>([2, 32, 32, 3], 1);
    const { spec } = await importEncoder(written(CLASSIFIER), { size: 32 });
    expect(hasCoarseMaps(spec)).toBe(true);
    const encoder = await buildEncoder(spec);
    // Nothing halves but the image itself, so there is no finer one.
    const maps = encoder.coarseMaps!(x);
    expect(maps.map(({ shape }) => shape)).toEqual([[2, 16, 16, 2]]);
    expect([...maps[0]!.dataSync()]).toEqual([...encoder.lastMap!.of(x).dataSync()]);

    const { spec: tokens } = await importEncoder(written(TOKENS), { size: 32 });
    expect(tokens.embeddingSize).toBe(2);
    expect(hasCoarseMaps(tokens)).toBe(false);
    const transformer = await buildEncoder(tokens);
    expect(transformer.lastMap).toBeUndefined();
    expect(transformer.coarseMaps).toBeUndefined();
  });

  test('what it cannot do is said by name', async () => {
    const nodes = [...CLASSIFIER.nodes];
    nodes[1] = { op: 'NonMaxSuppression', inputs: ['c'], output: 'r' };
    nodes.push({ op: 'constructor', inputs: ['y'], output: 'z' });
    await expect(importEncoder(written({ ...CLASSIFIER, nodes }))).rejects.toMatchObject({
      code: 'ENCODER_UNSUPPORTED',
      message: expect.stringContaining('NonMaxSuppression, constructor'),
    });
  });

  test('features that no gradient reaches make a model that works forward only', async () => {
    const nodes = CLASSIFIER.nodes.map((node) => (node.op === 'Relu' ? { ...node, op: 'Floor' } : node));
    const { forwardOnly, gradientError } = await importEncoder(written({ ...CLASSIFIER, nodes }), {
      size: 32,
    });
    expect(forwardOnly).toMatch(/differentiated/);
    expect(gradientError).toBeNull();
  });
});

const LIES: [string, NonNullable<FileSpec['damage']>][] = [
  [
    'a dimension that is not there',
    ({ graph }) => {
      graph.initializer[0]!.dims[0] = 3;
    },
  ],
  [
    'dimensions beyond all memory',
    ({ graph }) => {
      graph.initializer[0]!.dims = [2 ** 31, 2 ** 31];
    },
  ],
  [
    'a negative dimension',
    ({ graph }) => {
      graph.initializer[0]!.dims = [-2, -27];
    },
  ],
  [
    'an unknown element type',
    ({ graph }) => {
      graph.initializer[0]!.dataType = 99;
    },
  ],
  [
    'weights outside its folder',
    ({ graph }) => {
      Object.assign(graph.initializer[0]!, {
        ...{ dataLocation: 1, rawData: new Uint8Array() },
        externalData: [{ key: 'location', value: '../../../etc/passwd' }],
      });
    },
  ],
  [
    'weights in a file that is not there',
    ({ graph }) => {
      Object.assign(graph.initializer[0]!, {
        ...{ dataLocation: 1, rawData: new Uint8Array() },
        externalData: [{ key: 'location', value: 'nothing.bin' }],
      });
    },
  ],
  [
    'no network',
    ({ graph }) => {
      graph.node = [];
    },
  ],
];

describe('a file that lies', () => {
  test.each(LIES)('about %s is unreadable', async (_what, damage) => {
    await expect(importEncoder(written({ ...CLASSIFIER, damage }))).rejects.toMatchObject({
      code: 'ENCODER_UNREADABLE',
    });
  });

  test('images of a billion pixels are not asked for', async () => {
    const file = written({ ...CLASSIFIER, dims: [1, 3, 1e9, 1e9] });
    await expect(importEncoder(file)).rejects.toMatchObject({ code: 'ENCODER_UNSUPPORTED' });
  });

  test('operators that lead in a circle, or make endless tensors, end', async () => {
    const circle: FileSpec['nodes'] = [
      { op: 'Identity', inputs: ['b'], output: 'a' },
      { op: 'Identity', inputs: ['a'], output: 'b' },
    ];
    const endless = [{ op: 'Expand', inputs: ['image', 'many'], output: 'y' }];
    const weights = { many: { dims: [4], values: [1e6, 3, 1e6, 1e6] } };
    for (const spec of [
      { nodes: circle, weights: {} },
      { nodes: endless, weights },
    ])
      await expect(importEncoder(written(spec))).rejects.toMatchObject({ code: 'ENCODER_UNSUPPORTED' });
  });

  test('whatever bytes are changed, cut off or put in, it is imported or refused with a sentence', async () => {
    const whole = onnxFile(CLASSIFIER);
    const damaged = fc
      .record({
        changes: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
        length: fc.option(fc.nat(whole.length), { freq: 3 }),
      })
      .map(({ changes, length }) => {
        const bytes = whole.slice(0, length ?? undefined);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        return bytes;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), async (bytes) => {
        const file = join(folder, 'fuzz.onnx');
        writeFileSync(file, bytes);
        try {
          await importEncoder(file, { size: 32 });
        } catch (error) {
          expect(error).toBeInstanceOf(PenumbraError);
          expect((error as PenumbraError).code).toMatch(/^ENCODER_(UNREADABLE|UNSUPPORTED)$/);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
