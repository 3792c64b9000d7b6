/** @file NumPy's .npy, version 1.0: two-dimensional little-endian float32 in C order. */
import { endianness } from 'node:os';
import { PenumbraError } from '../../contract/errors';
import { type Grid, sigmaOf } from '../../contract/noiseMap';
import type { Format } from './types';

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');

/**
 * `<mask>/<image>.npy`: bits, larger = more important; `sigma/<mask>/<image>.npy`: the noise map itself, sigma255 (the
 * standard deviation in 8-bit steps). Both float32 [height, width] at the image's size.
 */
export const npy: Format = ({ write }) => ({
  add: async (_image, stem, views) => {
    for (const view of views) {
      await write(`${view.mask}/${stem}.npy`, writeNpy(view.saliency()));
      const { scale } = view;
      const full = view.fullFraction();
      const sigma = full.values.map((q) => sigmaOf(q, scale) * scale.pixelScale);
      await write(`sigma/${view.mask}/${stem}.npy`, writeNpy({ ...full, values: sigma }));
    }
  },
});

/** The bytes of a .npy file holding float32 [height, width]. */
export function writeNpy({ width, height, values }: Grid): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${height}, ${width}), }`;
  // Magic, two bytes of length and header end at a multiple of 64, the header with a line feed.
  const length = Math.ceil((MAGIC.length + 2 + header.length + 1) / 64) * 64;
  const bytes = Buffer.alloc(length + values.byteLength);
  MAGIC.copy(bytes);
  bytes.writeUInt16LE(length - MAGIC.length - 2, MAGIC.length);
  bytes.write(`${header.padEnd(length - MAGIC.length - 3)}\n`, MAGIC.length + 2, 'latin1');
  const body = bytes.subarray(length);
  body.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  if (endianness() === 'BE') body.swap32();
  return bytes;
}

/**
 * Reads what writeNpy wrote, or any two-dimensional little-endian float32 array in C order.
 * @throws INVALID_INPUT
 */
export function readNpy(bytes: Uint8Array): Grid {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, 6).equals(MAGIC.subarray(0, 6))) throw notNpy('it is not a .npy file');
  const [at, size] = file[6] === 1 ? [10, file.readUInt16LE(8)] : [12, file.readUInt32LE(8)];
  const header = file.toString('latin1', at, at + size);
  const shape = /'shape':\s*\((\d+),\s*(\d+),?\s*\)/.exec(header);
  if (!/'descr':\s*'<f4'/.test(header) || !/'fortran_order':\s*False/.test(header) || !shape) {
    throw notNpy('it is not a two-dimensional little-endian float32 array in C order');
  }
  const [height, width] = [Number(shape[1]), Number(shape[2])];
  // Copied: float32 must begin at a multiple of four, which a part of a larger buffer need not.
  const body = Buffer.from(file.subarray(at + size, at + size + 4 * width * height));
  if (body.length < 4 * width * height) throw notNpy('the file is truncated');
  const aligned = new Uint8Array(body).buffer;
  if (endianness() === 'BE') Buffer.from(aligned).swap32();
  return { width, height, values: new Float32Array(aligned) };
}

function notNpy(reason: string): PenumbraError {
  return new PenumbraError('INVALID_INPUT', `The array cannot be read: ${reason}.`);
}
