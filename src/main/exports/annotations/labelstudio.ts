/** @file Label Studio: one JSON file of tasks; positions are percents of the image, brushes packed RGBA pictures. */
import { decodeBinary, encodeBinary } from '@thi.ng/rle-pack';
import { z } from 'zod';
import type { Geometry, Region } from '../../../contract/annotations';
import { asBrush } from '../../../contract/geometry/convert';
import { brushOf, decodeRuns, type Mask } from '../../../contract/geometry/mask';
import type { ExportImage, Format } from '../types';
import { checked, checkedGeometry, readJson, refused } from './parse';
import type { Reader, ReadRegion, Source } from './types';

/** Colours and opacity of a pixel of Label Studio's brush. */
const CHANNELS = 4;

/**
 * `labelstudio/tasks.json` (task: the image's path below the local files' root) and `labelstudio/config.xml`, the
 * labelling interface to paste into the project. Polygons with holes or parts are brushes.
 */
export const labelstudio: Format = ({ write, labels }) => {
  const tasks: object[] = [];
  return {
    add: async (image, _stem, _views, { regions }) => {
      const result = regions.flatMap((region) => resultOf(region, image) ?? []);
      tasks.push({
        id: tasks.length + 1,
        data: { image: `/data/local-files/?d=${encodeURIComponent(image.path).replaceAll('%2F', '/')}` },
        annotations: [{ id: tasks.length + 1, was_cancelled: false, ground_truth: false, result }],
        predictions: [],
      });
    },
    end: async () => {
      await write('labelstudio/tasks.json', JSON.stringify(tasks));
      await write('labelstudio/config.xml', configOf(labels));
    },
  };
};

function resultOf({ id, label, geometry }: Region, { width, height }: ExportImage): object | null {
  const result = (type: string, value: object) => ({
    ...{ id: `region${id}`, type, to_name: 'image', origin: 'manual' },
    ...{ from_name: FROM[type as keyof typeof FROM], image_rotation: 0 },
    ...{ original_width: width, original_height: height, value: { ...value, [type]: [label] } },
  });
  const across = (x: number) => (100 * x) / width;
  const down = (y: number) => (100 * y) / height;
  if (geometry.kind === 'box') {
    const { x, y } = geometry;
    const sides = { width: across(geometry.width), height: down(geometry.height) };
    return result('rectanglelabels', { x: across(x), y: down(y), ...sides, rotation: 0 });
  }
  if (geometry.kind === 'polygon' && geometry.rings.length === 1) {
    const points = geometry.rings[0]!.map(([x, y]) => [across(x), down(y)]);
    return result('polygonlabels', { points, closed: true });
  }
  const brush = asBrush(geometry);
  if (!brush) return null;
  const rgba = new Uint8Array(width * height * CHANNELS);
  const bits = decodeRuns(brush.runs, brush.width * brush.height);
  for (let row = 0; row < brush.height; row++)
    for (let column = 0; column < brush.width; column++) {
      if (bits[row * brush.width + column] === 0) continue;
      const at = ((brush.y + row) * width + brush.x + column) * CHANNELS;
      rgba.fill(255, at, at + CHANNELS);
    }
  return result('brushlabels', { format: 'rle', rle: [...encodeBinary(rgba, rgba.length)] });
}

const FROM = { rectanglelabels: 'box', polygonlabels: 'polygon', brushlabels: 'brush' } as const;

function configOf(labels: { name: string; colour: string }[]): string {
  const escaped = (text: string) =>
    text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '&quot;');
  const lines = labels.map(
    ({ name, colour }) => `    <Label value="${escaped(name)}" background="${colour}"/>`,
  );
  const group = (tag: string, name: string) => [
    `  <${tag} name="${name}" toName="image">`,
    ...lines,
    `  </${tag}>`,
  ];
  return [
    '<View>',
    '  <Image name="image" value="$image" zoom="true"/>',
    ...group('RectangleLabels', 'box'),
    ...group('PolygonLabels', 'polygon'),
    ...group('BrushLabels', 'brush'),
    '</View>',
    '',
  ].join('\n');
}

