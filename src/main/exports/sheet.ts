/**
 * @file Contact sheets, a figure for documents: images side by side as the networks see them (square), under each what its masks say of it on
 * their fixed scale in bits, and the image under their noise.
 */
import sharp from 'sharp';
import { colourTable } from '../../contract/colourMap';
import { sigmaOf } from '../../contract/noiseMap';
import { decodeSquare } from '../library/decode';
import { Random } from '../noise/random';
import { csvLine } from './csvText';
import { colourPixels } from './heatmap';
import type { Format, View } from './types';
import { viewOf } from './view';

/** Side of a picture, and the white between two, in pixels. */
const SIDE = 160;
const GAP = 4;
/** Images a sheet. */
const COLUMNS = 10;
/** From top to bottom; a row that no image of the sheet has is left out. */
const ROWS = ['image', 'positive', 'positive noised', 'negative', 'negative noised'] as const;

/** RGB bytes [SIDE, SIDE, 3] of one image's pictures. */
type Column = Partial<Record<(typeof ROWS)[number], Uint8Array>>;

/** `sheet/<number>.jpg`, and `sheet/sheets.csv`: which image is where. */
export const sheet: Format = ({ write, fileOf, options: { colourMap } }) => {
  const colours = colourTable(colourMap);
  const places: string[] = [];
  const sheets = new Map<number, Column[]>();
  const fileName = (index: number) => `${String(index + 1).padStart(4, '0')}.jpg`;
  const finish = async (index: number, columns: Column[]) => {
    sheets.delete(index);
    await write(`sheet/${fileName(index)}`, await drawn(columns));
  };
  return {
    add: async (image, _stem, views) => {
      // Taken before anything is waited for: images keep the order in which they come.
      const place = places.push(image.path) - 1;
      const index = Math.floor(place / COLUMNS);
      const column = columnOf(await decodeSquare(fileOf(image), SIDE, image.hash), views, colours, place);
      const columns = sheets.get(index) ?? [];
      sheets.set(index, columns);
      columns[place % COLUMNS] = column;
      if (Object.keys(columns).length === COLUMNS) await finish(index, columns);
    },
    end: async () => {
      for (const [index, columns] of sheets) await finish(index, columns);
      const lines = places.map((path, place) =>
        csvLine([fileName(Math.floor(place / COLUMNS)), (place % COLUMNS) + 1, path]),
      );
      await write('sheet/sheets.csv', csvLine(['file', 'column', 'path']) + lines.join(''));
    },
  };
};

function columnOf(rgb: Uint8Array, views: View[], colours: Uint8Array, seed: number): Column {
  const column: Column = { image: rgb };
  for (const view of views) {
    const { mask, scale, budget, logOdds } = view;
    const image = { path: '', className: null, split: null, width: SIDE, height: SIDE };
    const square = viewOf(image, { mask, scale, ...logOdds }, budget);
    column[mask] = colourPixels(square, colours);
    column[`${mask} noised`] = noised(rgb, square, seed);
  }
  return column;
}

/** x + sigma e in 8-bit steps, cut to what eight bits can show. */
function noised(rgb: Uint8Array, view: View, seed: number): Uint8Array {
  const { values } = view.fullFraction();
  const noise = new Random(seed, 0, 'sheet').normals(new Float32Array(rgb.length));
  // The clamped array rounds and cuts.
  const out = new Uint8ClampedArray(rgb.length);
  for (let pixel = 0; pixel < values.length; pixel++) {
    const sigma = sigmaOf(values[pixel]!, view.scale) * view.scale.pixelScale;
    for (let i = 3 * pixel; i < 3 * pixel + 3; i++) out[i] = rgb[i]! + sigma * noise[i]!;
  }
  return new Uint8Array(out.buffer);
}

async function drawn(columns: Column[]): Promise<Buffer> {
  const rows = ROWS.filter((row) => columns.some((column) => column[row]));
  const [width, height] = [columns.length, rows.length].map((count) => count * (SIDE + GAP) - GAP);
  const page = new Uint8Array(width! * height! * 3).fill(255);
  columns.forEach((column, x) => {
    rows.forEach((row, y) => {
      const picture = column[row];
      if (picture) place(page, width!, picture, x * (SIDE + GAP), y * (SIDE + GAP));
    });
  });
  return sharp(page, { raw: { width: width!, height: height!, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}

function place(page: Uint8Array, width: number, picture: Uint8Array, left: number, top: number): void {
  for (let y = 0; y < SIDE; y++)
    page.set(picture.subarray(3 * SIDE * y, 3 * SIDE * (y + 1)), 3 * ((top + y) * width + left));
}
