/**
 * More than ten thousand damaged files across all parsers: each is read or refused with a sentence and a stable code, memory stays
 * bounded, and no file outside of the named folder is touched. PENUMBRA_SEED draws others.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AnnotationFormat, annotationFormat, annotationImport } from '../../src/contract/annotations';
import { PenumbraError } from '../../src/contract/errors';
import { startExport } from '../../src/contract/types';
import { tf } from '../../src/main/engine/tf';
import { exportProject, importAnnotations } from '../../src/main/exports';
import { decodeSquare } from '../../src/main/library/decode';
import { importEncoder } from '../../src/main/models/encoder';
import { openProject } from '../../src/main/store/project';
import type { ProjectStore } from '../../src/main/store/types';
import { wholeImages } from '../corpus/images';
import { onnxModels, safetensors, tfjsModels, tfjsWeights, weightsBeside } from '../corpus/models';
import { mutated, mutatedText } from '../corpus/mutate';
import { watchFiles } from '../corpus/watch';
import { scanned } from '../unit/store/support';

const SEED = Number(process.env.PENUMBRA_SEED ?? 1);
/** Inputs of each kind: 11,600 in all. */
const RUNS = { images: 4000, onnx: 2000, safetensors: 1500, tfjs: 900, annotations: 400 };
const MOST_MEMORY = 2 ** 30;

let folder: string;
let inputs = 0;
let refused = 0;
const startMemory = process.memoryUsage().rss;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'penumbra-hostile-'));
  await tf.setBackend('cpu');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  const growth = Math.round((process.memoryUsage().rss - startMemory) / 2 ** 20);
  process.stdout.write(`hostile: ${JSON.stringify({ inputs, refused, seed: SEED, growthMb: growth })}\n`);
});

const put = (path: string, content: Uint8Array): string => {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};

/** Carries it out; what is refused has to be so in words. */
async function survives(codes: RegExp, work: () => Promise<unknown>): Promise<void> {
  inputs++;
  const watch = watchFiles(folder);
  try {
    await work();
  } catch (error) {
    refused++;
    expect(error, String((error as Error).stack)).toBeInstanceOf(PenumbraError);
    const { code, message } = error as PenumbraError;
    expect(code, message).toMatch(codes);
    expect(message).toMatch(/\.$/);
  } finally {
    watch.end();
  }
  expect(watch.outside).toEqual([]);
  expect(process.memoryUsage().rss - startMemory).toBeLessThan(MOST_MEMORY);
}

const settings = (runs: number) => ({ seed: SEED, numRuns: runs, endOnFailure: true });

test('images', async () => {
  await fc.assert(
    fc.asyncProperty(mutated(await wholeImages()), ({ name, bytes }) => {
      const file = put(name.replace('wide', 'w').slice(-40), bytes);
      return survives(/^IMAGE_(UNREADABLE|TOO_LARGE)$/, () => decodeSquare(file, 16));
    }),
    settings(RUNS.images),
  );
});

const ENCODER = /^ENCODER_(UNREADABLE|UNSUPPORTED)$/;

/** A model that can be read is also built and run once, as importing does. */
const imported = (path: string): Promise<void> =>
  survives(ENCODER, async () => {
    await importEncoder(path, {});
    tf.disposeVariables();
  });

test('ONNX models', async () => {
  put('weights.bin', weightsBeside());
  await fc.assert(
    fc.asyncProperty(mutated(onnxModels()), ({ bytes }) => imported(put('model.onnx', bytes))),
    settings(RUNS.onnx),
  );
});

test('safetensors', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutated(safetensors()), mutatedText(safetensors())), ({ bytes }) =>
      imported(put('model.safetensors', bytes)),
    ),
    settings(RUNS.safetensors),
  );
});

test('TensorFlow.js models', async () => {
  for (const [name, bytes] of Object.entries(tfjsWeights())) put(name, bytes);
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutated(tfjsModels()), mutatedText(tfjsModels())), ({ bytes }) =>
      imported(put('model.json', bytes)),
    ),
    settings(RUNS.tfjs),
  );
});

describe('annotations', () => {
  let store: ProjectStore;
  let whole: string;
  beforeAll(async () => {
    store = openProject(join(folder, 'p.penumbra'), { folder });
    const paths = ['train/cat/1.jpg', 'train/cat/2.jpg', 'test/dog/1.jpg'];
    store.putImages(paths.map((path) => scanned(path, { width: 12, height: 9 })));
    const shapes = [
      { kind: 'box', x: 1, y: 1, width: 4, height: 3 },
      {
        kind: 'polygon',
        rings: [
          [
            [1, 1],
            [8, 1.5],
            [6, 7],
          ],
        ],
      },
      { kind: 'brush', x: 2, y: 2, width: 4, height: 2, runs: [1, 3, 2, 2] },
    ] as const;
    const changes = shapes.map((geometry) => ({
      put: { label: 'object', geometry: structuredClone(geometry) as never },
    }));
    store.editAnnotations(store.images().map(({ id }) => ({ imageId: id, title: 'draw', changes })));
    whole = join(folder, 'whole');
    await exportProject(store, startExport.parse({ formats: annotationFormat.options, out: whole }));
  });
  afterAll(() => store.close());

  test.each(annotationFormat.options)('%s', async (format: AnnotationFormat) => {
    const root = format === 'csv' ? whole : join(whole, format);
    const paths = (readdirSync(root, { recursive: true }) as string[]).filter((path) =>
      format === 'csv' ? path === 'annotations.csv' : /\.\w+$/.test(path),
    );
    const files = Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path))]));
    const bytes = mutated(files);
    const texts = Object.fromEntries(Object.entries(files).filter(([path]) => !/\.png$/.test(path)));
    const either = Object.keys(texts).length > 0 ? fc.oneof(bytes, mutatedText(texts)) : bytes;
    const before = JSON.stringify(store.images().map(({ id }) => store.annotations(id)));
    for (const [path, content] of Object.entries(files)) put(`given/${format}/${path}`, content);
    await fc.assert(
      fc.asyncProperty(either, ({ name, bytes: changed }) => {
        const file = put(`given/${format}/${name}`, changed);
        const path = join(folder, 'given', format);
        return survives(/^INVALID_INPUT$/, () =>
          importAnnotations(store, annotationImport.parse({ path, format, dryRun: true })),
        ).finally(() => writeFileSync(file, files[name]!));
      }),
      settings(RUNS.annotations),
    );
    expect(JSON.stringify(store.images().map(({ id }) => store.annotations(id)))).toBe(before);
  });
});

test('were ten thousand at least', () => {
  expect(inputs).toBeGreaterThanOrEqual(10_000);
});
