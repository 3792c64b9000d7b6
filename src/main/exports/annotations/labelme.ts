/** @file LabelMe: a JSON file an image, to lie beside it. */
import sharp from 'sharp';
import { z } from 'zod';
import type { Geometry, Region, Ring } from '../../../contract/annotations';
import { asBrush } from '../../../contract/geometry/convert';
import { brushOf, decodeRuns } from '../../../contract/geometry/mask';
import type { Format } from '../types';
import { rounded } from './numbers';
import { checked, checkedGeometry, readJson, refused } from './parse';
import { maskOfPng } from './pngMask';
import type { Reader, ReadRegion, Source } from './types';

/**
 * `labelme/<image>.json`. Boxes are rectangles, polygons of one ring polygons; brushes, and polygons with holes or
 * parts, masks (LabelMe 5.2 and newer). Flags: `checked`, and the image's tags.
 */
export const labelme: Format = ({ write }) => ({
  add: async ({ path, width, height }, stem, _views, { regions, state }) => {
    const shapes = (await Promise.all(regions.map(shapeOf))).filter((shape) => shape !== null);
    const flags = { checked: state.checked, ...Object.fromEntries(state.tags.map((tag) => [tag, true])) };
    const document = {
      version: '5.5.0',
      flags,
      shapes,
      imagePath: path.slice(path.lastIndexOf('/') + 1),
      imageData: null,
      imageHeight: height,
      imageWidth: width,
    };
    await write(`labelme/${stem}.json`, `${JSON.stringify(document, null, 2)}\n`);
  },
});

async function shapeOf({ label, name, geometry }: Region) {
  const common = { label, group_id: null, description: name ?? '', flags: {} };
  const pointed = (shape_type: string, points: Ring) => ({
    ...common,
    points: points.map((point) => point.map(rounded)),
    shape_type,
    mask: null,
  });
  if (geometry.kind === 'polygon' && geometry.rings.length === 1)
    return pointed('polygon', geometry.rings[0]!);
  if (geometry.kind === 'box') {
    const { x, y, width, height } = geometry;
    return pointed('rectangle', [
      [x, y],
      [x + width, y + height],
    ]);
  }
  const brush = asBrush(geometry);
  if (!brush) return null;
  const { x, y, width, height, runs } = brush;
  const bits = decodeRuns(runs, width * height).map((bit) => bit * 255);
  const png = await sharp(bits, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
  // The last corner is the last pixel, not the one behind it.
  const corners: Ring = [
    [x, y],
    [x + width - 1, y + height - 1],
  ];
  return { ...pointed('mask', corners), mask: png.toString('base64') };
}

const point = z.tuple([z.number(), z.number()]);
const shape = z.looseObject({
  label: z.coerce.string(),
  points: z.array(point),
  shape_type: z.string().nullish(),
  description: z.string().nullish(),
  mask: z.string().nullish(),
});
const document = z.looseObject({
  shapes: z.array(shape),
  flags: z.record(z.string(), z.unknown()).nullish(),
  imagePath: z.string().nullish(),
  imageHeight: z.number().int().nullish(),
  imageWidth: z.number().int().nullish(),
});

export const readLabelme: Reader = async function* (source) {
  for (const file of source.files.filter(({ path }) => /\.json$/i.test(path))) {
    const { shapes, flags, imagePath, imageWidth, imageHeight } = checked(
      document,
      await readJson(file),
      file.path,
    );
    const beside = file.path.replace(/\.json$/i, '');
    const image = source.find(beside) || !imagePath ? beside : imagePath;
    const read = await Promise.all(shapes.map((one, i) => regionOf(one, i, file.path, source)));
    const { checked: isChecked, ...tags } = flags ?? {};
    const addTags = Object.keys(tags).filter((name) => tags[name] === true);
    yield {
      ...{ image, file: file.path },
      size: imageWidth && imageHeight ? { width: imageWidth, height: imageHeight } : null,
      regions: read.flat(),
      state: { ...(isChecked === true ? { checked: true } : {}), addTags },
    };
  }
};

async function regionOf(
  { label, points, shape_type, description, mask }: z.output<typeof shape>,
  index: number,
  file: string,
  source: Source,
): Promise<ReadRegion[]> {
  const item = `shape ${index + 1}`;
  const kind = shape_type ?? 'polygon';
  const told = { label, item, name: description || null };
  if (kind === 'mask') {
    const [first] = points;
    if (!first || !mask) throw refused(file, item, 'a mask needs its place and its picture');
    const bits = await maskOfPng(Buffer.from(mask, 'base64'), file, item);
    const brush = brushOf(bits, Math.round(first[0]), Math.round(first[1]));
    return brush ? [{ ...told, geometry: checkedGeometry(brush, file, item) }] : [];
  }
  const geometry = geometryOf(kind, points);
  if (geometry) return [{ ...told, geometry: checkedGeometry(geometry, file, item) }];
  source.skip(`${file}, ${item}`, `A ${kind} of ${points.length} points encloses nothing.`);
  return [];
}

/** Corners of the polygon that stands for a circle. */
const CIRCLE = 72;

function geometryOf(kind: string, points: Ring): Geometry | null {
  const [first, second] = points;
  if (kind === 'polygon' && points.length >= 3) return { kind: 'polygon', rings: [points] };
  if (!first || !second) return null;
  if (kind === 'rectangle') {
    const [x, y] = [Math.min(first[0], second[0]), Math.min(first[1], second[1])];
    const [width, height] = [Math.abs(first[0] - second[0]), Math.abs(first[1] - second[1])];
    return width > 0 && height > 0 ? { kind: 'box', x, y, width, height } : null;
  }
  if (kind !== 'circle') return null;
  const radius = Math.hypot(second[0] - first[0], second[1] - first[1]);
  const ring = Array.from({ length: CIRCLE }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / CIRCLE;
    return [first[0] + radius * Math.cos(angle), first[1] + radius * Math.sin(angle)];
  });
  return radius > 0 ? { kind: 'polygon', rings: [ring] } : null;
}
