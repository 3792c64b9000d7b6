import {
  interpolateCividis,
  interpolateGreys,
  interpolateInferno,
  interpolateMagma,
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

/** 256 colours as RGB bytes: `table[3 * i]`, for i = round(255 t). */
export function colourTable(name: ColourMapName): Uint8Array {
  const table = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) table.set(parseColour(COLOUR_MAPS[name](i / 255)), i * 3);
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
