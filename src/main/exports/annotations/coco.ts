/** @file COCO: one JSON file with images, categories and annotations, as polygons or as run lengths by columns. */
import { z } from 'zod';
import { type Brush, type Geometry, labelRole, type Ring } from '../../../contract/annotations';
import { asBox, asBrush, asPolygon, asRing, nested } from '../../../contract/geometry/convert';
import { brushOf, decodeRuns, encodeRuns, type Mask } from '../../../contract/geometry/mask';
import { boundsOf } from '../../../contract/geometry/measure';
import type { ExportImage, Format, FormatOptions } from '../types';
import { rounded } from './numbers';
import { checked, checkedGeometry, readJson, refused } from './parse';
import type { Reader, ReadImage, ReadRegion } from './types';

type Counts = { size: [height: number, width: number]; counts: number[] };
type Segmentation = number[][] | Counts;

/**
 * `coco/annotations.json`; `file_name` is the image's path in its folder, `supercategory` the label's role. As drawn:
 * boxes and polygons without holes are polygons, all else is run lengths (`iscrowd` 0 all the same, as in LVIS).
 */
export const coco: Format = ({ write, labels, options }) => {
  const images: object[] = [];
  const annotations: object[] = [];
  const categoryOf = new Map(labels.map(({ name }, i) => [name, i + 1]));
  return {
    add: async (image, _stem, _views, { regions }) => {
      const { path, width, height } = image;
      const imageId = images.push({ id: images.length + 1, file_name: path, width, height });
      for (const { label, geometry } of regions) {
        const brush = asBrush(geometry);
        const { x, y, width: across, height: down } = boundsOf(geometry);
        annotations.push({
          id: annotations.length + 1,
          image_id: imageId,
          category_id: categoryOf.get(label),
          segmentation: segmentationOf(geometry, brush, image, options.cocoShapes),
          area: brush ? brush.runs.reduce((sum, run, i) => sum + (i % 2) * run, 0) : 0,
          bbox: [x, y, across, down].map(rounded),
          iscrowd: 0,
        });
      }
    },
    end: () =>
      write(
        'coco/annotations.json',
        JSON.stringify({
          info: { description: 'Exported by Penumbra', version: '1.0' },
          licenses: [],
          images,
          annotations,
          categories: labels.map(({ name, role }, i) => ({ id: i + 1, name, supercategory: role })),
        }),
      ),
  };
};

function segmentationOf(
  shape: Geometry,
  brush: Brush | null,
  { width, height }: ExportImage,
  wish: FormatOptions['cocoShapes'],
): Segmentation {
  const flat = (ring: Ring) => ring.flat().map(rounded);
  const { rings } = wish === 'rle' && brush ? { rings: [] } : asPolygon(shape);
  const whole = rings.length > 0 && nested(rings).every((group) => group.length === 1);
  if (whole && (shape.kind !== 'brush' || wish === 'polygons')) return rings.map(flat);
  if (wish === 'polygons' || !brush) return [flat(asRing(shape))];
  return { size: [height, width], counts: encodeRuns(transposed(brush, width, height)) };
}

/** A brush on its image, column by column. */
function transposed(
  { x, y, width, height, runs }: Brush,
  imageWidth: number,
  imageHeight: number,
): Uint8Array {
  const bits = decodeRuns(runs, width * height);
  const columns = new Uint8Array(imageWidth * imageHeight);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      columns[(x + column) * imageHeight + y + row] = bits[row * width + column]!;
  return columns;
}

const id = z.union([z.number(), z.string()]);
const side = z.number().int().min(1).max(100_000);
const cocoFile = z.looseObject({
  images: z.array(z.looseObject({ id, file_name: z.string(), width: side, height: side })),
  annotations: z.array(z.looseObject({ id: id.optional(), image_id: id, category_id: id })),
  categories: z.array(z.looseObject({ id, name: z.string(), supercategory: z.string().nullish() })),
});
const counts = z.object({
  size: z.tuple([side, side]),
  counts: z.union([z.array(z.number().int().min(0)).max(2_000_000), z.string().max(20_000_000)]),
});
const segmentation = z.union([z.array(z.array(z.number()).min(6)).min(1), counts], {
  error: 'it is neither polygons nor run lengths',
});
const bbox = z.tuple([z.number(), z.number(), z.number(), z.number()]);

