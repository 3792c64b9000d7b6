/**
 * @file The safetensors format (https://github.com/huggingface/safetensors#format): the length of a header as 8 bytes, the header
 * as JSON that says where each tensor lies, the numbers. Everything the header claims is checked against the file.
 */
import { readFile, stat } from 'node:fs/promises';
import { PenumbraError } from '../../../contract/errors';
import { unreadable } from '../modelFiles';
import { float16 } from '../onnxModel/tensors';
import type { NamedArrays } from '../spec';

const PREFIX = 8;
/** The format's own limit. */
const MOST_HEADER = 100_000_000;
const MOST_BYTES = 2 ** 31;

interface Place {
  dtype: string;
  shape: number[];
  data_offsets: [begin: number, end: number];
}

const READERS: Readonly<Record<string, { bytes: number; read(view: DataView, at: number): number }>> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => float16(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => bfloat16(view.getUint16(at, true)) },
};

/** Every tensor of fractions; whole numbers (counters) are left out. @throws ENCODER_UNKNOWN, ENCODER_UNREADABLE */
export async function readSafetensors(file: string): Promise<NamedArrays> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile())
    throw new PenumbraError(
      'ENCODER_UNKNOWN',
      `There is no file ${file}; name one that ends in .safetensors.`,
    );
  if (found.size > MOST_BYTES) throw unreadable(file, 'it is larger than 2 GB');
  const content = await readFile(file);
  const header = headerOf(content, file);
  const start = PREFIX + header.length;
  // Without a prototype, a name from the file is nothing but a name.
  const arrays: NamedArrays = Object.create(null);
  for (const [name, place] of Object.entries(header.entries)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, begin, end } = checked(name, place, content.length - start, file);
    const reader = Object.hasOwn(READERS, dtype) ? READERS[dtype]! : null;
    if (!reader) continue;
    const count = shape.reduce((a, b) => a * b, 1);
    if (count * reader.bytes !== end - begin)
      throw unreadable(
        file,
        `its tensor "${name}" has ${end - begin} bytes instead of ${count * reader.bytes}`,
      );
    const view = new DataView(content.buffer, content.byteOffset + start + begin, end - begin);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = reader.read(view, i * reader.bytes);
    arrays[name] = { shape, values };
  }
  return arrays;
}

function headerOf(content: Buffer, file: string): { length: number; entries: Record<string, unknown> } {
  if (content.length < PREFIX) throw unreadable(file, 'it is too short');
  const length = Number(content.readBigUInt64LE(0));
  if (length > MOST_HEADER || PREFIX + length > content.length)
    throw unreadable(file, 'its header is longer than the file');
  try {
    const entries: unknown = JSON.parse(content.toString('utf8', PREFIX, PREFIX + length));
    if (typeof entries === 'object' && entries !== null)
      return { length, entries: entries as Record<string, unknown> };
  } catch {
    // Said below, in our words.
  }
  throw unreadable(file, 'its header is not JSON');
}

/** @param available bytes behind the header */
function checked(name: string, place: unknown, available: number, file: string) {
  const { dtype, shape, data_offsets: offsets } = (place ?? {}) as Partial<Place>;
  const whole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const [begin, end] = Array.isArray(offsets) ? offsets : [];
  if (
    typeof dtype !== 'string' ||
    !(Array.isArray(shape) && shape.every(whole)) ||
    !(whole(begin) && whole(end) && begin! <= end! && end! <= available)
  )
    throw unreadable(file, `its tensor "${name}" lies outside the file`);
  return { dtype, shape, begin: begin!, end: end! };
}

const shared = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function bfloat16(bits: number): number {
  shared.setUint32(0, bits << 16);
  return shared.getFloat32(0);
}
