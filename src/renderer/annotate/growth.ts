/** @file Regions from values: of a map as it is shown over the image, or of the image's own colours. */
import type { MaskKind } from '../../contract/noiseMap';
import { fractionAt, fractionAtPoint, type Saliency } from '../drawing/fraction';
import type { NoiseMap } from '../state/maps';
import { pieceAt, pieces } from './geometry/flood';
import { allOf, colourRows, mapRows } from './geometry/levels';
import { areaOf, NOTHING, type Size, type Spans, scaled } from './geometry/spans';
import type { Point } from './geometry/strokes';

const CLOSE = 1e-6;

/** The q at which a saliency has a value; it rises or falls with q all the way. */
export function fractionOf({ of }: Pick<Saliency, 'of'>, value: number): number {
  const rises = of(1) > of(0);
  let [low, high] = [0, 1];
  while (high - low > CLOSE) {
    const middle = (low + high) / 2;
    if (of(middle) < value === rises) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The range of q in which a saliency lies between two values; an end beyond what it can be is open. */
function fractionsBetween(saliency: Pick<Saliency, 'of'>, from: number, to: number): [number, number] {
  const ends = [saliency.of(0), saliency.of(1)];
  const end = (value: number, beyond: boolean, open: number) => (beyond ? open : fractionOf(saliency, value));
  const rises = ends[1]! > ends[0]!;
  const least = end(
    from,
    from <= Math.min(...ends),
    rises ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
  );
  const most = end(to, to >= Math.max(...ends), rises ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
  return rises ? [least, most] : [most, least];
}

/** @param tolerance in hundredths of the legend, to either side of the value under the point */
export function growInMap(
  map: NoiseMap,
  budget: number,
  saliency: Saliency,
  { x, y }: Point,
  tolerance: number,
  size: Size,
): Spans {
  const fraction = fractionAt(map.logOdds, budget);
  // The centre of the pixel under the pointer, so that it is always in.
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const q = fractionAtPoint(fraction, (column + 0.5) / size.width, (row + 0.5) / size.height);
  const reach = (tolerance / 100) * saliency.max + CLOSE;
  const [low, high] = fractionsBetween(saliency, saliency.of(q) - reach, saliency.of(q) + reach);
  return pieceAt(mapRows(fraction, size, low - CLOSE, high + CLOSE), size.height, column, row);
}

/** @param picture the image as it is shown, perhaps smaller than it is @param tolerance in hundredths of a channel's range */
export function growInPicture(picture: ImageData, { x, y }: Point, tolerance: number, size: Size): Spans {
  const [column, row] = [
    Math.floor((x * picture.width) / size.width),
    Math.floor((y * picture.height) / size.height),
  ];
  if (column < 0 || row < 0 || column >= picture.width || row >= picture.height) return NOTHING;
  const rows = colourRows(picture, column, row, (tolerance / 100) * 255);
  return scaled(pieceAt(rows, picture.height, column, row), picture, size);
}

/** Pieces smaller than this share of the image are specks. */
const SPECK = 0.0005;

/**
 * The pieces of a map whose saliency is at or above a threshold, the largest first.
 * @param threshold in the saliency's own unit, bits
 */
export function piecesAbove(
  map: NoiseMap,
  budget: number,
  saliency: Pick<Saliency, 'of'>,
  threshold: number,
  size: Size,
): Spans[] {
  const [low, high] = fractionsBetween(saliency, threshold, Number.POSITIVE_INFINITY);
  const rows = mapRows(fractionAt(map.logOdds, budget), size, low, high);
  return pieces(allOf(rows, size.height))
    .map((spans) => ({ spans, area: areaOf(spans) }))
    .filter(({ area }) => area >= SPECK * size.width * size.height)
    .sort((a, b) => b.area - a.area)
    .map(({ spans }) => spans);
}

/** Which map a pane shows; others show the image. */
export const maskOfPane = (pane: string): MaskKind | null =>
  pane === 'positive' || pane === 'negative' ? pane : null;
