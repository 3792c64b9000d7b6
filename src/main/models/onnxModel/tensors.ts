/** @file The numbers of a tensor: in the message, or in a file beside the model. Lengths are checked before anything is allocated. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { unreadable } from '../modelFiles';
import type { TensorMessage } from './schema';

/** Of all tensors of a model together: many may name the same bytes of one file. */
const MOST_VALUES = 2 ** 29;

interface ElementType {
  bytes: number;
  whole: boolean;
  read(view: DataView, at: number): number;
}

/** Numbers of TensorProto.DataType, their size in a raw tensor, and how one is read. */
const TYPES: Readonly<Record<number, ElementType>> = {
  1: { bytes: 4, whole: false, read: (view, at) => view.getFloat32(at, true) },
  2: { bytes: 1, whole: true, read: (view, at) => view.getUint8(at) },
  3: { bytes: 1, whole: true, read: (view, at) => view.getInt8(at) },
  6: { bytes: 4, whole: true, read: (view, at) => view.getInt32(at, true) },
  7: { bytes: 8, whole: true, read: (view, at) => Number(view.getBigInt64(at, true)) },
  9: { bytes: 1, whole: true, read: (view, at) => view.getUint8(at) },
  10: { bytes: 2, whole: false, read: (view, at) => float16(view.getUint16(at, true)) },
  11: { bytes: 8, whole: false, read: (view, at) => view.getFloat64(at, true) },
};
const FLOAT16 = 10;
const BESIDE = 1;

export interface Elements {
  shape: number[];
  values: Float32Array;
  whole: boolean;
}

export class TensorReader {
  readonly #file: string;
  readonly #beside: WeightFiles;
  #values = 0;

  /** @param file the model, for what is said and for the files beside it */
  constructor(file: string) {
    this.#file = file;
    this.#beside = new WeightFiles(file);
  }

  /** @throws ENCODER_UNREADABLE */
  async read(tensor: TensorMessage): Promise<Elements> {
    const { dims, dataType, dataLocation, name } = tensor;
    const type = TYPES[dataType];
    if (!type) throw this.#unreadable(name, `has an element type we do not know (${dataType})`);
    const count = dims.reduce((a, b) => a * b, 1);
    if (dims.some((dim) => !Number.isInteger(dim) || dim < 0) || this.#values + count > MOST_VALUES)
      throw this.#unreadable(name, `has a shape that cannot be: [${dims.slice(0, 8).join(', ')}]`);
    this.#values += count;
    const raw =
      dataLocation === BESIDE ? await this.#beside.read(tensor, count * type.bytes) : tensor.rawData;
    const values = raw.length > 0 ? this.#fromBytes(name, raw, count, type) : this.#fromList(tensor, count);
    return { shape: dims, values, whole: type.whole };
  }

  #fromBytes(name: string, raw: Uint8Array, count: number, { bytes, read }: ElementType): Float32Array {
    if (raw.length !== count * bytes)
      throw this.#unreadable(name, `has ${raw.length} bytes instead of ${count * bytes}`);
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = read(view, i * bytes);
    return values;
  }

  #fromList({ floatData, int32Data, int64Data, doubleData, dataType, name }: TensorMessage, count: number) {
    const listed = [floatData, int32Data, int64Data, doubleData].find(({ length }) => length > 0) ?? [];
    if (listed.length !== count)
      throw this.#unreadable(name, `has ${listed.length} elements instead of ${count}`);
    return Float32Array.from(dataType === FLOAT16 ? listed.map(float16) : listed);
  }

  #unreadable(name: string, why: string): Error {
    return unreadable(this.#file, `its tensor "${name}" ${why}`);
  }
}

/** Files beside the model that hold its weights; a model from elsewhere may name no others. */
class WeightFiles {
  readonly #contents = new Map<string, Promise<Buffer>>();

  constructor(readonly file: string) {}

  async read(tensor: TensorMessage, bytes: number): Promise<Uint8Array> {
    const entry = (key: string) => tensor.externalData.find((each) => each.key === key)?.value;
    const location = entry('location') ?? '';
    if (location === '' || basename(location) !== location || location.includes('\\') || location === '..')
      throw unreadable(this.file, `it names the weight file "${location}" outside its folder`);
    const known = this.#contents.get(location) ?? readFile(join(dirname(this.file), location));
    this.#contents.set(location, known);
    const content = await known.catch((cause: unknown) => {
      throw unreadable(this.file, `its weight file "${location}" cannot be read`, cause);
    });
    const offset = Number(entry('offset') ?? 0);
    if (!Number.isInteger(offset) || offset < 0 || offset + bytes > content.length)
      throw unreadable(this.file, `its weight file "${location}" ends too early`);
    return content.subarray(offset, offset + bytes);
  }
}

/** A float16 from its bits (IEEE 754 binary16). */
export function float16(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
