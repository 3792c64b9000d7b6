/** @file One variant of the sample folder in memory: what to train on, what to look at, and where the objects and marks are. */
import { planOf, streamOf } from '../../../src/main/library/demo/plan';
import { drawScene } from '../../../src/main/library/demo/scene';
import { DEMO_CLASSES } from '../../../src/main/library/demo/sprites';
import type { Box, DemoVariant } from '../../../src/main/library/demo/types';
import type { JobContext, JobImage } from '../../../src/main/training/protocol';

export interface SampleImage extends JobImage {
  label: number;
  /** RGB bytes [size, size, 3]. */
  rgb: Uint8Array;
  /** 1 on the object, [size, size]. */
  object: Uint8Array;
  /** The mark that follows the class in this image. */
  tag: Box | null;
}

/** The images of one split, as `writeDemo` draws them. */
export async function drawSplit(
  variant: DemoVariant,
  seed: number,
  split: 'train' | 'test',
  count: number,
  size: number,
): Promise<SampleImage[]> {
  const images: SampleImage[] = [];
  for (let index = 0; index < count; index++) {
    const place = { seed, split, index };
    const { scene, tied } = planOf(variant, place);
    const { rgb, mask, tagBox } = await drawScene(scene, size, streamOf(place));
    images.push({
      id: (split === 'train' ? 1 : 100_001) + index,
      file: `${split}/${index}`,
      label: DEMO_CLASSES.indexOf(scene.className),
      rgb: new Uint8Array(rgb),
      object: Uint8Array.from(mask, (value) => Number(value > 127)),
      tag: scene.tag && tied ? tagBox : null,
    });
  }
  return images;
}

/** A job's world without files: pixels come from memory, and what the job sends is kept. */
export function memoryContext(
  images: SampleImage[],
): JobContext & { sent: Parameters<JobContext['send']>[0][] } {
  const pixels = new Map(images.map(({ id, rgb }) => [id, rgb]));
  const sent: Parameters<JobContext['send']>[0][] = [];
  return {
    sent,
    checkpoint: null,
    pixels: async ({ id }) => pixels.get(id)!,
    send: (message) => {
      if (message.type === 'maps') sent.push(message);
    },
    breathe: async () => 'go',
  };
}
