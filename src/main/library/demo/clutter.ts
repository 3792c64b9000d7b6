/** @file Small things that lie about and belong to no class: some as colourful and nearly as large as an object. */
import type { Random } from '../../noise/random';
import { type Colour, css, oklch } from './types';

/** A drawing around the origin, about `r` in radius. */
type Thing = (r: number, colour: string, ink: string, random: Random) => string;

const edge = (ink: string, width: number) =>
  `stroke="${ink}" stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round"`;

const button: Thing = (r, colour, ink) => {
  const holes = [-1, 1].flatMap((i) => [-1, 1].map((j) => [i * r * 0.24, j * r * 0.24]));
  return `<circle r="${r}" fill="${colour}" ${edge(ink, 1)}/>
    <circle r="${r * 0.7}" fill="none" stroke="white" stroke-opacity="0.45" stroke-width="${r * 0.12}"/>
    ${holes.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="${r * 0.14}" fill="${ink}"/>`).join('')}`;
};

const bead: Thing = (r, colour, ink) =>
  `<circle r="${r * 0.7}" fill="${colour}" ${edge(ink, 1)}/><circle cx="${-r * 0.2}" cy="${-r * 0.22}" r="${r * 0.2}" fill="white" opacity="0.7"/>`;

const ring: Thing = (r, colour, ink) =>
  `<circle r="${r}" fill="none" stroke="${ink}" stroke-width="${r * 0.42}"/><circle r="${r}" fill="none" stroke="${colour}" stroke-width="${r * 0.24}"/>`;

const stick: Thing = (r, colour, ink, random) => {
  const path = `M${-1.5 * r} 0 Q0 ${random.uniform(-0.6, 0.6) * r} ${1.5 * r} 0`;
  return `<path d="${path}" fill="none" ${edge(ink, r * 0.42)}/><path d="${path}" fill="none" ${edge(colour, r * 0.24)}/>`;
};

const thread: Thing = (r, colour, _ink, random) => {
  const [a, b] = [random.uniform(0.6, 1.6) * r, random.uniform(-1.2, 1.2) * r];
  return `<path d="M${-1.3 * r} 0 q${r * 0.6} ${-a} ${r} ${b} t${r} ${-b} t${r * 0.6} ${a}" fill="none" ${edge(colour, 1.3)}/>`;
};

const pennant: Thing = (r, colour, ink) =>
  `<path d="M0 ${-r} L${r * 0.95} ${r * 0.7} L${-r * 0.95} ${r * 0.7} Z" fill="${colour}" ${edge(ink, 1)}/><path d="M${-r * 0.45} ${r * 0.4} L0 ${-r * 0.45}" ${edge('white', r * 0.12)} stroke-opacity="0.5"/>`;

const tape: Thing = (r, colour) =>
  `<rect x="${-1.4 * r}" y="${-r * 0.5}" width="${2.8 * r}" height="${r}" fill="${colour}" opacity="0.8"/><path d="M${-1.4 * r} ${-r * 0.2} h${2.8 * r} M${-1.4 * r} ${r * 0.2} h${2.8 * r}" stroke="white" stroke-opacity="0.4" stroke-width="${r * 0.14}"/>`;

/** A pebble or scrap: a closed smooth line through points at uneven distances. */
const scrap: Thing = (r, colour, ink, random) => {
  const corners = 5 + random.below(3);
  const points = Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * (i + random.uniform(-0.25, 0.25))) / corners;
    const distance = r * random.uniform(0.7, 1.15);
    return [distance * Math.cos(angle), distance * Math.sin(angle)] as const;
  });
  const between = points.map(([x, y], i) => {
    const [u, v] = points[(i + 1) % corners]!;
    return `${(x + u) / 2} ${(y + v) / 2}`;
  });
  const path = points.map(([x, y], i) => `Q${x} ${y} ${between[i]}`).join(' ');
  return `<path d="M${between[corners - 1]} ${path} Z" fill="${colour}" ${edge(ink, 1.2)}/>
    <path d="M${-r * 0.4} ${-r * 0.3} q${r * 0.3} ${-r * 0.3} ${r * 0.7} ${-r * 0.1}" fill="none" ${edge('white', r * 0.13)} stroke-opacity="0.5"/>`;
};

const SMALL = [button, bead, ring, stick, thread, pennant, tape, scrap];
const LARGE = [button, ring, pennant, scrap, stick];

/** SVG of all clutter of one image, in a 100 x 100 box. */
export function clutter(random: Random): string {
  const parts: string[] = [];
  const put = (things: Thing[], r: number, colour: Colour, ink: Colour) => {
    const thing = things[random.below(things.length)]!;
    const [x, y, turn] = [random.uniform(0, 100), random.uniform(0, 100), random.uniform(0, 360)];
    parts.push(
      `<g transform="translate(${x} ${y}) rotate(${turn})">${thing(r, css(colour), css(ink), random)}</g>`,
    );
  };
  const small = 4 + random.below(4);
  for (let i = 0; i < small; i++) {
    const hue = random.uniform();
    const colour = oklch(hue, random.uniform(0.06, 0.14), random.uniform(0.55, 0.85));
    put(SMALL, random.uniform(2.5, 5), colour, oklch(hue, 0.05, 0.35));
  }
  // The colours of an object's own palette, so that neither being bright nor being outlined gives an object away.
  const large = random.below(3);
  for (let i = 0; i < large; i++) {
    const hue = random.uniform();
    put(LARGE, random.uniform(6, 11), oklch(hue, 0.15, random.uniform(0.6, 0.75)), oklch(hue, 0.045, 0.24));
  }
  return parts.join('');
}
