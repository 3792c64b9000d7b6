/** @file Export formats in words, by what they hold. */
import type { ExportFormat } from '../../contract/types';

export interface FormatEntry {
  value: ExportFormat;
  label: string;
  words: string;
}

export const MAP_FORMATS: FormatEntry[] = [
  { value: 'npy', label: 'NPY', words: 'float32 in bits at the size of the image, for NumPy' },
  { value: 'png16', label: 'PNG, 16 bits', words: 'grey, with its scale written inside' },
  { value: 'heatmap', label: 'Heat map', words: 'PNG in the colour map' },
  { value: 'overlay', label: 'Overlay', words: 'heat map over the image' },
  { value: 'sheet', label: 'Contact sheets', words: 'JPEG: images, maps and noised images side by side' },
];

export const ANNOTATION_FORMATS: FormatEntry[] = [
  { value: 'mask', label: 'Masks', words: 'PNG for each label or role, or one with a palette' },
  { value: 'coco', label: 'COCO', words: 'one JSON file: polygons and run lengths' },
  { value: 'voc', label: 'PASCAL VOC', words: 'XML with boxes, PNG of classes and objects' },
  { value: 'yolo', label: 'YOLO', words: 'text with outlines, and data.yaml' },
  { value: 'labelme', label: 'LabelMe', words: 'JSON for each image, to lie beside it' },
  { value: 'cvat', label: 'CVAT', words: 'one XML file for images 1.1' },
  { value: 'labelstudio', label: 'Label Studio', words: 'one JSON file of tasks, with its interface' },
];

export const TABLE_FORMATS: FormatEntry[] = [
  { value: 'csv', label: 'CSV', words: 'bits and state of every image; every region' },
];

export const isMapFormat = (format: ExportFormat): boolean =>
  MAP_FORMATS.some(({ value }) => value === format);
