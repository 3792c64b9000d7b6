/** @file PASCAL VOC: an XML file an image with boxes, and pictures of classes and objects. */
import { XMLBuilder } from 'fast-xml-parser';
import { z } from 'zod';
import type { Geometry, Region, Ring } from '../../../contract/annotations';
import { asRing } from '../../../contract/geometry/convert';
import { brushOf } from '../../../contract/geometry/mask';
import { boundsOf } from '../../../contract/geometry/measure';
import { rasterise } from '../../../contract/geometry/raster';
import type { ExportImage, Format } from '../types';
import { encodeIndexed, VOC_COLOURS } from './indexedPng';
import { rounded } from './numbers';
import { checked, checkedGeometry, readXml, refused } from './parse';
import { pixelsOf } from './pngMask';
import type { Reader, ReadRegion, Source } from './types';

/** What the pictures say of pixels that do not count. */
const VOID = 255;
const SHIFT = 0.5;

/**
 * `voc/Annotations/<image>.xml` with `bndbox` in whole pixels from one, and `polygon` (x1, y1, x2, ...) for all that is no
 * box; `voc/SegmentationClass/<image>.png` and `voc/SegmentationObject/<image>.png` with the numbers of labels
 * (`voc/labels.txt`) and of objects, 255 where the label's role is to ignore.
 */
export const voc: Format = ({ write, labels }) => {
  const indexOf = new Map(labels.map(({ name }, i) => [name, i + 1]));
  const ignored = new Set(labels.filter(({ role }) => role === 'ignore').map(({ name }) => name));
  return {
    add: async (image, stem, _views, { regions }) => {
      await write(`voc/Annotations/${stem}.xml`, documentOf(image, regions));
      const picture = (index: (region: Region, i: number) => number) =>
        encodeIndexed(indexed(image, regions, ignored, index), image.width, image.height);
      await write(
        `voc/SegmentationClass/${stem}.png`,
        picture(({ label }) => indexOf.get(label)!),
      );
      await write(
        `voc/SegmentationObject/${stem}.png`,
        picture((_, i) => i + 1),
      );
    },
    end: () => write('voc/labels.txt', ['background', ...labels.map(({ name }) => name), ''].join('\n')),
  };
};

/** Bytes [height, width]; of regions that overlap the later one is seen. Numbers beyond 254 are not. */
function indexed(
  { width, height }: ExportImage,
  regions: Region[],
  ignored: Set<string>,
  index: (region: Region, i: number) => number,
): Uint8Array {
  const pixels = new Uint8Array(width * height);
  for (const [i, region] of regions.entries()) {
    const value = ignored.has(region.label) ? VOID : index(region, i);
    if (value > VOID) continue;
    const { data } = rasterise([region.geometry], width, height);
    for (let k = 0; k < data.length; k++) if (data[k] === 1) pixels[k] = value;
  }
  return pixels;
}

function documentOf({ path, width, height }: ExportImage, regions: Region[]): string {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const object = regions.map(({ label, geometry, name }) => {
    const bounds = boundsOf(geometry);
    // VOC counts pixels from one, and its last pixel is inside.
    const corner = (from: number, length: number) => ({
      min: Math.floor(from + SHIFT) + 1,
      max: Math.max(Math.floor(from + length + SHIFT), Math.floor(from + SHIFT) + 1),
    });
    const [x, y] = [corner(bounds.x, bounds.width), corner(bounds.y, bounds.height)];
    return {
      name: label,
      pose: name ?? 'Unspecified',
      ...{ truncated: 0, difficult: 0, occluded: 0 },
      bndbox: { xmin: x.min, ymin: y.min, xmax: x.max, ymax: y.max },
      ...(geometry.kind === 'box' ? {} : { polygon: numbered(asRing(geometry)) }),
    };
  });
  const builder = new XMLBuilder({ format: true });
  const size = { width, height, depth: 3 };
  const filename = path.slice(path.lastIndexOf('/') + 1);
  const annotation = { folder, filename, source: { database: 'Penumbra' }, size, segmented: 1, object };
  return builder.build({ annotation });
}