export const readCoco: Reader = async function* (source) {
  for (const given of source.files.filter(({ path }) => /\.json$/i.test(path))) {
    const { images, annotations, categories } = checked(cocoFile, await readJson(given), given.path);
    const named = new Map(categories.map((category) => [category.id, category.name]));
    for (const { name, supercategory } of categories) {
      const role = labelRole.safeParse(supercategory);
      if (role.success) source.tellRole(name, role.data);
    }
    const read = new Map<unknown, ReadImage>(
      images.map(({ id, file_name, width, height }) => [
        id,
        { image: file_name, size: { width, height }, file: given.path, regions: [] },
      ]),
    );
    for (const [i, annotation] of annotations.entries()) {
      const item = `annotation ${annotation.id ?? i + 1}`;
      const image = read.get(annotation.image_id);
      const label = named.get(annotation.category_id);
      if (!image) throw refused(given.path, item, `there is no image ${annotation.image_id}`);
      if (label === undefined)
        throw refused(given.path, item, `there is no category ${annotation.category_id}`);
      for (const region of regionsOf(annotation, label, image, item)) image.regions.push(region);
    }
    yield* read.values();
  }
};

function regionsOf(
  annotation: Record<string, unknown>,
  label: string,
  { file, size }: ReadImage,
  item: string,
): ReadRegion[] {
  const told = annotation.segmentation;
  if (told === undefined || (Array.isArray(told) && told.length === 0)) {
    const [x, y, width, height] = checked(bbox, annotation.bbox, file, item);
    return [{ label, item, geometry: checkedGeometry({ kind: 'box', x, y, width, height }, file, item) }];
  }
  const shape = checked(segmentation, told, file, item);
  if ('counts' in shape) {
    const [height, width] = shape.size;
    if (width !== size!.width || height !== size!.height)
      throw refused(file, item, `its size ${height} x ${width} is not that of its image`);
    const brush = brushOfCounts(shape.counts, width, height);
    if (brush === undefined) throw refused(file, item, `its counts do not fill ${height} x ${width} pixels`);
    return brush ? [{ label, item, geometry: brush }] : [];
  }
  const rings = shape.map((numbers) => {
    if (numbers.length % 2 === 1) throw refused(file, item, 'a polygon has a number left over');
    return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i]!, numbers[2 * i + 1]!]);
  });
  const box = rings.length === 1 ? asBox(rings[0] as Ring) : null;
  return [{ label, item, geometry: checkedGeometry(box ?? { kind: 'polygon', rings }, file, item) }];
}

/** undefined where the counts do not fill the image, null where no pixel is set. */
function brushOfCounts(given: number[] | string, width: number, height: number): Brush | null | undefined {
  const runs = typeof given === 'string' ? countsOfText(given) : given;
  if (width * height > 268_435_456 || runs.reduce((a, b) => a + b, 0) !== width * height) return undefined;
  if (runs.some((run) => run < 0)) return undefined;
  const columns = decodeRuns(runs, width * height);
  const mask: Mask = { width, height, data: new Uint8Array(width * height) };
  for (let x = 0; x < width; x++)
    for (let y = 0; y < height; y++) mask.data[y * width + x] = columns[x * height + y]!;
  return brushOf(mask);
}

/**
 * COCO's compressed counts: numbers of five bits a character, the sixth says that more follow; from the fourth number
 * on each is the difference to the last but one (rleFrString in cocoapi's maskApi.c).
 */
export function countsOfText(text: string): number[] {
  const runs: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    let more = true;
    for (let shift = 0; more && at < text.length && shift < 35; shift += 5) {
      const code = text.charCodeAt(at++) - 48;
      value += (code & 0x1f) * 2 ** shift;
      more = (code & 0x20) !== 0;
      if (!more && (code & 0x10) !== 0) value -= 2 ** (shift + 5);
    }
    runs.push(runs.length > 2 ? value + runs.at(-2)! : value);
  }
  return runs;
}
