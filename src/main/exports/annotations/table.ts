/** @file Regions as a table: one row each, the outline as well-known text. */
import { z } from 'zod';
import { type Geometry, type Label, labelRole, type Region, type Ring } from '../../../contract/annotations';
import { asBrush, asPolygon, nested } from '../../../contract/geometry/convert';
import { boundsOf } from '../../../contract/geometry/measure';
import type { Cell } from '../csvText';
import { rounded } from './numbers';
import { checked, checkedGeometry, readCsv, refused } from './parse';
import type { Reader, Source, SourceFile } from './types';

export const REGION_COLUMNS = [
  ...['path', 'label', 'role', 'name', 'kind', 'x', 'y', 'width', 'height', 'area_px', 'outline'],
];

/** `annotations.csv`: bounds and area in pixels; the outline is a MULTIPOLYGON (OGC simple features). */
export function regionCells(path: string, { label, name, geometry }: Region, labels: Label[]): Cell[] {
  const { x, y, width, height } = boundsOf(geometry);
  const area = asBrush(geometry)?.runs.reduce((sum, run, i) => sum + (i % 2) * run, 0) ?? 0;
  const role = labels.find((one) => one.name === label)?.role ?? 'other';
  return [path, label, role, name, geometry.kind, x, y, width, height, area, textOf(geometry)];
}

function textOf(shape: Geometry): string {
  const ring = (corners: Ring) =>
    `(${[...corners, corners[0]!].map(([x, y]) => `${rounded(x)} ${rounded(y)}`).join(', ')})`;
  const groups = nested(asPolygon(shape).rings).map((rings) => `(${rings.map(ring).join(', ')})`);
  return `MULTIPOLYGON (${groups.join(', ')})`;
}

const row = z.looseObject({
  path: z.string().min(1),
  label: z.string(),
  kind: z.enum(['polygon', 'box', 'brush']).default('polygon'),
  outline: z.string(),
});

/** Reads what exports write, or any table with the columns path, label and outline. */
export const readTable: Reader = async function* (source) {
  // maps.csv stands beside it and tells of maps, not of regions.
  const tables = source.files.filter(({ path }) => /\.csv$/i.test(path) && !/(^|\/)maps\.csv$/i.test(path));
  for (const file of tables) yield* readOne(file, source);
};

async function* readOne(file: SourceFile, source: Source) {
  const [header, ...rows] = await readCsv(file);
  for (const needed of ['path', 'label', 'outline'])
    if (!header?.includes(needed)) throw refused(file.path, '', `it has no column "${needed}"`);
  for (const [i, cells] of rows.entries()) {
    const item = `row ${i + 2}`;
    const given = Object.fromEntries(header!.map((name, k) => [name, cells[k] || undefined]));
    const { path, label, kind, outline, name, role } = checked(row, given, file.path, item);
    const known = labelRole.safeParse(role);
    if (known.success) source.tellRole(label, known.data);
    const polygon = { kind: 'polygon' as const, rings: ringsOf(outline, file.path, item) };
    const shape = kindred(kind, checkedGeometry(polygon, file.path, item));
    const told = typeof name === 'string' ? name : null;
    const regions = shape ? [{ label, item, geometry: shape, name: told }] : [];
    yield { image: path, size: null, file: file.path, regions };
  }
}

function kindred(kind: Geometry['kind'], shape: Geometry): Geometry | null {
  if (kind === 'brush') return asBrush(shape);
  return kind === 'box' ? { kind, ...boundsOf(shape) } : shape;
}

function ringsOf(text: string, file: string, item: string): Ring[] {
  const found = text.match(/\(([^()]+)\)/g);
  if (!found || !/^\s*(multi)?polygon\b/i.test(text))
    throw refused(file, item, 'its outline is not a POLYGON');
  return found.map((ring) => {
    const corners = ring
      .slice(1, -1)
      .split(',')
      .map((pair) => pair.trim().split(/\s+/).map(Number));
    if (corners.some((corner) => corner.length !== 2 || !corner.every(Number.isFinite)))
      throw refused(file, item, 'its outline has corners that are not two numbers');
    const closed = corners.length > 1 && corners.at(-1)!.join() === corners[0]!.join();
    return (closed ? corners.slice(0, -1) : corners) as Ring;
  });
}
