/** @file One plot: a frame with two labelled axes, and what is drawn inside it. */
import type { Scale } from './scale';
import { element, escapeText } from './svg';

/** Colours that people with any colour vision can tell apart (Okabe and Ito). */
export const COLOURS = {
  blue: '#0072b2',
  orange: '#d55e00',
  green: '#009e73',
  purple: '#aa4499',
  grey: '#777777',
} as const;

export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Axes {
  title: string;
  x: { label: string; scale: Scale };
  y: { label: string; scale: Scale };
}

interface Line {
  colour: string;
  dashed?: boolean;
  dots?: boolean;
}

/** Room for the entries of a legend at the right. */
const LEGEND_WIDTH = 240;

/** Collects marks; `markup` gives the SVG of them all. */
export class Panel {
  readonly #marks: string[] = [];
  readonly #area: Area;
  readonly #x: Scale;
  readonly #y: Scale;

  constructor(area: Area, { title, x, y }: Axes) {
    this.#area = area;
    this.#x = x.scale;
    this.#y = y.scale;
    const { left, top, width, height } = area;
    const bottom = top + height;
    const text = (content: string, at: Record<string, string | number>) =>
      this.#marks.push(element('text', at, escapeText(content)));
    this.#marks.push(element('rect', { x: left, y: top, width, height, fill: 'none', stroke: '#999' }));
    for (const tick of x.scale.ticks) {
      const at = x.scale.at(tick);
      this.#marks.push(element('path', { d: `M${round(at)} ${bottom}v4`, stroke: '#999' }));
      text(String(tick), { x: at, y: bottom + 17, 'text-anchor': 'middle' });
    }
    for (const tick of y.scale.ticks) {
      const at = y.scale.at(tick);
      this.#marks.push(element('path', { d: `M${left} ${round(at)}h-4`, stroke: '#999' }));
      text(String(tick), { x: left - 7, y: at + 4, 'text-anchor': 'end' });
    }
    text(title, { x: left, y: top - 9, 'font-weight': 600 });
    text(x.label, { x: left + width / 2, y: bottom + 36, 'text-anchor': 'middle' });
    const middle = top + height / 2;
    const turned = { transform: `rotate(-90 ${round(left - 40)} ${round(middle)})` };
    text(y.label, { x: left - 40, y: middle, 'text-anchor': 'middle', ...turned });
  }

  line(points: [number, number][], { colour, dashed = false, dots = false }: Line): this {
    const places = points.map(([x, y]) => [this.#x.at(x), this.#y.at(y)] as const);
    const d = places.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
    this.#marks.push(
      element('path', {
        ...{ d, fill: 'none', stroke: colour, 'stroke-width': 1.8 },
        ...(dashed ? { 'stroke-dasharray': '5 4' } : {}),
      }),
    );
    if (dots)
      for (const [cx, cy] of places) this.#marks.push(element('circle', { cx, cy, r: 2.6, fill: colour }));
    return this;
  }

  /** The span between the least and the largest of some repetitions. */
  band(points: { x: number; values: number[] }[], colour: string): this {
    const edge = (of: (values: number[]) => number) =>
      points.map(({ x, values }) => `${round(this.#x.at(x))} ${round(this.#y.at(of(values)))}`);
    const around = [
      ...edge((values) => Math.max(...values)),
      ...edge((values) => Math.min(...values)).reverse(),
    ];
    this.#marks.push(element('path', { d: `M${around.join('L')}Z`, fill: colour, 'fill-opacity': 0.2 }));
    return this;
  }

  dot([x, y]: [number, number], colour: string, radius = 2.2): this {
    const place = { cx: this.#x.at(x), cy: this.#y.at(y), r: radius };
    this.#marks.push(element('circle', { ...place, fill: colour, 'fill-opacity': 0.75 }));
    return this;
  }

  /** Radii in units of the axes; what reaches beyond the frame is cut off. */
  ellipse([x, y]: [number, number], [rx, ry]: [number, number], colour: string): this {
    this.#marks.push(
      element('ellipse', {
        ...{ cx: this.#x.at(x), cy: this.#y.at(y) },
        rx: Math.abs(this.#x.at(x + rx) - this.#x.at(x)),
        ry: Math.abs(this.#y.at(y + ry) - this.#y.at(y)),
        ...{
          fill: colour,
          'fill-opacity': 0.12,
          stroke: colour,
          'stroke-width': 0.7,
          'clip-path': `url(#${this.#clip})`,
        },
      }),
    );
    return this;
  }

  /** @param corner of the frame that the entries stand in */
  legend(
    entries: { text: string; colour: string; dashed?: boolean }[],
    corner: 'top right' | 'bottom left',
  ): this {
    const { left, top, width, height } = this.#area;
    const high = corner === 'top right';
    const first = high ? top + 22 : top + height - 14 - 17 * (entries.length - 1);
    const from = high ? left + width - LEGEND_WIDTH : left + 12;
    entries.forEach(({ text, colour, dashed }, i) => {
      const y = first + 17 * i;
      const dash: Record<string, string> = dashed ? { 'stroke-dasharray': '5 4' } : {};
      this.#marks.push(
        element('path', { d: `M${from} ${y - 4}h22`, stroke: colour, 'stroke-width': 2, ...dash }),
        element('text', { x: from + 29, y }, escapeText(text)),
      );
    });
    return this;
  }

  get markup(): string {
    const { left, top, width, height } = this.#area;
    const frame = element('rect', { x: left, y: top, width, height });
    return element('clipPath', { id: this.#clip }, frame) + this.#marks.join('');
  }

  get #clip(): string {
    return `frame-${this.#area.left}-${this.#area.top}`;
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;
