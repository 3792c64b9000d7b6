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

/** A planted cue of one image; coordinates in pixels. */
export interface Cue {
  kind: 'texture' | 'tag';
  /** The texture family's name, or which mark. */
  name: string;
  /** Whether this cue follows the class in this image. */
  planted: boolean;
  box: { x: number; y: number; width: number; height: number };
}

export type Colour = [red: number, green: number, blue: number];

/** HSL (turns, 0..1, 0..1) to 8-bit sRGB; the formula of CSS Color 4, section 7.1. */
export function hsl(hue: number, saturation: number, lightness: number): Colour {
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + (((hue % 1) + 1) % 1) * 12) % 12;
    return 255 * (lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

export const css = ([r, g, b]: Colour): string => `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`;