const numbered = (ring: Ring): Record<string, number> =>
  Object.fromEntries(
    ring.flatMap(([x, y], i) => [
      [`x${i + 1}`, rounded(x)],
      [`y${i + 1}`, rounded(y)],
    ]),
  );

const number = z
  .string()
  .trim()
  .regex(/^[-+]?[\d.]+(e[-+]?\d+)?$/i, 'it is not a number')
  .transform(Number);
const bndbox = z.looseObject({ xmin: number, ymin: number, xmax: number, ymax: number });
const object = z.looseObject({
  name: z.string(),
  bndbox: bndbox.optional(),
  polygon: z.array(z.record(z.string(), number)).optional(),
});
const vocFile = z.object({
  annotation: z.looseObject({
    folder: z.string().optional(),
    filename: z.string().optional(),
    size: z.looseObject({ width: number, height: number }).optional(),
    object: z.array(object).default([]),
  }),
});

export const readVoc: Reader = async function* (source) {
  for (const file of source.files.filter(({ path }) => /\.xml$/i.test(path))) {
    const { annotation } = checked(vocFile, await readXml(file), file.path);
    const { folder, filename, size } = annotation;
    const beside = file.path.replace(/^(.*\/)?annotations\//i, '').replace(/\.xml$/i, '');
    const told = [folder, filename].filter(Boolean).join('/');
    const image = [told, beside, filename ?? ''].find((name) => source.find(name)) ?? (told || beside);
    // Number 1 is the first object of the list.
    const needed = annotation.object.some((one) => !one.polygon && !one.bndbox);
    const objects = needed ? await objectsOf(source, beside) : null;
    const regions = annotation.object.flatMap((one, i): ReadRegion[] => {
      const item = `object ${i + 1}`;
      const geometry = geometryOf(one, file.path, item) ?? objects?.(i + 1);
      if (!geometry) throw refused(file.path, item, 'it has neither a box nor a polygon');
      return [{ label: one.name, item, geometry: checkedGeometry(geometry, file.path, item) }];
    });
    yield { image, size: size ?? null, file: file.path, regions };
  }
};

function geometryOf(
  { bndbox, polygon }: z.output<typeof object>,
  file: string,
  item: string,
): Geometry | null {
  const [corners] = polygon ?? [];
  if (corners) {
    const count = Object.keys(corners).length / 2;
    const ring = Array.from({ length: count }, (_, i) => [corners[`x${i + 1}`], corners[`y${i + 1}`]]);
    if (ring.flat().some((value) => value === undefined))
      throw refused(file, item, 'its polygon does not have x1, y1, x2, y2 and so on');
    return { kind: 'polygon', rings: [ring as Ring] };
  }
  if (!bndbox) return null;
  const { xmin, ymin, xmax, ymax } = bndbox;
  return { kind: 'box', x: xmin - 1, y: ymin - 1, width: xmax - xmin + 1, height: ymax - ymin + 1 };
}

/** Shapes by their numbers in the picture of objects, where there is one. */
async function objectsOf(source: Source, stem: string): Promise<((index: number) => Geometry | null) | null> {
  const file = source.files.find(({ path }) =>
    path.toLowerCase().endsWith(`segmentationobject/${stem}.png`.toLowerCase()),
  );
  if (!file) return null;
  const { data, width, height, channels } = await pixelsOf(await file.bytes(), file.path);
  const at = (i: number, channel: number) => data[i * channels + Math.min(channel, channels - 1)];
  return (index) => {
    const colour = VOC_COLOURS.subarray(3 * index, 3 * index + 3);
    const set = Uint8Array.from({ length: width * height }, (_, i) =>
      Number(colour.every((value, channel) => at(i, channel) === value)),
    );
    return brushOf({ width, height, data: set });
  };
}
