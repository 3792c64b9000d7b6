/** @file Many curves in one frame, with their names beside it. */
import { mean } from '../noise/statistics';
import { Panel } from './panel';
import { linearScale, logScale, type Scale } from './scale';
import { element, escapeText, svgDocument } from './svg';

export interface Series {
  text: string;
  /** One value a repetition; their span is drawn as a band, their mean as the curve. */
  points: { x: number; values: number[] }[];
}

interface Axis {
  label: string;
  /** Default: what the points span. */
  domain?: [number, number];
  logarithmic?: boolean;
}

/** Okabe and Ito's colours; where they end they begin again, dashed. */
export const PALETTE = [
  ...['#0072b2', '#d55e00', '#009e73', '#aa4499', '#e69f00', '#56b4e9', '#000000', '#777777'],
] as const;

const [LEFT, TOP, WIDTH, HEIGHT] = [64, 36, 460, 320];
/** Room for the stroke before a name, and for a letter of it. */
const [STROKE, LETTER] = [60, 6.4];

/** @returns an SVG document */
export function seriesChart(title: string, series: Series[], axes: { x: Axis; y: Axis }): string {
  const scale = (axis: Axis, values: number[], range: [number, number]): Scale => {
    const domain = axis.domain ?? ([Math.min(...values), Math.max(...values)] as [number, number]);
    return (axis.logarithmic ? logScale : linearScale)(widened(domain), range);
  };
  const points = series.flatMap((one) => one.points);
  const finite = points.flatMap(({ values }) => values).filter(Number.isFinite);
  const panel = new Panel(
    { left: LEFT, top: TOP, width: WIDTH, height: HEIGHT },
    {
      title,
      x: {
        label: axes.x.label,
        scale: scale(
          axes.x,
          points.map(({ x }) => x),
          [LEFT + 8, LEFT + WIDTH - 8],
        ),
      },
      y: { label: axes.y.label, scale: scale(axes.y, finite, [TOP + HEIGHT - 8, TOP + 8]) },
    },
  );
  const names = series.map(({ text, points: own }, i) => {
    const colour = PALETTE[i % PALETTE.length]!;
    const dashed = i >= PALETTE.length;
    if (own.some(({ values }) => values.length > 1)) panel.band(own, colour);
    panel.line(
      own.map(({ x, values }) => [x, mean(values)]),
      { colour, dashed, dots: true },
    );
    const y = TOP + 14 + 18 * i;
    const dash: Record<string, string> = dashed ? { 'stroke-dasharray': '5 4' } : {};
    return (
      element('path', {
        d: `M${LEFT + WIDTH + 16} ${y - 4}h22`,
        stroke: colour,
        'stroke-width': 2,
        ...dash,
      }) + element('text', { x: LEFT + WIDTH + 45, y }, escapeText(text))
    );
  });
  const height = TOP + Math.max(HEIGHT + 54, 18 * series.length + 24);
  const longest = Math.max(0, ...series.map(({ text }) => text.length));
  return svgDocument(LEFT + WIDTH + STROKE + LETTER * longest, height, title, panel.markup + names.join(''));
}

/** A domain without width would have no scale. */
function widened([from, to]: [number, number]): [number, number] {
  return to > from ? [from, to] : [from - 0.5, to + 0.5];
}
