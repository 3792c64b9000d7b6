import type { ExportFormat, StartExport } from '../../contract/types';
import { coco } from './annotations/coco';
import { cvat } from './annotations/cvat';
import { labelme } from './annotations/labelme';
import { labelstudio } from './annotations/labelstudio';
import { mask } from './annotations/mask';
import { voc } from './annotations/voc';
import { yolo } from './annotations/yolo';
import { csv } from './csv';
import { heatmap } from './heatmap';
import { npy } from './npy';
import { overlay } from './overlay';
import { png16 } from './png16';
import { sheet } from './sheet';
import type { Format } from './types';

/** Every export format; adding one is one file and one line here. */
export const FORMATS: Record<ExportFormat, Format> = {
  ...{ npy, png16, heatmap, overlay, csv, sheet },
  ...{ mask, coco, voc, yolo, labelme, cvat, labelstudio },
};

const OF_MAPS: ExportFormat[] = ['npy', 'png16', 'heatmap', 'overlay', 'sheet'];

/** What an image must have to be part of a format: maps, annotations, or nothing in particular. */
export function neededBy(
  format: ExportFormat,
  { threshold }: Pick<StartExport, 'threshold'>,
): 'maps' | 'annotations' | 'nothing' {
  if (OF_MAPS.includes(format) || (format === 'mask' && threshold !== undefined)) return 'maps';
  return format === 'csv' ? 'nothing' : 'annotations';
}

/** The names at the top of an output folder that the formats write to. */
export const TOP_LEVEL_NAMES = [
  ...['positive', 'negative', 'sigma', 'png16', 'heatmap', 'overlay', 'sheet', 'maps.csv'],
  ...['mask', 'coco', 'voc', 'yolo', 'labelme', 'cvat', 'labelstudio', 'annotations.csv'],
];
