/** @file Which format a file has, and what reads it. */
import { type AnnotationFormat, annotationFormat } from '../../../contract/annotations';
import { PenumbraError } from '../../../contract/errors';
import { readCoco } from './coco';
import { readCvat } from './cvat';
import { readLabelme } from './labelme';
import { readLabelstudio } from './labelstudio';
import { readMask } from './mask';
import { readTable } from './table';
import type { Reader, SourceFile } from './types';
import { readVoc } from './voc';
import { readYolo } from './yolo';

/** Every format that is read; adding one is one file and one line here. */
export const READERS: Record<AnnotationFormat, Reader> = {
  ...{ mask: readMask, coco: readCoco, voc: readVoc, yolo: readYolo },
  ...{ labelme: readLabelme, cvat: readCvat, labelstudio: readLabelstudio, csv: readTable },
};

type Guess = (files: SourceFile[]) => AnnotationFormat | null | Promise<AnnotationFormat | null>;

const first = (files: SourceFile[], pattern: RegExp): SourceFile | undefined =>
  files.find(({ path }) => pattern.test(path));

/** What an export of ours, perhaps of several formats, has at its top. */
const ours = (file: SourceFile): AnnotationFormat | undefined =>
  file.path === 'annotations.csv'
    ? 'csv'
    : annotationFormat.options.find((format) => file.path.startsWith(`${format}/`));

/** By what a folder must hold to be of a format, the most telling one first. */
const GUESSES: Guess[] = [
  // As the formats stand in the contract, but masks only where there is nothing else: they join regions.
  (files) => {
    const found = new Set(files.map(ours));
    return (
      [...annotationFormat.options.slice(1), 'mask' as const].find((format) => found.has(format)) ?? null
    );
  },
  (files) => (first(files, /\.ya?ml$/i) && first(files, /\.txt$/i) ? 'yolo' : null),
  async (files) => {
    const text = await first(files, /\.xml$/i)?.text();
    if (text === undefined) return null;
    return /<annotations[\s>]/.test(text) ? 'cvat' : /<annotation[\s>]/.test(text) ? 'voc' : null;
  },
  async (files) => {
    const text = await first(files, /\.json$/i)?.text();
    if (text === undefined) return null;
    if (/^\s*\[/.test(text)) return 'labelstudio';
    return /"shapes"\s*:/.test(text) ? 'labelme' : /"annotations"\s*:/.test(text) ? 'coco' : null;
  },
  (files) => (first(files, /\.png$/i) ? 'mask' : null),
  (files) => (first(files, /\.csv$/i) ? 'csv' : null),
  (files) => (first(files, /\.txt$/i) ? 'yolo' : null),
];

/** Of an export of several formats the files of one, as if it were alone. */
export function filesOfFormat(files: SourceFile[], format: AnnotationFormat): SourceFile[] {
  const own = files.filter((file) => ours(file) === format);
  if (own.length === 0) return files;
  return own.map((file) => ({ ...file, path: file.path.replace(`${format}/`, '') }));
}

/** @throws INVALID_INPUT */
export async function recognise(files: SourceFile[], path: string): Promise<AnnotationFormat> {
  for (const guess of GUESSES) {
    const format = await guess(files);
    if (format) return format;
  }
  throw new PenumbraError(
    'INVALID_INPUT',
    `"${path}" holds no annotations in a known format; say which with --format, and unpack archives first.`,
  );
}
