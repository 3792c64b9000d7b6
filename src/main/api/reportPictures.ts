/** @file The pictures of a report's page: small images with their maps, and average maps, as data URLs. */
import sharp from 'sharp';
import { colourTable } from '../../contract/colourMap';
import { DEFAULT_BUDGET, legendTop, noiseFraction, resample, saliencyTable } from '../../contract/noiseMap';
import type { AverageMap, ReportContent } from '../../contract/reports';
import type { ReportPicture, ReportPictures } from '../reports/html/pictures';
import type { MapRow, ProjectStore } from '../store/types';

const IMAGE_SIDE = 128;
const MAP_SIDE = 40;
const AVERAGE_SIDE = 96;
/** How much of the image a map covers at most. */
const OPACITY = 0.65;

/** Every image that the page shows. */
export async function reportPictures(store: ProjectStore, content: ReportContent): Promise<ReportPictures> {
  const images = new Map<number, ReportPicture>();
  for (const id of shownImages(content)) {
    const picture = await pictureOf(store, id, content.runs.positive);
    if (picture) images.set(id, picture);
  }
  const averages: ReportPictures['averages'] = new Map();
  for (const { name, averages: own, strategies } of content.classes)
    averages.set(name, {
      positive: await averageUrl(own.positive),
      negative: own.negative && (await averageUrl(own.negative)),
      strategies: await Promise.all(strategies?.groups.map(({ average }) => averageUrl(average)) ?? []),
    });
  return { images, averages };
}

function shownImages({ classes, dataProperties, duplicates }: ReportContent): Set<number> {
  const of = (examples: { imageId: number; donorId: number }[]) =>
    examples.flatMap(({ imageId, donorId }) => [imageId, donorId]);
  return new Set([
    ...classes.flatMap(({ ranked, regions, background }) => [
      ...(background?.images.slice(0, 4) ?? []),
      ...[ranked.suspicious, ranked.typical, ranked.unusual].flatMap((ids) => ids.slice(0, 8)),
      ...regions.flatMap(({ boxes, removed, pasted }) => [
        ...boxes.slice(0, 3).map(({ imageId }) => imageId),
        ...of(removed.examples),
        ...of(pasted.examples),
      ]),
    ]),
    ...dataProperties.flatMap(({ images }) => images.slice(0, 4)),
    ...duplicates.slice(0, 12).flatMap(({ images }) => images),
  ]);
}

/** Stretched to the square that the encoder sees, so that boxes and maps lie where they belong. */
async function pictureOf(store: ProjectStore, id: number, runId: number): Promise<ReportPicture | null> {
  const row = store.image(id);
  const thumbnail = store.thumbnail(id);
  if (!row || !thumbnail) return null;
  const image = await sharp(thumbnail)
    .resize(IMAGE_SIDE, IMAGE_SIDE, { fit: 'fill' })
    .webp({ quality: 78 })
    .toBuffer();
  const map = store.map(runId, id);
  return {
    path: row.path,
    image: `data:image/webp;base64,${image.toString('base64')}`,
    map: map && (await mapUrl(map)),
  };
}

async function mapUrl({ width, height, logOdds, mask, scale }: MapRow): Promise<string> {
  const full = resample({ width, height, values: logOdds }, MAP_SIDE, MAP_SIDE);
  const bits = noiseFraction(full, DEFAULT_BUDGET[mask]).values.map(saliencyTable(mask, scale));
  const top = legendTop(mask, scale);
  return pngUrl(bits, MAP_SIDE, top, (share) => Math.round(255 * OPACITY * Math.min(1, 2 * share)));
}

function averageUrl({ width, height, values }: AverageMap): Promise<string> {
  const full = resample({ width, height, values: Float32Array.from(values) }, AVERAGE_SIDE, AVERAGE_SIDE);
  return pngUrl(full.values, AVERAGE_SIDE, 1, () => 255);
}

async function pngUrl(
  values: Float32Array,
  side: number,
  top: number,
  alpha: (share: number) => number,
): Promise<string> {
  const colours = colourTable('inferno');
  const rgba = Buffer.alloc(side * side * 4);
  values.forEach((value, p) => {
    const share = Math.min(1, Math.max(0, value / top));
    const at = Math.round(255 * share) * 3;
    rgba.set(colours.subarray(at, at + 3), p * 4);
    rgba[p * 4 + 3] = alpha(share);
  });
  const png = await sharp(rgba, { raw: { width: side, height: side, channels: 4 } })
    .png({ palette: true })
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