const side = z.number().int().min(1).max(100_000);
const result = z.looseObject({
  type: z.string(),
  original_width: side.optional(),
  original_height: side.optional(),
  value: z.looseObject({}).optional(),
});
const task = z.looseObject({
  data: z.record(z.string(), z.unknown()),
  annotations: z.array(z.looseObject({ result: z.array(result) })).default([]),
});
const tasks = z.array(task);

export const readLabelstudio: Reader = async function* (source) {
  for (const file of source.files.filter(({ path }) => /\.json$/i.test(path))) {
    for (const [i, { data, annotations }] of checked(tasks, await readJson(file), file.path).entries()) {
      const item = `task ${i + 1}`;
      const image = Object.values(data).find((value) => typeof value === 'string');
      if (image === undefined) throw refused(file.path, item, 'it names no image');
      const results = annotations.flatMap((annotation) => annotation.result);
      const sized = results.find((one) => one.original_width && one.original_height);
      const size = sized ? { width: sized.original_width!, height: sized.original_height! } : null;
      const regions = results.flatMap((one, k) =>
        regionOf(one, size, file.path, `${item}, result ${k + 1}`, source),
      );
      yield { image, size, file: file.path, regions };
    }
  }
};

const box = z.looseObject({
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  rotation: z.number().default(0),
});
const polygon = z.looseObject({ points: z.array(z.tuple([z.number(), z.number()])).min(3) });
const brush = z.looseObject({ rle: z.array(z.number().int().min(0).max(255)).min(8) });

function regionOf(
  { type, value }: z.output<typeof result>,
  size: { width: number; height: number } | null,
  file: string,
  item: string,
  source: Source,
): ReadRegion[] {
  const told = value?.[type];
  const label = Array.isArray(told) && typeof told[0] === 'string' ? told[0] : source.label;
  if (!/^(rectangle|polygon|brush)/.test(type)) {
    source.skip(`${file}, ${item}`, `Results of the type "${type}" are not read.`);
    return [];
  }
  if (!size) throw refused(file, item, 'it does not say how large its image is');
  const geometry = geometryOf(type, value, size, file, item);
  return geometry ? [{ label, item, geometry: checkedGeometry(geometry, file, item) }] : [];
}

function geometryOf(
  type: string,
  value: unknown,
  { width, height }: { width: number; height: number },
  file: string,
  item: string,
): Geometry | null {
  const at = (x: number, y: number): [number, number] => [(x * width) / 100, (y * height) / 100];
  if (type.startsWith('polygon'))
    return { kind: 'polygon', rings: [checked(polygon, value, file, item).points.map(([x, y]) => at(x, y))] };
  if (type.startsWith('brush'))
    return unpacked(checked(brush, value, file, item).rle, width, height, file, item);
  const { x, y, rotation, ...sides } = checked(box, value, file, item);
  const [left, top] = at(x, y);
  const [across, down] = at(sides.width, sides.height);
  if (rotation % 360 === 0) return { kind: 'box', x: left, y: top, width: across, height: down };
  // Turned clockwise about its upper left corner.
  const [sin, cos] = [Math.sin((rotation * Math.PI) / 180), Math.cos((rotation * Math.PI) / 180)];
  const corner = (dx: number, dy: number): [number, number] => [
    left + dx * cos - dy * sin,
    top + dx * sin + dy * cos,
  ];
  return {
    kind: 'polygon',
    rings: [[corner(0, 0), corner(across, 0), corner(across, down), corner(0, down)]],
  };
}

/** A pixel is set if it is not transparent. */
function unpacked(rle: number[], width: number, height: number, file: string, item: string): Geometry | null {
  const bytes = Uint8Array.from(rle);
  // The length stands first; what it lies about is never made room for.
  const length = new DataView(bytes.buffer).getUint32(0);
  if (length !== width * height * CHANNELS)
    throw refused(file, item, `its pixels are not those of an image of ${width} x ${height}`);
  try {
    const rgba = decodeBinary(bytes);
    const mask: Mask = { width, height, data: new Uint8Array(width * height) };
    for (let i = 0; i < mask.data.length; i++) mask.data[i] = rgba[i * CHANNELS + CHANNELS - 1]! > 0 ? 1 : 0;
    return brushOf(mask);
  } catch (cause) {
    throw refused(file, item, 'its run lengths are damaged', cause);
  }
}
