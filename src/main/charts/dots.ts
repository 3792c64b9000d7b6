/** @file One row a case, one dot a repetition, one colour a series; a stroke marks what was wanted. */
import { linearScale } from './scale';
import { PALETTE } from './series';
import { element, escapeText, svgDocument } from './svg';

export interface DotRow {
  name: string;
  /** Marked by a stroke. */
  wanted?: number;
  /** By series; one value a repetition. */
  values: number[][];
}

const [TOP, ROW, WIDTH] = [58, 34, 460];
const LETTER = 6.4;
const SPACE = 24;

/**
 * Values beyond the domain stand at its edge, as triangles that point to where they are.
 * @param series names, in the order of `values` @returns an SVG document
 */
export function dotChart(
  title: string,
  series: string[],
  rows: DotRow[],
  axis: { label: string; domain: [number, number] },
): string {
  const left = SPACE + LETTER * Math.max(...rows.map(({ name }) => name.length));
  const bottom = TOP + ROW * rows.length;
  const scale = linearScale(axis.domain, [left + 8, left + WIDTH - 8]);
  const marks: string[] = [
    element('text', { x: left, y: 20, 'font-weight': 600 }, escapeText(title)),
    element('rect', { x: left, y: TOP, width: WIDTH, height: bottom - TOP, fill: 'none', stroke: '#999' }),
    element('text', { x: left + WIDTH / 2, y: bottom + 36, 'text-anchor': 'middle' }, escapeText(axis.label)),
  ];
  for (const tick of scale.ticks)
    marks.push(
      element('path', { d: `M${scale.at(tick)} ${TOP}V${bottom + 4}`, stroke: '#e5e5e5' }),
      element('text', { x: scale.at(tick), y: bottom + 17, 'text-anchor': 'middle' }, String(tick)),
    );
  let x = left;
  series.forEach((name, s) => {
    const colour = PALETTE[s % PALETTE.length]!;
    marks.push(
      element('circle', { cx: x + 4, cy: 40, r: 4, fill: colour }),
      element('text', { x: x + 14, y: 44 }, escapeText(name)),
    );
    x += SPACE + 14 + LETTER * name.length;
  });
  rows.forEach(({ name, wanted, values }, r) => {
    const middle = TOP + ROW * (r + 0.5);
    marks.push(element('text', { x: left - 8, y: middle + 4, 'text-anchor': 'end' }, escapeText(name)));
    if (wanted !== undefined)
      marks.push(
        element('path', {
          d: `M${scale.at(wanted)} ${middle - ROW / 2 + 3}v${ROW - 6}`,
          stroke: '#222',
          'stroke-width': 1.5,
        }),
      );
    values.forEach((list, s) => {
      const y = middle + (s - (values.length - 1) / 2) * Math.min(8, (ROW - 8) / values.length);
      const colour = PALETTE[s % PALETTE.length]!;
      for (const value of list) marks.push(dot(value, y, colour, axis.domain, scale.at));
    });
  });
  const width = Math.max(left + WIDTH + SPACE, x);
  return svgDocument(width, bottom + 50, title, marks.join(''));
}

function dot(
  value: number,
  y: number,
  fill: string,
  [from, to]: [number, number],
  at: (value: number) => number,
): string {
  if (value >= from && value <= to)
    return element('circle', { cx: at(value), cy: y, r: 4, fill, 'fill-opacity': 0.7 });
  const side = value > to ? 1 : -1;
  const tip = at(value > to ? to : from) + 6 * side;
  return element('path', { d: `M${tip} ${y}l${-9 * side} -5v10Z`, fill, 'fill-opacity': 0.7 });
}
