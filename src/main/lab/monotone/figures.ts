import { COLOURS, Panel } from '../../charts/panel';
import { linearScale, logScale } from '../../charts/scale';
import { svgDocument } from '../../charts/svg';
import type { MonotonePoint, MonotoneReport } from './types';

const [TOP, WIDTH, HEIGHT] = [36, 360, 300];

/** @returns the figure by file name: bits left against the strength of noise (left) and of a mask (right) */
export function monotoneFigures({ noise, mask, quantised, levels }: MonotoneReport): Record<string, string> {
  const y = linearScale([0, Math.log2(levels) + 0.6], [TOP + HEIGHT, TOP]);
  const panelAt = (left: number, title: string, label: string, points: MonotonePoint[]) => {
    const strengths = points.map(({ strength }) => strength);
    const domain: [number, number] = [Math.min(...strengths), Math.max(...strengths)];
    return new Panel(
      { left, top: TOP, width: WIDTH, height: HEIGHT },
      {
        title,
        x: { label, scale: logScale(domain, [left + 8, left + WIDTH - 8]) },
        y: { label: 'bits left of a pixel', scale: y },
      },
    );
  };
  const noisy = panelAt(56, 'Noise removes information', 'sigma, in deviations of the source', noise);
  const ceiling = Math.log2(levels) + 0.6;
  noisy.line(
    noise
      .filter(({ gaussianBits }) => gaussianBits < ceiling)
      .map((point) => [point.strength, point.gaussianBits]),
    { colour: COLOURS.grey, dashed: true },
  );
  draw(noisy, noise, COLOURS.blue);
  noisy.legend(
    [
      { text: `computed, ${levels} equally likely values`, colour: COLOURS.blue, dashed: true },
      { text: 'read by a trained decoder', colour: COLOURS.blue },
      { text: 'computed, Gaussian source', colour: COLOURS.grey, dashed: true },
    ],
    'top right',
  );
  const masked = panelAt(56 + WIDTH + 70, 'A factor does not, until it is rounded', 'factor m', mask);
  draw(masked, mask, COLOURS.green);
  draw(masked, quantised, COLOURS.orange);
  masked.legend(
    [
      { text: 'm x, read by a trained decoder', colour: COLOURS.green },
      { text: 'm x rounded to 8-bit steps', colour: COLOURS.orange },
      { text: 'computed', colour: COLOURS.grey, dashed: true },
    ],
    'bottom left',
  );
  const title = 'Information left of a pixel under noise and under a real-valued mask';
  return {
    'monotone.svg': svgDocument(2 * WIDTH + 150, TOP + HEIGHT + 54, title, noisy.markup + masked.markup),
  };
}

function draw(panel: Panel, points: MonotonePoint[], colour: string): void {
  panel.line(
    points.map(({ strength, bits }) => [strength, bits]),
    { colour, dashed: true },
  );
  panel.line(
    points.map(({ strength, measuredBits }) => [strength, mean(measuredBits)]),
    { colour, dots: true },
  );
}

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
