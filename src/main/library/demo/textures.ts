/** @file Five families of background, painted pixel by pixel in muted colours; each call is a new member of its family. */
import type { Random } from '../../noise/random';
import { type Colour, oklch } from './types';

/** RGB, three floats in 0..255 a pixel, row by row. */
export type Canvas = Float32Array;
/** How far along the palette (0..1) and how bright (about 1) the texture is at a point of the plane. */
type Pattern = (u: number, v: number) => { mix: number; shade: number };

/** Smooth noise in 0..1: random values on a lattice, joined by smoothstep. */
function valueNoise(random: Random): (u: number, v: number) => number {
  const lattice = Float32Array.from({ length: 32 * 32 }, () => random.uniform());
  const at = (i: number, j: number) => lattice[(((j % 32) + 32) % 32) * 32 + (((i % 32) + 32) % 32)]!;
  const smooth = (t: number) => t * t * (3 - 2 * t);
  return (u, v) => {
    const i = Math.floor(u);
    const j = Math.floor(v);
    const s = smooth(u - i);
    const t = smooth(v - j);
    const top = at(i, j) * (1 - s) + at(i + 1, j) * s;
    const bottom = at(i, j + 1) * (1 - s) + at(i + 1, j + 1) * s;
    return top * (1 - t) + bottom * t;
  };
}

function clouds(random: Random): Pattern {
  const noise = valueNoise(random);
  const scale = random.uniform(3, 6);
  return (u, v) => {
    let sum = 0;
    for (let octave = 0; octave < 4; octave++)
      sum += noise(u * scale * 2 ** octave, v * scale * 2 ** octave) / 2 ** (octave + 1);
    return { mix: (sum - 0.2) * 1.6, shade: 1 };
  };
}

function stripes(random: Random): Pattern {
  const noise = valueNoise(random);
  const count = random.uniform(6, 12);
  const wobble = random.uniform(0.02, 0.08);
  return (u, v) => {
    const phase = (u + wobble * noise(u * 3, v * 3)) * count;
    const wave = 0.5 + 0.5 * Math.tanh(4 * Math.sin(2 * Math.PI * phase));
    return { mix: wave, shade: 0.94 + 0.12 * noise(u * 24, v * 24) };
  };
}

/** Gingham: two families of bands, woven. */
function cloth(random: Random): Pattern {
  const noise = valueNoise(random);
  const count = random.uniform(5, 9);
  const band = (t: number) => 0.5 + 0.5 * Math.tanh(7 * Math.sin(2 * Math.PI * t));
  return (u, v) => {
    const thread = 0.05 * Math.sin(2 * Math.PI * 60 * u) * Math.sin(2 * Math.PI * 60 * v);
    return {
      mix: (band(u * count) + band(v * count)) / 2,
      shade: 0.96 + thread + 0.08 * noise(u * 16, v * 16),
    };
  };
}

/** Cells around scattered points (Worley 1996), dark along their borders, like gravel. */
function pebbles(random: Random): Pattern {
  const count = Math.round(random.uniform(5, 9));
  const points = Array.from({ length: count * count }, () => ({
    x: random.uniform(),
    y: random.uniform(),
    tone: random.uniform(),
  }));
  const wrap = (i: number) => ((i % count) + count) % count;
  return (u, v) => {
    const column = Math.floor(u * count);
    const row = Math.floor(v * count);
    let nearest = 9;
    let second = 9;
    let tone = 0;
    for (let j = row - 1; j <= row + 1; j++)
      for (let i = column - 1; i <= column + 1; i++) {
        const point = points[wrap(j) * count + wrap(i)]!;
        const distance = Math.hypot(i + point.x - u * count, j + point.y - v * count);
        if (distance < nearest) {
          second = nearest;
          nearest = distance;
          tone = point.tone;
        } else if (distance < second) second = distance;
      }
    const rim = Math.min(1, (second - nearest) * 4);
    return { mix: tone, shade: (0.6 + 0.4 * rim) * (1.1 - 0.25 * nearest) };
  };
}

function waves(random: Random): Pattern {
  const sources = Array.from({ length: 3 }, () => ({
    x: random.uniform(-0.3, 1.3),
    y: random.uniform(-0.3, 1.3),
    f: random.uniform(5, 10),
  }));
  return (u, v) => {
    let sum = 0;
    for (const source of sources)
      sum += Math.sin(2 * Math.PI * source.f * Math.hypot(u - source.x, v - source.y));
    return { mix: 0.5 + 0.5 * Math.tanh(sum), shade: 0.97 + 0.05 * sum };
  };
}

export const TEXTURES: Record<string, (random: Random) => Pattern> = {
  clouds,
  stripes,
  cloth,
  pebbles,
  waves,
};
export const TEXTURE_FAMILIES = Object.keys(TEXTURES);

/** Paints a member of the family over a size x size canvas. */
export function paintTexture(family: string, size: number, random: Random): Canvas {
  const hue = random.uniform();
  const chroma = random.uniform(0.015, 0.075);
  const first: Colour = oklch(hue, chroma, random.uniform(0.42, 0.6));
  const second: Colour = oklch(hue + random.uniform(-0.12, 0.12), chroma, random.uniform(0.7, 0.88));
  const pattern = TEXTURES[family]!(random);
  const angle = random.uniform(0, Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const light = random.uniform(0, 2 * Math.PI);
  const canvas = new Float32Array(size * size * 3);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const u = x / size - 0.5;
      const v = y / size - 0.5;
      const { mix, shade } = pattern(u * cos - v * sin + 1, u * sin + v * cos + 1);
      const t = Math.min(1, Math.max(0, mix));
      // One side lit a little more than the other, and paper grain.
      const brightness =
        shade * (1 + 0.16 * (u * Math.cos(light) + v * Math.sin(light))) + 0.018 * random.normal();
      for (let c = 0; c < 3; c++)
        canvas[(y * size + x) * 3 + c] = (first[c]! * (1 - t) + second[c]! * t) * brightness;
    }
  return canvas;
}
