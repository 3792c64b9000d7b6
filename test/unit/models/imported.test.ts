import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { io, Tensor4D } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { hasCoarseMaps } from '../../../src/main/models/coarseMaps';
import { buildEncoder, importEncoder, trainableCopy } from '../../../src/main/models/encoder';
import type { ImportedTopology } from '../../../src/main/models/imported';
import type { EncoderSpec } from '../../../src/main/models/spec';
import { expectGradient, normalTensor } from '../noise/finiteDifferences';

await tf.setBackend('cpu');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-models-'));
});
afterAll(() => rm(folder, { recursive: true }));

const GRAPH = join(import.meta.dirname, '../../../../shared/data/encoders/mobilenet_v1_0.25_128');

describe.skipIf(!existsSync(GRAPH))(
  'a GraphModel (../shared/data/encoders; skipped where it is absent)',
  () => {
    let spec: EncoderSpec;
    beforeAll(async () => {
      ({ spec } = await importEncoder(GRAPH, { size: 32 }));
    });

    test('is imported with its features and logits', async () => {
      expect(spec).toMatchObject({ kind: 'graph-model', inputSize: 32, embeddingSize: 256, classes: null });
      const encoder = await buildEncoder(spec);
      const x = normalTensor<Tensor4D>([2, 32, 32, 3], 1);
      expect(encoder.embed(x).shape).toEqual([2, 256]);
      expect(encoder.logits!(x).shape).toEqual([2, 1001]);
      encoder.dispose();
    });

    test('sees pixels as (rgb - 127.5) / 127.5, whatever units the noise is measured in', async () => {
      const pixels = tf.linspace(0, 255, 32 * 32 * 3).reshape([1, 32, 32, 3]);
      const model = await tf.loadGraphModel(tf.io.fromMemory(await artifactsOf(GRAPH)));
      const expected = tf
        .tidy(() => model.execute(pixels.sub(127.5).div(127.5), 'features') as typeof pixels)
        .dataSync();
      const { mean, std } = spec.normalisation;
      const encoder = await buildEncoder(spec);
      const actual = encoder.embed(pixels.sub(mean).div(std) as Tensor4D).dataSync();
      for (let i = 0; i < 256; i++) expect(actual[i]).toBeCloseTo(expected[i]!, 4);
    });

    test('cut at the map its features are the mean of, it goes on to the same answers', async () => {
      const encoder = await buildEncoder(spec);
      const x = normalTensor<Tensor4D>([2, 32, 32, 3], 1);
      const map = encoder.lastMap!.of(x);
      expect(map.shape).toEqual([2, 1, 1, 256]);
      expect([...encoder.lastMap!.embed(map).dataSync()]).toEqual([...encoder.embed(x).dataSync()]);
      expect([...encoder.lastMap!.logits!(map).dataSync()]).toEqual([...encoder.logits!(x).dataSync()]);
      const gradient = tf.grad((input) => encoder.lastMap!.logits!(input as Tensor4D).sum())(map);
      expect(gradient.abs().sum().dataSync()[0]).toBeGreaterThan(0);
      encoder.dispose();
    });

    test('lends its last two sizes of maps to be read, the last one being what it pools', async () => {
      const { spec } = await importEncoder(GRAPH, { size: 64 });
      expect(hasCoarseMaps(spec)).toBe(true);
      const encoder = await buildEncoder(spec);
      const x = normalTensor<Tensor4D>([2, 64, 64, 3], 1);
      const [finer, last] = encoder.coarseMaps!(x) as [Tensor4D, Tensor4D];
      // MobileNetV1 (Howard et al. 2017, table 1) at a quarter of its width: 512 and 1024 channels there.
      expect(finer.shape).toEqual([2, 4, 4, 128]);
      expect(last.shape).toEqual([2, 2, 2, 256]);
      expect([...last.dataSync()]).toEqual([...encoder.lastMap!.of(x).dataSync()]);
      encoder.dispose();

      const topology = { ...(spec.topology as ImportedTopology), tokens: true as const };
      expect(hasCoarseMaps({ ...spec, topology })).toBe(false);
      const ofTokens = await buildEncoder({ ...spec, topology });
      expect([ofTokens.lastMap, ofTokens.coarseMaps]).toEqual([undefined, undefined]);
      ofTokens.dispose();
    });

    test('is differentiable with respect to the image', async () => {
      const encoder = await buildEncoder(spec);
      const weights = normalTensor([1, 256], 2);
      expectGradient(
        (x) =>
          encoder
            .embed(x as Tensor4D)
            .mul(weights)
            .sum(),
        normalTensor([1, 32, 32, 3], 3),
        {
          h: 1e-3,
          tolerance: 0.05,
          directions: 2,
        },
      );
    });

    test('can be trained: a step down the gradient lowers a loss, and the copy stored differs', async () => {
      const encoder = await buildEncoder(spec);
      const student = await trainableCopy(encoder);
      const x = normalTensor<Tensor4D>([2, 32, 32, 3], 4);
      const loss = () => student.embed(x).square().mean().asScalar();
      const { value, grads } = tf.variableGrads(loss, student.variables);
      // Every weight up to the features has a gradient; only the head, which they do not pass, has none.
      expect(student.variables.length - Object.keys(grads).length).toBeLessThanOrEqual(2);
      for (const variable of student.variables)
        if (grads[variable.name]) variable.assign(variable.sub(grads[variable.name]!.mul(1e-3)));
      expect(loss().dataSync()[0]).toBeLessThan(value.dataSync()[0]!);
      const again = await buildEncoder(await student.spec());
      expect([...again.embed(x).dataSync()]).toEqual([...student.embed(x).dataSync()]);
      expect([...encoder.embed(x).dataSync()]).not.toEqual([...student.embed(x).dataSync()]);
    });

    test('leaves no tensors behind', async () => {
      const before = tf.memory().numTensors;
      const encoder = await buildEncoder(spec);
      const x = normalTensor<Tensor4D>([1, 32, 32, 3], 5);
      encoder.embed(x).dispose();
      tf.grad((input) => encoder.embed(input as Tensor4D).sum())(x).dispose();
      x.dispose();
      encoder.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    test('that is damaged is refused with a sentence', async () => {
      const damaged = async (name: string, change: (json: Record<string, unknown>) => unknown) => {
        const target = join(folder, name);
        await mkdir(target);
        await copyFile(join(GRAPH, 'weights.bin'), join(target, 'weights.bin'));
        const json = JSON.parse(await readFile(join(GRAPH, 'model.json'), 'utf8'));
        await writeFile(join(target, 'model.json'), JSON.stringify(change(json) ?? json));
        return importEncoder(target);
      };
      await expect(
        damaged('cut', (json) => {
          (json.weightsManifest as { weights: unknown[] }[])[0]!.weights.pop();
        }),
      ).rejects.toMatchObject({ code: 'ENCODER_UNREADABLE' });
      await expect(
        damaged('outside', (json) => {
          (json.weightsManifest as { paths: string[] }[])[0]!.paths = ['../../etc/passwd'];
        }),
      ).rejects.toMatchObject({ code: 'ENCODER_UNREADABLE', message: expect.stringContaining('outside') });
      await expect(
        damaged('operation', (json) => {
          const { node } = json.modelTopology as { node: { op: string }[] };
          node.find(({ op }) => op === 'Relu6')!.op = 'NoSuchOperation';
        }),
      ).rejects.toMatchObject({ code: expect.stringMatching(/^ENCODER_UN/) });
      await expect(damaged('empty', () => ({}))).rejects.toMatchObject({ code: 'ENCODER_UNREADABLE' });
    });
  },
);

test('what is not a model is refused with a sentence', async () => {
  await expect(importEncoder(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'ENCODER_UNKNOWN' });
  await writeFile(join(folder, 'model.json'), 'no JSON');
  await expect(importEncoder(folder)).rejects.toMatchObject({ code: 'ENCODER_UNREADABLE' });
});

describe('a LayersModel', () => {
  const path = () => join(folder, 'layers');
  beforeAll(async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({
          inputShape: [24, 24, 3],
          filters: 4,
          kernelSize: 3,
          strides: 2,
          activation: 'tanh',
        }),
        tf.layers.batchNormalization(),
        tf.layers.depthwiseConv2d({ kernelSize: 3, activation: 'tanh' }),
        tf.layers.globalAveragePooling2d({}),
        tf.layers.dense({ units: 3 }),
      ],
    });
    await saveLayers(model, path());
    model.dispose();
  });

  test('is imported at its own size, without its class head', async () => {
    const { spec } = await importEncoder(path());
    expect(spec).toMatchObject({ kind: 'layers-model', inputSize: 24, embeddingSize: 4 });
    const encoder = await buildEncoder(spec);
    expect(encoder.logits!(normalTensor<Tensor4D>([2, 24, 24, 3], 1)).shape).toEqual([2, 3]);
    expectGradient(
      (x) =>
        encoder
          .embed(x as Tensor4D)
          .square()
          .sum(),
      normalTensor([1, 24, 24, 3], 2),
    );
    encoder.dispose();
  });

  test('another size than its own is refused', async () => {
    await expect(importEncoder(path(), { size: 64 })).rejects.toMatchObject({ code: 'ENCODER_UNSUPPORTED' });
  });

  test('can be trained and stored', async () => {
    const student = await trainableCopy(await buildEncoder((await importEncoder(path())).spec));
    const x = normalTensor<Tensor4D>([1, 24, 24, 3], 3);
    const before = [...student.embed(x).dataSync()];
    for (const variable of student.variables) variable.assign(variable.add(0.1));
    const again = await buildEncoder(await student.spec());
    expect([...again.embed(x).dataSync()]).toEqual([...student.embed(x).dataSync()]);
    expect([...again.embed(x).dataSync()]).not.toEqual(before);
  });
});

async function artifactsOf(path: string): Promise<io.ModelArtifacts> {
  const json = JSON.parse(await readFile(join(path, 'model.json'), 'utf8'));
  const { buffer, byteOffset, length } = await readFile(join(path, 'weights.bin'));
  return {
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest[0].weights,
    weightData: buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer,
  };
}

async function saveLayers(model: { save: (handler: io.IOHandler) => unknown }, path: string): Promise<void> {
  await mkdir(path);
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      await writeFile(join(path, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }));
      await writeFile(join(path, 'weights.bin'), Buffer.from(weightData as ArrayBuffer));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
}
