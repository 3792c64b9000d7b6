/** @file Tables: one row an image, and one row a region. */
import { entropyOf, saliencyTable } from '../../contract/noiseMap';
import { REGION_COLUMNS, regionCells } from './annotations/table';
import { type Cell, csvLine } from './csvText';
import type { Format, View } from './types';

const IMAGE_COLUMNS = ['path', 'class', 'split', 'width', 'height'];
const MASK_COLUMNS = ['budget', 'mean_bits', 'total_bits', 'mean_saliency_bits', 'max_saliency_bits'];
const STATE_COLUMNS = ['regions', 'checked', 'tags', 'note'];
const MASKS = ['positive', 'negative'] as const;

/**
 * `maps.csv`. For each mask: the budget; the entropy of the noise at it, mean bits per pixel and total over the image;
 * mean and maximum of the saliency (positive: kept information; negative: entropy above the least noise). Cells of a
 * mask without a map are empty. At the end what was said of the image: number of regions, checked (0 or 1), tags, note.
 * `annotations.csv`, where there are regions: see `annotations/table.ts`.
 */
export const csv: Format = ({ write, labels }) => {
  const rows: { path: string; line: string; regions: string[] }[] = [];
  const header = [
    ...IMAGE_COLUMNS,
    ...MASKS.flatMap((mask) => MASK_COLUMNS.map((name) => `${mask}_${name}`)),
    ...STATE_COLUMNS,
  ];
  return {
    add: async (image, _stem, views, { regions, state }) => {
      const pixels = image.width * image.height;
      const masks = MASKS.flatMap((mask): Cell[] => {
        const view = views.find((one) => one.mask === mask);
        return view ? measures(view, pixels) : MASK_COLUMNS.map(() => null);
      });
      const { path, className, split, width, height } = image;
      const said = [regions.length, Number(state.checked), state.tags.join('; '), state.note];
      rows.push({
        path,
        line: csvLine([path, className, split, width, height, ...masks, ...said]),
        regions: regions.map((region) => csvLine(regionCells(path, region, labels))),
      });
    },
    end: async () => {
      rows.sort((a, b) => (a.path < b.path ? -1 : 1));
      await write('maps.csv', csvLine(header) + rows.map(({ line }) => line).join(''));
      const regions = rows.flatMap((row) => row.regions);
      if (regions.length > 0) await write('annotations.csv', csvLine(REGION_COLUMNS) + regions.join(''));
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
