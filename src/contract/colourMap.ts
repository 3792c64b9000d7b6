import {
  interpolateCividis,
  interpolateGreys,
  interpolateInferno,
  interpolateMagma,
  interpolatePuOr,
  interpolateRdBu,
  interpolateViridis,
} from 'd3-scale-chromatic';

/** Perceptually uniform maps offered everywhere; the first is the default. */
export const COLOUR_MAPS = {
  inferno: interpolateInferno,
  magma: interpolateMagma,
  viridis: interpolateViridis,
  cividis: interpolateCividis,
  grey: (t: number) => interpolateGreys(1 - t),
} as const;

export type ColourMapName = keyof typeof COLOUR_MAPS;

/** For differences: light in the middle, where there is none; what is more of the first is warm. */
const DIVERGING_MAPS = {
  'purple to orange': interpolatePuOr,
  'blue to red': (t: number) => interpolateRdBu(1 - t),
} as const;

export type DivergingName = keyof typeof DIVERGING_MAPS;
export const DIVERGING_NAMES = Object.keys(DIVERGING_MAPS) as DivergingName[];

export type AnyColourMap = ColourMapName | DivergingName;
const ALL = { ...COLOUR_MAPS, ...DIVERGING_MAPS };

/** 256 colours as RGB bytes: `table[3 * i]`, for i = round(255 t). */
export function colourTable(name: AnyColourMap): Uint8Array {
  const table = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) table.set(parseColour(ALL[name](i / 255)), i * 3);
  return table;
}

/** d3 answers "#rrggbb" for its ramps and "rgb(r, g, b)" for its interpolations. */
function parseColour(text: string): [number, number, number] {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (hex)
    return [hex[1]!, hex[2]!, hex[3]!].map((part) => Number.parseInt(part, 16)) as [number, number, number];
  const rgb = /(\d+),\s*(\d+),\s*(\d+)/.exec(text);
  if (!rgb) throw new Error(`not a colour: ${text}`);
  return [Number(rgb[1]), Number(rgb[2]), Number(rgb[3])];
}
