import type { ExportFormat } from '../../contract/types';
import { csv } from './csv';
import { heatmap } from './heatmap';
import { npy } from './npy';
import { overlay } from './overlay';
import { png16 } from './png16';
import { sheet } from './sheet';
import type { Format } from './types';

/** Every export format; adding one is one file and one line here. */
export const FORMATS: Record<ExportFormat, Format> = { npy, png16, heatmap, overlay, csv, sheet };

/** The names at the top of an output folder that the formats write to. */
export const TOP_LEVEL_NAMES = [
  'positive',
  'negative',
  'sigma',
  'png16',
  'heatmap',
  'overlay',
  'sheet',
  'maps.csv',
];
