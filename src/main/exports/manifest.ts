/** @file manifest.json: what the files of an export are and what they were made with. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { version } from '../../../package.json';
import { PenumbraError } from '../../contract/errors';
import { legendTop, type MaskKind, type NoiseScale } from '../../contract/noiseMap';
import type { ExportFormat } from '../../contract/types';
import { writeFileAtomic } from '../files/write';
import { TOP_LEVEL_NAMES } from './formats';

/** What one mask's maps were made with. */
export interface ManifestMask {
  mask: MaskKind;
  budget: number;
  scale: NoiseScale;
  run: { id: number; title: string; engine: string | null; finishedAt: string | null; config: unknown };
  encoder: { id: number; name: string; kind: string; fingerprint: string } | null;
}

export interface ManifestContent {
  folder: string;
  images: number;
  formats: ExportFormat[];
  masks: ManifestMask[];
  options: Record<string, unknown>;
}

const QUANTITY: Record<MaskKind, string> = {
  positive:
    'kept information: 1/2 log2(1 + 1/sigma^2) less its value at sigmaMax, bits per pixel and channel',
  negative:
    'entropy of the noise above that of the least noise: log2(sigma / sigmaMin), bits per pixel and channel',
};

const LAYOUT: Record<ExportFormat, string[]> = {
  npy: [
    '<mask>/<image>.npy: saliency in bits, float32 [height, width]',
    'sigma/<mask>/<image>.npy: standard deviation of the noise in 8-bit steps, float32 [height, width]',
  ],
  png16: [
    'png16/<mask>/<image>.png: saliency, 16-bit grey; the text chunk "Penumbra" holds low and high in bits',
  ],
  heatmap: ['heatmap/<mask>/<image>.png: saliency in colours, from 0 to `top` of its mask'],
  overlay: ['overlay/<mask>/<image>.png: the heat map over the image'],
  csv: [
    'maps.csv: one row an image',
    'annotations.csv: one row a region, positions in pixels of the oriented image',
  ],
  mask: [
    'mask/<label, role or mask>/<image>.png: 0 and 255; or mask/labels/<image>.png: numbers of mask/labels.csv',
  ],
  coco: ['coco/annotations.json: file_name is the path of the image'],
  voc: [
    'voc/Annotations/<image>.xml: boxes in pixels from one',
    'voc/SegmentationClass and voc/SegmentationObject/<image>.png: numbers of voc/labels.txt and of objects',
  ],
  yolo: [
    'yolo/labels/<image>.txt: class and corners, as parts of the sides; yolo/data.yaml: names of classes',
  ],
  labelme: ['labelme/<image>.json: to lie beside the image'],
  cvat: ['cvat/annotations.xml: CVAT for images 1.1'],
  labelstudio: ['labelstudio/tasks.json, and config.xml for the labelling interface'],
  sheet: [
    'sheet/<number>.jpg: images side by side, each above its maps in colours from 0 to `top` and above itself under their noise',
    'sheet/sheets.csv: which image is where',
  ],
};

const previous = z.looseObject({ program: z.literal('penumbra'), formats: z.array(z.string()) });
type Previous = z.infer<typeof previous> & { earlier?: unknown };

/**
 * Makes sure that an export into `out` mixes with nothing but earlier exports of ours.
 * @returns the manifest that is there, or null
 * @throws FOLDER_NOT_EMPTY, NOT_WRITABLE
 */
export async function claimFolder(out: string): Promise<Previous | null> {
  const names = await readdir(out).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [] as string[];
    throw new PenumbraError('NOT_WRITABLE', `"${out}" cannot be used as output folder; choose another.`, {
      cause,
    });
  });
  const manifest = names.includes('manifest.json') ? await readManifest(out) : null;
  const foreign = names.filter((name) => name === 'manifest.json' || TOP_LEVEL_NAMES.includes(name));
  if (manifest === null && foreign.length > 0) {
    throw new PenumbraError(
      'FOLDER_NOT_EMPTY',
      `"${out}" already holds "${foreign[0]}", which this program has not written; choose another output folder.`,
    );
  }
  return manifest;
}

async function readManifest(out: string): Promise<Previous | null> {
  try {
    return previous.parse(JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')));
  } catch {
    return null;
  }
}

/**
 * Written twice: with `complete: false` before the first file, so that a broken-off export is known as one, and at the
 * end. Other formats exported into the same folder before stay described under `earlier`.
 */
export async function writeManifest(
  out: string,
  content: ManifestContent,
  earlier: Previous | null,
  complete: boolean,
): Promise<void> {
  const masks = content.masks.map(({ mask, budget, scale, ...made }) => ({
    mask,
    budget,
    scale: { ...scale, note: 'sigma in units of the normalised image; times pixelScale in 8-bit steps' },
    saliency: {
      quantity: QUANTITY[mask],
      unit: 'bits',
      larger: 'more important',
      top: legendTop(mask, scale),
    },
    ...made,
  }));
  const manifest = {
    program: 'penumbra',
    version,
    complete,
    written: new Date().toISOString(),
    ...content,
    layout: content.formats.flatMap((format) => LAYOUT[format]),
    size: 'every map has the size of its image after EXIF orientation',
    masks,
    earlier: stillThere(earlier, content.formats),
  };
  await writeFileAtomic(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Earlier manifests that describe files this export does not write anew. */
function stillThere(manifest: Previous | null, formats: ExportFormat[]): unknown[] {
  if (!manifest) return [];
  const { earlier, ...latest } = manifest;
  const all = [latest, ...(Array.isArray(earlier) ? (earlier as Previous[]) : [])];
  return all.filter((one) => one.formats.some((format) => !formats.includes(format as ExportFormat)));
}
