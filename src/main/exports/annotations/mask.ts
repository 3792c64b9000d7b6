/** @file Masks as PNG, of annotations or of maps at a threshold. */
import sharp from 'sharp';
import type { Label, Region } from '../../../contract/annotations';
import { brushOf, type Mask } from '../../../contract/geometry/mask';
import { rasterise } from '../../../contract/geometry/raster';
import { roleMask } from '../../../contract/geometry/roleMask';
import { csvLine } from '../csvText';
import type { Format, View } from '../types';
import { encodeIndexed, VOC_COLOURS } from './indexedPng';
import { readCsv, refused } from './parse';
import { maskOfPng, pixelsOf } from './pngMask';
import type { Reader, Source, SourceFile } from './types';

const PALETTE = 'labels';
/** Of a palette, 0 being the background. */
const MOST_LABELS = 255;

/**
 * 0 and 255: `mask/<label>/<image>.png`, the union of the label's regions, or `mask/<role>/...`, less what is to be
 * ignored. As palette: `mask/labels/<image>.png` with numbers of `mask/labels.csv`, later regions over earlier ones.
 * With a threshold: `mask/<positive or negative>/<image>.png`, where the map's bits reach it, and no annotations.
 */
export const mask: Format = ({ write, labels, options }) => {
  const { maskOf, maskStyle, threshold } = options;
  const palette = maskStyle === 'palette' && threshold === undefined;
  return {
    add: async ({ width, height }, stem, views, { regions }) => {
      if (threshold !== undefined) {
        for (const view of views)
          await write(`mask/${view.mask}/${stem}.png`, await blackAndWhite(reaching(view, threshold)));
      } else if (palette) {
        const indices = indexed(labels, regions, width, height);
        await write(`mask/${PALETTE}/${stem}.png`, encodeIndexed(indices, width, height));
      } else {
        for (const [name, one] of masksOf(labels, regions, maskOf, width, height))
          await write(`mask/${folderOf(name)}/${stem}.png`, await blackAndWhite(one));
      }
    },
    end: async () => {
      if (!palette) return;
      const rows = [{ name: 'background', role: '' }, ...labels].map(({ name, role }, index) => {
        const [red, green, blue] = VOC_COLOURS.subarray(3 * index, 3 * index + 3);
        return csvLine([index, name, role, red!, green!, blue!]);
      });
      await write(
        'mask/labels.csv',
        csvLine(['index', 'label', 'role', 'red', 'green', 'blue']) + rows.join(''),
      );
    },
  };
};

/** A label as the name of a folder on every system. */
const folderOf = (label: string): string =>
  label
    .replace(/[<>:"/\\|?*%]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    .replace(/^\.+|[. ]+$/g, '_');

function masksOf(
  labels: Label[],
  regions: Region[],
  by: 'label' | 'role',
  width: number,
  height: number,
): [name: string, Mask][] {
  if (by === 'role') {
    const roles = [...new Set(labels.map(({ role }) => role))];
    return roles.flatMap((role) => {
      const found = roleMask(regions, labels, role, width, height);
      return found ? [[role, found] as [string, Mask]] : [];
    });
  }
  return labels.flatMap(({ name }) => {
    const shapes = regions.filter(({ label }) => label === name).map(({ geometry }) => geometry);
    return shapes.length > 0 ? [[name, rasterise(shapes, width, height)] as [string, Mask]] : [];
  });
}

function indexed(labels: Label[], regions: Region[], width: number, height: number): Uint8Array {
  const indices = new Uint8Array(width * height);
  for (const { label, geometry } of regions) {
    const index = labels.findIndex(({ name }) => name === label) + 1;
    if (index > MOST_LABELS) continue;
    const { data } = rasterise([geometry], width, height);
    for (let i = 0; i < data.length; i++) if (data[i] === 1) indices[i] = index;
  }
  return indices;
}

function reaching(view: View, threshold: number): Mask {
  const { width, height, values } = view.saliency();
  return { width, height, data: Uint8Array.from(values, (bits) => (bits >= threshold ? 1 : 0)) };
}

const blackAndWhite = ({ width, height, data }: Mask): Promise<Buffer> =>
  sharp(
    data.map((bit) => bit * 255),
    { raw: { width, height, channels: 1 } },
  )
    .toColourspace('b-w')
    .png()
    .toBuffer();

/**
 * Pictures in the tree of the images. A folder around that tree names the label; without one all of them have the label
 * that the import was given.
 */
export const readMask: Reader = async function* (source) {
  const pictures = source.files.filter(({ path }) => /\.png$/i.test(path));
  const table = await paletteOf(source);
  for (const file of pictures) {
    const whole = file.path.replace(/\.png$/i, '');
    const folder = /^([^/]+)\/(.+)$/.exec(whole);
    if (table && folder?.[1] === PALETTE) {
      yield await readIndexed(file, folder[2]!, table);
      continue;
    }
    const under = folder && !source.has(whole) && source.has(folder[2]!) ? folder : null;
    const bits = await maskOfPng(await file.bytes(), file.path);
    const brush = brushOf(bits);
    const label = under ? decodeURIComponent(under[1]!) : source.label;
    yield {
      image: under ? under[2]! : whole,
      size: { width: bits.width, height: bits.height },
      file: file.path,
      regions: brush ? [{ label, item: 'mask', geometry: brush }] : [],
    };
  }
};

/** Labels by their colours ("r,g,b"); null where there is no table. */
async function paletteOf(source: Source): Promise<Map<string, string> | null> {
  const file = source.files.find(({ path }) => /(^|\/)labels\.csv$/i.test(path));
  if (!file) return null;
  const [header, ...rows] = await readCsv(file);
  const at = ['label', 'red', 'green', 'blue'].map((name) => header?.indexOf(name) ?? -1);
  if (at.includes(-1)) throw refused(file.path, '', 'it needs the columns label, red, green and blue');
  return new Map(
    rows.slice(1).map((row) => [
      at
        .slice(1)
        .map((column) => Number(row[column]))
        .join(),
      row[at[0]!] ?? '',
    ]),
  );
}

async function readIndexed(file: SourceFile, image: string, table: Map<string, string>) {
  const { data, width, height, channels } = await pixelsOf(await file.bytes(), file.path);
  const masks = new Map<string, Mask>();
  for (let i = 0; i < width * height; i++) {
    const colour = [0, 1, 2].map((channel) => data[i * channels + Math.min(channel, channels - 1)]).join();
    const label = table.get(colour);
    if (label === undefined) continue;
    const one = masks.get(label) ?? { width, height, data: new Uint8Array(width * height) };
    masks.set(label, one);
    one.data[i] = 1;
  }
  const regions = [...masks].flatMap(([label, one]) => {
    const geometry = brushOf(one);
    return geometry ? [{ label, item: label, geometry }] : [];
  });
  return { image, size: { width, height }, file: file.path, regions };
}
