/** @file Files from elsewhere, taken apart without trust: every refusal names the file and the item in one sentence. */
import { XMLParser } from 'fast-xml-parser';
import type { z } from 'zod';
import { type Geometry, geometry } from '../../../contract/annotations';
import { PenumbraError } from '../../../contract/errors';
import type { SourceFile } from './types';

/** `"file": item: what.` */
export function refused(file: string, item: string, what: string, cause?: unknown): PenumbraError {
  const where = item === '' ? '' : `${item}: `;
  return new PenumbraError('INVALID_INPUT', `"${file}": ${where}${what.replace(/\.$/, '')}.`, { cause });
}

/** A value of a file, checked. @throws INVALID_INPUT */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  file: string,
  item = '',
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue!.path.map(String).join('.');
  throw refused(file, [item, path].filter(Boolean).join(', '), issue!.message, result.error);
}

/** @throws INVALID_INPUT */
export const checkedGeometry = (value: unknown, file: string, item: string): Geometry =>
  checked(geometry, value, file, item);

/** @throws INVALID_INPUT */
export async function readJson(file: SourceFile): Promise<unknown> {
  const text = await file.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused(file.path, '', 'it is not JSON', cause);
  }
}

/** Elements that may stand more than once are lists, also where there is only one. */
const LISTS = new Set(['image', 'object', 'polygon', 'box', 'mask', 'polyline', 'points', 'ellipse', 'tag']);

/**
 * Attributes carry `@`; all values are text. Document types, and with them entities of the file's own, are refused.
 * @throws INVALID_INPUT
 */
export async function readXml(file: SourceFile): Promise<Record<string, unknown>> {
  const text = await file.text();
  if (/<!\s*(doctype|entity)/i.test(text))
    throw refused(file.path, '', 'it has a document type of its own, which is not read');
  try {
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      parseTagValue: false,
      parseAttributeValue: false,
      isArray: (name) => LISTS.has(name),
    });
    return parser.parse(text, true) as Record<string, unknown>;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0]! : 'it is damaged';
    throw refused(file.path, '', `it is not XML (${why.replace(/\.$/, '')})`, cause);
  }
}

/** Rows of cells of comma-separated values (RFC 4180); empty lines are left out. @throws INVALID_INPUT */
export async function readCsv(file: SourceFile): Promise<string[][]> {
  const text = (await file.text()).replace(/^\uFEFF/, '');
  const rows: string[][] = [];
  let row: string[] = [];
  // A cell, quoted or not, and what ends it.
  const cells = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|\r|$)/y;
  while (cells.lastIndex < text.length) {
    const found = cells.exec(text);
    if (!found)
      throw refused(file.path, `row ${rows.length + 1}`, 'it has a quote that does not belong there');
    row.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    if (found[3] === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push([...row, '']);
  return rows;
}
