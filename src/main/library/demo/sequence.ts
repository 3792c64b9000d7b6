/** @file A moving object before a ground that stays: the frames of a small video, as images in a folder. */
import { join } from 'node:path';
import sharp from 'sharp';
import { writeFileAtomic } from '../../files/write';
import { Random } from '../../noise/random';
import { drawScene, type Pose } from './scene';
import { DEMO_CLASSES } from './sprites';
import { TEXTURE_FAMILIES } from './textures';

/** Along a closed curve that stays inside, turning to and fro. @param at from 0 to 1 through the sequence */
export function poseAt(at: number): Pose {
  const turn = 2 * Math.PI * at;
  return {
    x: 50 + 16 * Math.sin(turn),
    y: 50 + 14 * Math.sin(2 * turn + 0.6),
    scale: 0.5 + 0.04 * Math.sin(turn),
    angle: 25 * Math.sin(turn),
    mirrored: false,
  };
}

/** Names of frames have as many digits, so that every order of names is that of time. */
const nameOf = (frame: number): string => `${String(frame).padStart(4, '0')}.png`;

/**
 * Writes `frame/0000.png` and so on, with object masks under `masks/frame/`. The same options give the same bytes.
 * @throws NOT_WRITABLE, DISK_FULL
 */
export async function writeSequence(
  directory: string,
  { frames, size, seed }: { frames: number; size: number; seed: number },
): Promise<void> {
  const stream = (part: string) => new Random(seed, 0, `sequence ${part}`);
  const choice = stream('choice');
  const scene = {
    className: DEMO_CLASSES[choice.below(DEMO_CLASSES.length)]!,
    family: TEXTURE_FAMILIES[choice.below(TEXTURE_FAMILIES.length)]!,
    tag: false,
  };
  for (let frame = 0; frame < frames; frame++) {
    const { rgb, mask } = await drawScene(scene, size, stream, poseAt(frame / frames));
    const raw = (channels: 1 | 3) => ({ raw: { width: size, height: size, channels } });
    const [image, object] = await Promise.all([
      sharp(rgb, raw(3)).png().toBuffer(),
      sharp(mask, raw(1)).toColourspace('b-w').png().toBuffer(),
    ]);
    const name = join('frame', nameOf(frame));
    await writeFileAtomic(join(directory, name), image, { durable: false });
    await writeFileAtomic(join(directory, 'masks', name), object, { durable: false });
  }
}
