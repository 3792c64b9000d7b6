/** @file One image of the sample folder: texture, clutter, shadow, object and, in some variants, a mark. */
import sharp from 'sharp';
import type { Random } from '../../noise/random';
import { paintOf, SPRITES } from './sprites';
import { type Canvas, paintTexture } from './textures';
import { css, hsl } from './types';

export interface Scene {
  className: string;
  family: string;
  tag: boolean;
}

export interface Picture {
  /** RGB bytes [size, size, 3]. */
  rgb: Buffer;
  /** 255 on the object (where no mark covers it), 0 elsewhere: [size, size]. */
  mask: Buffer;
  tagBox: { x: number; y: number; width: number; height: number };
}

/** Draws the scene. The same scene, size and random source give the same bytes. */
export async function drawScene(scene: Scene, size: number, random: Random): Promise<Picture> {
  const canvas = paintTexture(scene.family, size, random);
  blend(canvas, await raster(clutter(random), size));

  const object = await raster(placed(SPRITES[scene.className]!(paintOf(random.uniform())), random), size);
  cast(canvas, object, size);
  blend(canvas, object);
  const mask = Buffer.alloc(size * size);
  for (let i = 0; i < mask.length; i++) mask[i] = object[i * 4 + 3]! >= 128 ? 255 : 0;

  // Drawn from the source whether it shows or not, so that a variant changes nothing else in the picture.
  const tag = tagDrawing(random);
  if (scene.tag) {
    const pixels = await raster(tag.svg, size);
    blend(canvas, pixels);
    for (let i = 0; i < mask.length; i++) if (pixels[i * 4 + 3]! >= 128) mask[i] = 0;
  }
  const scaled = (value: number) => (value * size) / 100;
  return {
    rgb: Buffer.from(Uint8ClampedArray.from(canvas).buffer),
    mask,
    tagBox: {
      x: Math.floor(scaled(tag.x - tag.radius)),
      y: Math.floor(scaled(tag.y - tag.radius)),
      width: Math.ceil(scaled(2 * tag.radius)) + 1,
      height: Math.ceil(scaled(2 * tag.radius)) + 1,
    },
  };
}

/** An SVG body in a 100 x 100 box as straight RGBA bytes. */
async function raster(body: string, size: number): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 100 100">${body}</svg>`;
  return sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
}

/** The sprite at a random place, size and turn, wholly inside the picture. */
function placed(sprite: string, random: Random): string {
  const scale = random.uniform(0.36, 0.56);
  const angle = random.uniform(-40, 40);
  const mirrored = random.uniform() < 0.5 ? -1 : 1;
  const radians = (Math.abs(angle) * Math.PI) / 180;
  // Half the side of the upright box around the turned 100 x 100 drawing.
  const half = 50 * scale * (Math.cos(radians) + Math.sin(radians)) * 0.94;
  const x = random.uniform(half, 100 - half);
  const y = random.uniform(half, 100 - half);
  return `<g transform="translate(${x} ${y}) rotate(${angle}) scale(${scale * mirrored} ${scale}) translate(-50 -50)">${sprite}</g>`;
}

/** Small things that belong to no class: pebbles, sticks, rings, scribbles. */
function clutter(random: Random): string {
  const count = 4 + random.below(5);
  let body = '';
  for (let i = 0; i < count; i++) {
    const colour = css(hsl(random.uniform(), random.uniform(0.3, 0.7), random.uniform(0.3, 0.75)));
    const [x, y, r] = [random.uniform(0, 100), random.uniform(0, 100), random.uniform(2.5, 7)];
    const [dx, dy] = [random.uniform(-2, 2) * r, random.uniform(-2, 2) * r];
    const kinds = [
      `<circle cx="${x}" cy="${y}" r="${r}" fill="${colour}"/>`,
      `<circle cx="${x}" cy="${y}" r="${r}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<path d="M${x} ${y} l${dx} ${dy}" stroke="${colour}" stroke-width="2.4" stroke-linecap="round"/>`,
      `<path d="M${x} ${y - r} l${r} ${1.7 * r} l${-2 * r} 0 Z" fill="${colour}" transform="rotate(${dx * 9} ${x} ${y})"/>`,
      `<path d="M${x} ${y} q${dx} ${-dy} ${r} ${r} t${dy} ${dx}" fill="none" stroke="${colour}" stroke-width="2" stroke-linecap="round"/>`,
      `<rect x="${x - r}" y="${y - r / 2}" width="${2 * r}" height="${r}" rx="1.5" fill="${colour}" transform="rotate(${dy * 9} ${x} ${y})"/>`,
    ];
    body += kinds[random.below(kinds.length)];
  }
  return body;
}

/** A round label with a cross, near the lower right corner. */
function tagDrawing(random: Random): { svg: string; x: number; y: number; radius: number } {
  const x = 88 + random.uniform(-3, 3);
  const y = 88 + random.uniform(-3, 3);
  const radius = 7;
  const cross = radius * 0.42;
  return {
    x,
    y,
    radius,
    svg: `<circle cx="${x}" cy="${y}" r="${radius - 0.6}" fill="#ffe14d" stroke="#1b1b1b" stroke-width="1.2"/>
      <path d="M${x - cross} ${y - cross} l${2 * cross} ${2 * cross} M${x + cross} ${y - cross} l${-2 * cross} ${2 * cross}" stroke="#1b1b1b" stroke-width="2.2" stroke-linecap="round"/>`,
  };
}

/** Puts straight RGBA over the canvas. */
function blend(canvas: Canvas, pixels: Buffer): void {
  for (let i = 0; i < canvas.length / 3; i++) {
    const alpha = pixels[i * 4 + 3]! / 255;
    if (alpha === 0) continue;
    for (let c = 0; c < 3; c++)
      canvas[i * 3 + c] = canvas[i * 3 + c]! * (1 - alpha) + pixels[i * 4 + c]! * alpha;
  }
}

/** Darkens the canvas under a soft shadow of the object, a little below and to the right of it. */
function cast(canvas: Canvas, object: Buffer, size: number): void {
  const offset = Math.max(1, Math.round(size * 0.025));
  const reach = Math.max(1, Math.round(size * 0.02));
  const alpha = new Float32Array(size * size);
  for (let y = offset; y < size; y++)
    for (let x = offset; x < size; x++)
      alpha[y * size + x] = object[((y - offset) * size + x - offset) * 4 + 3]! / 255;
  const soft = blurAxis(blurAxis(alpha, size, reach, 1, size), size, reach, size, 1);
  for (let i = 0; i < soft.length; i++) for (let c = 0; c < 3; c++) canvas[i * 3 + c]! *= 1 - 0.42 * soft[i]!;
}

/** Mean over 2 reach + 1 values along one axis; outside counts as nothing. */
function blurAxis(
  values: Float32Array,
  size: number,
  reach: number,
  step: number,
  line: number,
): Float32Array {
  const out = new Float32Array(values.length);
  for (let j = 0; j < size; j++)
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = Math.max(0, i - reach); k <= Math.min(size - 1, i + reach); k++)
        sum += values[j * line + k * step]!;
      out[j * line + i * step] = sum / (2 * reach + 1);
    }
  return out;
}
