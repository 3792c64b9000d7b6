/**
 * @file Models and checkpoints as bytes, for the project file: magic, version, length of a JSON header, the header,
 * then the numbers of every array as little-endian float32. In the header an array is replaced by where it lies.
 */
import { PenumbraError } from '../../contract/errors';
import type { EncoderSpec, MaskModelSpec, NamedArrays } from './spec';

/** A checkpoint of any job; see training/protocol. */
interface CheckpointLike {
  step: number;
  arrays: NamedArrays;
  state: Record<string, unknown>;
}

const MAGIC = 'PNBM';
const VERSION = 1;
const PREFIX = 12;

/** Stands for an array in the header; counted in float32 values from the beginning of the numbers. */
interface ArrayPlace {
  $float32: [offset: number, length: number];
}

/** @returns bytes that `deserialise` reads back, equal in every bit */
export function serialise(value: EncoderSpec | MaskModelSpec | CheckpointLike): Uint8Array {
  const arrays: Float32Array[] = [];
  let total = 0;
  const header = new TextEncoder().encode(
    JSON.stringify(value, (_, part: unknown) => {
      if (!(part instanceof Float32Array)) return part;
      arrays.push(part);
      total += part.length;
      return { $float32: [total - part.length, part.length] } satisfies ArrayPlace;
    }),
  );
  const start = startOfNumbers(header.length);
  const bytes = new Uint8Array(start + total * 4);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(4, VERSION, true);
  view.setUint32(8, header.length, true);
  bytes.set(header, PREFIX);
  const numbers = new Float32Array(bytes.buffer, start);
  let offset = 0;
  for (const array of arrays) {
    numbers.set(array, offset);
    offset += array.length;
  }
  return bytes;
}

/** @throws PROJECT_UNREADABLE if the bytes are damaged or of another kind */
export function deserialise<T extends EncoderSpec | MaskModelSpec | CheckpointLike>(bytes: Uint8Array): T {
  if (bytes.length < PREFIX) throw damaged('it is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = new TextDecoder().decode(bytes.subarray(0, 4));
  if (magic !== MAGIC || view.getUint32(4, true) !== VERSION) throw damaged('it is of another kind');
  const headerLength = view.getUint32(8, true);
  const start = startOfNumbers(headerLength);
  if (start > bytes.length || (bytes.length - start) % 4 !== 0) throw damaged('it is cut off');
  // Copied, because a view into the bytes of a database row need not lie on a multiple of four. A row comes as a
  // Buffer, whose own `slice` would not copy.
  const numbers = new Float32Array(new Uint8Array(bytes.subarray(start)).buffer);
  const header = new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + headerLength));
  try {
    return JSON.parse(header, (_, part: unknown) => (isPlace(part) ? read(numbers, part) : part)) as T;
  } catch (error) {
    if (error instanceof PenumbraError) throw error;
    throw damaged('its header is not JSON');
  }
}

function read(numbers: Float32Array, { $float32: [offset, length] }: ArrayPlace): Float32Array {
  if (!Number.isInteger(offset) || !Number.isInteger(length) || offset < 0 || length < 0)
    throw damaged('an array has no place');
  if (offset + length > numbers.length) throw damaged('an array reaches beyond its end');
  return numbers.slice(offset, offset + length);
}

function isPlace(part: unknown): part is ArrayPlace {
  return typeof part === 'object' && part !== null && Array.isArray((part as ArrayPlace).$float32);
}

function startOfNumbers(headerLength: number): number {
  return Math.ceil((PREFIX + headerLength) / 4) * 4;
}

function damaged(how: string): PenumbraError {
  return new PenumbraError(
    'PROJECT_UNREADABLE',
    `A stored model cannot be read (${how}); train it again, or restore the project file from a backup.`,
  );
}
