/** @file CVAT for images 1.1: one XML file. */
import { XMLBuilder } from 'fast-xml-parser';
import { z } from 'zod';
import type { Geometry, Region } from '../../../contract/annotations';
import { asBrush } from '../../../contract/geometry/convert';
import type { Format } from '../types';
import { rounded } from './numbers';
import { checked, checkedGeometry, readXml, refused } from './parse';
import type { Reader, ReadRegion } from './types';

const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n';
const SHAPES = ['polygon', 'box', 'mask'] as const;
type ShapeName = (typeof SHAPES)[number];
type Attributes = Record<string, string | number>;

/**
 * `cvat/annotations.xml`, `name` being the image's path in its folder. Brushes, and polygons with holes or parts, are
 * masks, whose run lengths are ours.
 */
export const cvat: Format = ({ write, labels }) => {
  const images: object[] = [];
  return {
    add: async ({ path, width, height }, _stem, _views, { regions }) => {
      const shapes: Record<ShapeName, Attributes[]> = { polygon: [], box: [], mask: [] };
      for (const region of regions) {
        const shape = shapeOf(region);
        if (shape) shapes[shape.name].push(shape.attributes);
      }
      images.push({ '@id': images.length, '@name': path, '@width': width, '@height': height, ...shapes });
    },
    end: () => {
      const builder = new XMLBuilder({
        ignoreAttributes: false,
        attributeNamePrefix: '@',
        format: true,
        suppressEmptyNode: true,
      });
      const declared = labels.map(({ name, colour }) => ({
        name,
        color: colour,
        type: 'any',
        attributes: '',
      }));
      const meta = { job: { size: images.length, labels: { label: declared } } };
      const document = { annotations: { version: '1.1', meta, image: images } };
      return write('cvat/annotations.xml', DECLARATION + builder.build(document));
    },
  };
};

function shapeOf({ label, geometry }: Region): { name: ShapeName; attributes: Attributes } | null {
  const common = { '@label': label, '@source': 'manual', '@occluded': 0, '@z_order': 0 };
  if (geometry.kind === 'polygon' && geometry.rings.length === 1) {
    const points = geometry.rings[0]!.map((point) => point.map(rounded).join(',')).join(';');
    return { name: 'polygon', attributes: { ...common, '@points': points } };
  }
  if (geometry.kind === 'box') {
    const { x, y, width, height } = geometry;
    const corners = { '@xtl': x, '@ytl': y, '@xbr': x + width, '@ybr': y + height };
    const exact = Object.entries(corners).map(([key, value]) => [key, rounded(value)]);
    return { name: 'box', attributes: { ...common, ...Object.fromEntries(exact) } };
  }
  const brush = asBrush(geometry);
  if (!brush) return null;
  const { x, y, width, height, runs } = brush;
  const place = { '@left': x, '@top': y, '@width': width, '@height': height };
  return { name: 'mask', attributes: { ...common, '@rle': runs.join(', '), ...place } };
}

const number = z
  .string()
  .regex(/^\s*[-+]?[\d.]+(e[-+]?\d+)?\s*$/i, 'it is not a number')
  .transform(Number);
const labelled = z.looseObject({ '@label': z.string() });
const image = z.looseObject({
  '@name': z.string(),
  '@width': number,
  '@height': number,
  polygon: z.array(labelled).optional(),
  box: z.array(labelled).optional(),
  mask: z.array(labelled).optional(),
});
const cvatFile = z.object({ annotations: z.looseObject({ image: z.array(image).default([]) }) });

/** Shapes of CVAT that are no areas. */
const PASSED_OVER = ['polyline', 'points', 'ellipse', 'cuboid', 'skeleton'];

export const readCvat: Reader = async function* (source) {
  for (const file of source.files.filter(({ path }) => /\.xml$/i.test(path))) {
    const { annotations } = checked(cvatFile, await readXml(file), file.path);
    for (const one of annotations.image) {
      const name = one['@name'];
      for (const kind of PASSED_OVER)
        if (kind in one) source.skip(`${file.path}, ${name}`, `Shapes of the kind "${kind}" are not read.`);
      const regions = SHAPES.flatMap((kind) =>
        (one[kind] ?? []).map((shape, i): ReadRegion => {
          const item = `${name}, ${kind} ${i + 1}`;
          return {
            label: shape['@label'],
            item,
            geometry: checkedGeometry(geometryOf(kind, shape, file.path, item), file.path, item),
          };
        }),
      );
      const size = { width: one['@width'], height: one['@height'] };
      yield { image: name, size, file: file.path, regions };
    }
  }
};

const boxAttributes = z.looseObject({ '@xtl': number, '@ytl': number, '@xbr': number, '@ybr': number });
const maskAttributes = z.looseObject({
  '@rle': z.string(),
  '@left': number,
  '@top': number,
  '@width': number,
  '@height': number,
});

function geometryOf(kind: ShapeName, shape: Record<string, unknown>, file: string, item: string): Geometry {
  if (kind === 'polygon') {
    const points = String(shape['@points'] ?? '').split(';');
    const ring = points.map((pair) => pair.split(',').map(Number) as [number, number]);
    if (ring.some((point) => point.length !== 2 || !point.every(Number.isFinite)))
      throw refused(file, item, 'its points are not pairs of numbers');
    return { kind, rings: [ring] };
  }
  if (kind === 'box') {
    const { '@xtl': x, '@ytl': y, '@xbr': right, '@ybr': bottom } = checked(boxAttributes, shape, file, item);
    return { kind, x, y, width: right - x, height: bottom - y };
  }
  const place = checked(maskAttributes, shape, file, item);
  const runs = place['@rle'].split(',').map(Number);
  const bounds = { x: place['@left'], y: place['@top'], width: place['@width'], height: place['@height'] };
  // CVAT leaves out the zeros after the last set pixel.
  const rest = bounds.width * bounds.height - runs.reduce((a, b) => a + b, 0);
  if (rest > 0 && runs.length % 2 === 0) runs.push(rest);
  return { kind: 'brush', ...bounds, runs };
}
