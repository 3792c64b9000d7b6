/** @file YOLO segmentation: a text file an image, a line a region: class and corners as parts of the image's sides. */
import { parse } from 'yaml';
import { z } from 'zod';
import type { Geometry, Ring } from '../../../contract/annotations';
import { asBox, asRing } from '../../../contract/geometry/convert';
import type { Format } from '../types';
import { checked, checkedGeometry, refused } from './parse';
import type { Reader, Source, SourceFile } from './types';

/**
 * `yolo/labels/<image>.txt` and `yolo/data.yaml`. The format has neither holes nor parts: rings are joined into one.
 * The images are found when the image folder lies, or is linked, at `yolo/images`.
 */
export const yolo: Format = ({ write, labels }) => {
  const classOf = new Map(labels.map(({ name }, i) => [name, i]));
  const splits = new Set<string>();
  return {
    add: async ({ width, height, split, path }, stem, _views, { regions }) => {
      if (split !== null) splits.add(path.slice(0, path.indexOf('/')));
      const part = (value: number, side: number) => String(Number((value / side).toFixed(7)));
      const lines = regions.map(({ label, geometry }) => {
        const corners = asRing(geometry).flatMap(([x, y]) => [part(x, width), part(y, height)]);
        return `${classOf.get(label)} ${corners.join(' ')}\n`;
      });
      await write(`yolo/labels/${stem}.txt`, lines.join(''));
    },
    end: () => {
      const folder = (pattern: RegExp) => [...splits].find((name) => pattern.test(name));
      const train = folder(/^train/i);
      const places = {
        train: train ? `images/${train}` : 'images',
        val: `images/${folder(/^val/i) ?? folder(/^test/i) ?? train ?? ''}`.replace(/\/$/, ''),
      };
      const lines = [
        '# Put the image folder beside this file, or link it, as "images".',
        'path: .',
        ...Object.entries(places).map(([name, place]) => `${name}: ${JSON.stringify(place)}`),
        'names:',
        ...labels.map(({ name }, i) => `  ${i}: ${JSON.stringify(name)}`),
      ];
      return write('yolo/data.yaml', `${lines.join('\n')}\n`);
    },
  };
};

const names = z.union([z.array(z.coerce.string()), z.record(z.string(), z.coerce.string())]);

export const readYolo: Reader = async function* (source) {
  const labels = await classNames(source);
  for (const file of source.files.filter(({ path }) => isLabels(path))) {
    // "labels/" stands where the images have "images/".
    const image = file.path.replace(/^(.*\/)?labels\//, '').replace(/\.txt$/i, '');
    const found = source.find(image);
    const text = await file.text();
    const regions = found
      ? text.split(/\r?\n/).flatMap((line, i) => regionOf(line, i, found, file, labels))
      : [];
    yield { image, size: null, file: file.path, regions };
  }
};

const isLabels = (path: string): boolean =>
  /\.txt$/i.test(path) && !/(^|\/)(classes|train|val|test|readme[^/]*)\.txt$/i.test(path);

async function classNames(source: Source): Promise<(index: number) => string> {
  const yaml = source.files.find(({ path }) => /\.ya?ml$/i.test(path));
  const plain = source.files.find(({ path }) => /(^|\/)classes\.txt$/i.test(path));
  let given: string[] | Record<string, string> = {};
  if (yaml) given = checked(z.looseObject({ names }), await readYaml(yaml), yaml.path).names;
  else if (plain) given = (await plain.text()).split(/\r?\n/).filter((name) => name.trim() !== '');
  const known = new Map(Object.entries(given));
  return (index) => known.get(String(index)) ?? `class ${index}`;
}

async function readYaml(file: SourceFile): Promise<unknown> {
  const text = await file.text();
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw refused(file.path, '', 'it is not YAML', cause);
  }
}

/** To a thousandth of a pixel, which seven digits hold: their rounding would move corners off the centres of pixels. */
const inPixels = (part: number, side: number): number => Math.round(part * side * 1000) / 1000;

/** A line of four numbers is a box by its centre and its sides, as in YOLO's detection. */
function regionOf(
  line: string,
  index: number,
  { width, height }: { width: number; height: number },
  file: SourceFile,
  labels: (index: number) => string,
) {
  if (line.trim() === '') return [];
  const item = `line ${index + 1}`;
  const [classIndex, ...numbers] = line.trim().split(/\s+/).map(Number);
  if (!Number.isInteger(classIndex) || classIndex! < 0 || numbers.some((value) => !Number.isFinite(value)))
    throw refused(file.path, item, 'it is not a class and numbers');
  if (numbers.length !== 4 && (numbers.length < 6 || numbers.length % 2 === 1))
    throw refused(file.path, item, 'it has neither a box nor pairs of numbers for corners');
  const pairs = Array.from({ length: numbers.length / 2 }, (_, i): [number, number] => [
    inPixels(numbers[2 * i]!, width),
    inPixels(numbers[2 * i + 1]!, height),
  ]);
  const shape = numbers.length === 4 ? boxOf(pairs) : (asBox(pairs) ?? { kind: 'polygon', rings: [pairs] });
  return [{ label: labels(classIndex!), item, geometry: checkedGeometry(shape, file.path, item) }];
}

function boxOf(pairs: Ring): Geometry {
  const [[x, y], [width, height]] = pairs as [[number, number], [number, number]];
  return { kind: 'box', x: x - width / 2, y: y - height / 2, width, height };
}
