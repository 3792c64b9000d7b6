import { gallery } from '../../charts/gallery';
import { seriesChart } from '../../charts/series';
import { mean } from '../../noise/statistics';
import { fixed, percent, seedsOf, spread } from '../numbers';
import type { Summary } from '../types';
import type { MapOf, VideoReport } from './types';

const NAMES: Record<MapOf, string> = {
  cold: 'each frame from nothing',
  warm: 'each frame from the one before',
  model: 'mask model, one pass a frame',
};
/** A distance may grow by so much and still count as kept. */
const KEPT = 1.1;

export function videoSummary({
  rows,
  seeds,
  frames,
  drawn,
  budget,
  flickers,
  pictures,
}: VideoReport): Summary {
  const of = (name: MapOf) => rows.find((row) => row.of === name)!;
  const [cold, warm] = [of('cold'), of('warm')];
  return {
    tables: [
      {
        title: `Maps of ${frames} frames (${drawn ? 'a drawn sequence' : 'a folder'}) at budget ${budget}, ${seedsOf(seeds)}`,
        columns: ['map', 'steps a frame', 'flicker', 'flicker where nothing moves', 'distance', 'AUROC'],
        rows: rows.map((row) => [
          ...[NAMES[row.of], String(row.steps), spread(row.flicker, 4)],
          row.still.length > 0 ? spread(row.still, 4) : '–',
          spread(row.distance, 4),
          row.auroc.length > 0 ? spread(row.auroc) : '–',
        ]),
        note: 'Flicker: mean change of the noise fraction from one frame to the next. Distance: between the embeddings of a frame and of its noisy views (cosine).',
      },
    ],
    claims: [
      {
        paper:
          'Video block masking is a use of noise masks (2.1; no number): maps that begin from the frame before flicker less',
        ours: `${fixed(mean(warm.flicker), 4)} against ${fixed(mean(cold.flicker), 4)}, with ${percent(warm.steps / cold.steps, 0)} of the steps`,
        holds: mean(warm.flicker) < mean(cold.flicker),
      },
      {
        paper: 'No number: and they keep what the encoder sees as well as maps from nothing',
        ours: `distance ${fixed(mean(warm.distance), 4)} against ${fixed(mean(cold.distance), 4)}`,
        holds: mean(warm.distance) < KEPT * mean(cold.distance),
      },
    ],
    figures: {
      'video-flicker.svg': seriesChart(
        'Change of the map from the frame before',
        flickers.map(({ of: name, values }) => ({
          text: NAMES[name],
          points: values.map((value, i) => ({ x: i + 1, values: [value] })),
        })),
        { x: { label: 'frame' }, y: { label: 'mean change of the noise fraction' } },
      ),
      'video.svg': gallery(
        'Frames and their maps: bright is kept',
        pictures.map(({ title, images }) => ({
          title: title in NAMES ? NAMES[title as MapOf] : title,
          images,
        })),
      ),
    },
  };
}
