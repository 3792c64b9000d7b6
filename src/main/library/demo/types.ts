/** @file What the sample folder can be. */
export const DEMO_VARIANTS = ['clean', 'background', 'tag', 'ignored'] as const;
export type DemoVariant = (typeof DEMO_VARIANTS)[number];

export interface DemoOptions {
  variant?: DemoVariant;
  /** Images under train/; test/ gets a twelfth of that, at least 40. */
  images?: number;
  /** Side of the square images, in pixels. */
  size?: number;
  seed?: number;
}

export interface DemoFolder {
  directory: string;
  variant: DemoVariant;
  train: number;
  test: number;
  classes: string[];
}

/** Pixels from the upper left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Colour = [red: number, green: number, blue: number];

/**
 * OKLCH (turns, 0..0.3, 0..1) to 8-bit sRGB, clipped (B. Ottosson 2020; CSS Color 4, section 9.2). Colours of equal lightness look
 * equally light whatever their hue, so that a random hue changes neither the mood of a picture nor its contrast.
 */
export function oklch(hue: number, chroma: number, lightness: number): Colour {
  const a = chroma * Math.cos(2 * Math.PI * hue);
  const b = chroma * Math.sin(2 * Math.PI * hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Linear light to an sRGB value of 0..255 (IEC 61966-2-1). */
function encoded(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return 255 * Math.min(1, Math.max(0, value));
}

export const css = ([r, g, b]: Colour): string => `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`;
