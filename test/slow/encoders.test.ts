/**
 * Encoders as PyTorch writes them: embeddings and class scores are PyTorch's own, to 1e-4 of their length, and the gradient to
 * the image is that of finite differences. Fixtures are exported by encoders/export.py while the test runs; skipped where
 * there is no Python with torch, torchvision and onnx.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor4D } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tf } from '../../src/main/engine/tf';
import { hasCoarseMaps } from '../../src/main/models/coarseMaps';
import { buildEncoder, importEncoder } from '../../src/main/models/encoder';
import { type ImportedTopology, PIXEL_SCALES } from '../../src/main/models/imported';
import { report, startSlowEngine } from './support';

const python = ['/usr/bin/python3', 'python3'].find((command) => {
  try {
    execFileSync(command, ['-c', 'import torch, torchvision, onnx'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

const MOST_DIFFERENCE = 1e-4;

describe.skipIf(!python)(
  'encoders exported by PyTorch (skipped where Python has no torch, torchvision and onnx)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'penumbra-encoders-'));
    let fixtures: { file: string; size: number }[];
    afterAll(() => rmSync(folder, { recursive: true }));
    beforeAll(async () => {
      await startSlowEngine();
      const lines = execFileSync(python!, [join(import.meta.dirname, 'encoders/export.py'), folder], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      fixtures = lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    });

    test('embeddings and class scores are those of PyTorch', async () => {
      expect(fixtures.length).toBeGreaterThan(20);
      const differences: Record<string, { features: number; logits: number; gradient: number | null }> = {};
      const maps: Record<string, string[]> = {};
      for (const { file, size } of fixtures) {
        const { spec, gradientError } = await importEncoder(join(folder, file), { size });
        const encoder = await buildEncoder(spec);
        const images = tf.tensor4d(numbers(`${file}.x`), [2, 3, size, size]).transpose([0, 2, 3, 1]);
        // PyTorch was given what its networks take; an encoder is given what noise is measured in.
        const { mean, std } = (spec.topology as ImportedTopology).scale ?? PIXEL_SCALES.imagenet;
        const x = images
          .mul(std)
          .add(mean)
          .sub(spec.normalisation.mean)
          .div(spec.normalisation.std) as Tensor4D;
        const [features, logits] = [encoder.embed(x), encoder.logits!(x)];
        expect(features.shape[1], file).toBe(spec.embeddingSize);
        differences[file] = {
          features: relative(await features.data(), numbers(`${file}.features`)),
          logits: relative(await logits.data(), numbers(`${file}.logits`)),
          gradient: gradientError,
        };
        const read = encoder.coarseMaps?.(x) ?? [];
        expect(read.length > 0, file).toBe(hasCoarseMaps(spec));
        maps[file] = read.map(({ shape }) => shape.slice(1).join(' x '));
        // The finer one has twice as many places in each direction.
        const sides = read.map(({ shape: [, height, width] }) => [height, width]);
        const [, last] = sides;
        if (last) expect(sides[0], file).toEqual(last.map((side) => 2 * side!));
        tf.dispose([images, x, features, logits, ...read]);
        encoder.dispose();
      }
      report('differences', differences);
      report('maps to be read', maps);
      for (const [file, { features, logits, gradient }] of Object.entries(differences)) {
        expect(features, file).toBeLessThan(MOST_DIFFERENCE);
        expect(logits, file).toBeLessThan(MOST_DIFFERENCE);
        expect(gradient, file).toBeLessThan(0.2);
      }
    });

    const numbers = (file: string): Float32Array =>
      new Float32Array(new Uint8Array(readFileSync(join(folder, file))).buffer);
  },
);

/** Length of the difference as a share of the length. */
function relative(ours: ArrayLike<number>, theirs: Float32Array): number {
  expect(ours.length).toBe(theirs.length);
  let [difference, length] = [0, 0];
  theirs.forEach((value, i) => {
    difference += (ours[i]! - value) ** 2;
    length += value ** 2;
  });
  return Math.sqrt(difference / length);
}
