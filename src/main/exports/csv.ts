/** @file One row an image, as comma-separated values (RFC 4180). */
import { entropyOf, saliencyTable } from '../../contract/noiseMap';
import type { Format, View } from './types';

const IMAGE_COLUMNS = ['path', 'class', 'split', 'width', 'height'];
const MASK_COLUMNS = ['budget', 'mean_bits', 'total_bits', 'mean_saliency_bits', 'max_saliency_bits'];
const MASKS = ['positive', 'negative'] as const;

type Cell = string | number | null;

/**
 * `maps.csv`. For each mask: the budget; the entropy of the noise at it, mean bits per pixel and total over the image;
 * mean and maximum of the saliency (positive: kept information; negative: entropy above the least noise). Cells of a
 * mask without a map are empty.
 */
export const csv: Format = ({ write }) => {
  const rows: { path: string; line: string }[] = [];
  const header = [
    ...IMAGE_COLUMNS,
    ...MASKS.flatMap((mask) => MASK_COLUMNS.map((name) => `${mask}_${name}`)),
  ];
  return {
    add: async (image, _stem, views) => {
      const pixels = image.width * image.height;
      const masks = MASKS.flatMap((mask): Cell[] => {
        const view = views.find((one) => one.mask === mask);
        return view ? measures(view, pixels) : MASK_COLUMNS.map(() => null);
      });
      const cells = [image.path, image.className, image.split, image.width, image.height, ...masks];
      rows.push({ path: image.path, line: csvLine(cells) });
    },
    end: () => {
      rows.sort((a, b) => (a.path < b.path ? -1 : 1));
      return write('maps.csv', csvLine(header) + rows.map(({ line }) => line).join(''));
    },
  };
};

/** Taken at map resolution: enlarging a map adds no information, and 100,000 images are done in seconds. */
function measures(view: View, pixels: number): number[] {
  const { meanBits, totalBits } = entropyOf(view.logOdds, view.budget, view.scale, pixels);
  const saliency = view.fraction.values.map(saliencyTable(view.mask, view.scale));
  const mean = saliency.reduce((sum, bits) => sum + bits, 0) / saliency.length;
  return [view.budget, meanBits, totalBits, mean, saliency.reduce((a, b) => Math.max(a, b), 0)];
}

/** Cells with a comma, a quote or a line break are quoted, quotes doubled; lines end in CR LF. */
export function csvLine(cells: Cell[]): string {
  const text = cells.map((cell) => {
    if (typeof cell === 'number')
      return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(7)));
    return cell !== null && /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : (cell ?? '');
  });
  return `${text.join(',')}\r\n`;
}
