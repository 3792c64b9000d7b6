/** @file One image of the sample folder: texture, clutter, shadow, object and, in some variants, a mark. */
import sharp from 'sharp';
import type { Random } from '../../noise/random';
import { clutter } from './clutter';
import { paintOf, SPRITES } from './sprites';
import { type Canvas, paintTexture } from './textures';
import type { Box } from './types';

export interface Scene {
  className: string;
  /** One of TEXTURE_FAMILIES. */
  family: string;
  tag: boolean;
}

/** Of the object in the picture, as a 100 x 100 box. */
export interface Pose {
  x: number;
  y: number;
  scale: number;
  /** Degrees. */
  angle: number;
  mirrored: boolean;
}

export interface Picture {
  /** RGB bytes [size, size, 3]. */
  rgb: Buffer;
  /** The same before object and mark were put on it: [size, size, 3]. */
  backdrop: Buffer;
  /** 255 on the object (where no mark covers it), 0 elsewhere: [size, size]. */
  mask: Buffer;
  /** In pixels; where the mark is or would be. */
  tagBox: Box;
}

/**
 * Draws the scene; the same scene, size and randomness give the same bytes.
 * @param stream a source of its own for each part, so that one texture for another changes nothing but the texture
 * @param pose where the object is; drawn from its stream where absent
 */
export async function drawScene(
  scene: Scene,
  size: number,
  stream: (part: string) => Random,
  pose?: Pose,
): Promise<Picture> {
  const canvas = paintTexture(scene.family, size, stream('texture'));
  const things = await raster(clutter(stream('clutter')), size);
  cast(canvas, things, size, 0.012);
  blend(canvas, things);
  const backdrop = bytes(canvas);

  const random = stream('object');
  const drawing = SPRITES[scene.className]!(paintOf(random.uniform()));
  const object = await raster(posed(drawing, pose ?? drawnPose(random)), size);
  cast(canvas, object, size, 0.025);
  blend(canvas, object);
  const mask = Buffer.alloc(size * size);
  for (let i = 0; i < mask.length; i++) mask[i] = object[i * 4 + 3]! >= 128 ? 255 : 0;

  const tag = tagDrawing(stream('tag'));
  if (scene.tag) {
    const pixels = await raster(tag.svg, size);
    blend(canvas, pixels);
    for (let i = 0; i < mask.length; i++) if (pixels[i * 4 + 3]! >= 128) mask[i] = 0;
  }
  return { rgb: bytes(canvas), backdrop, mask, tagBox: boxOf(tag, size) };
}

const bytes = (canvas: Canvas): Buffer => Buffer.from(Uint8ClampedArray.from(canvas).buffer);

function boxOf({ x, y, radius }: { x: number; y: number; radius: number }, size: number): Box {
  const edge = (value: number) => (value * size) / 100;
  const [left, top] = [Math.floor(edge(x - radius)), Math.floor(edge(y - radius))];
  const [right, bottom] = [Math.ceil(edge(x + radius)), Math.ceil(edge(y + radius))];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** An SVG body in a 100 x 100 box as straight RGBA bytes. */
async function raster(body: string, size: number): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 100 100">${body}</svg>`;
  return sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
}

/** A random place, size and turn, wholly inside the picture. */
function drawnPose(random: Random): Pose {
  const scale = random.uniform(0.42, 0.66);
  const angle = random.uniform(-40, 40);
  const mirrored = random.uniform() < 0.5;
  const radians = (Math.abs(angle) * Math.PI) / 180;
  // Half the side of the upright box around the turned 100 x 100 drawing.
  const half = 50 * scale * (Math.cos(radians) + Math.sin(radians)) * 0.92;
  const x = random.uniform(half, 100 - half);
  const y = random.uniform(half, 100 - half);
  return { x, y, scale, angle, mirrored };
}

function posed(sprite: string, { x, y, scale, angle, mirrored }: Pose): string {
  const across = mirrored ? -scale : scale;
  return `<g transform="translate(${x} ${y}) rotate(${angle}) scale(${across} ${scale}) translate(-50 -50)">${sprite}</g>`;
}

/**
 * A round label with a cross, near the lower right corner. It is a trap: larger than the clutter and in a colour that nothing else
 * has, because encoders were measured to pass by a small one in the clutter's colours.
 */
function tagDrawing(random: Random): { svg: string; x: number; y: number; radius: number } {
  const x = 86 + random.uniform(-3, 3);
  const y = 86 + random.uniform(-3, 3);
  const radius = 9;
  const cross = radius * 0.42;
  return {
    x,
    y,
    radius,
    svg: `<circle cx="${x}" cy="${y}" r="${radius - 0.6}" fill="#ff1fd0" stroke="#1b1b1b" stroke-width="1.2"/>
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

/** Darkens the canvas under a soft shadow of the layer; `lift` is how far it lies above the ground, in parts of the side. */
function cast(canvas: Canvas, layer: Buffer, size: number, lift: number): void {
  const offset = Math.max(1, Math.round(size * lift));
  const reach = Math.max(1, Math.round(size * lift * 0.8));
  const alpha = new Float32Array(size * size);
  for (let y = offset; y < size; y++)
    for (let x = offset; x < size; x++)
      alpha[y * size + x] = layer[((y - offset) * size + x - offset) * 4 + 3]! / 255;
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
