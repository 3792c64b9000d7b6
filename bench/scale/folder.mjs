/** @file A folder of any number of small images, all different, without coding each of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const PICTURES = 64;
const CLASSES = 20;

/** JPEGs of 96 x 72 pixels, about 2 KB each; what stands behind a JPEG's end makes it another file, not another picture. */
export async function drawFolder(folder, count) {
  const pictures = await Promise.all(
    Array.from({ length: PICTURES }, (_, i) =>
      sharp({
        create: {
          ...{ width: 96, height: 72, channels: 3, background: '#000' },
          noise: { type: 'gaussian', mean: 60 + ((i * 37) % 140), sigma: 30 },
        },
      })
        .blur(1.2)
        .tint({ r: (i * 53) % 255, g: (i * 97) % 255, b: (i * 151) % 255 })
        .jpeg()
        .toBuffer(),
    ),
  );
  for (let c = 0; c < CLASSES; c++)
    for (const split of ['train', 'test']) mkdirSync(join(folder, split, `class ${c}`), { recursive: true });
  for (let i = 0; i < count; i++) {
    const split = i % 5 === 0 ? 'test' : 'train';
    const file = join(folder, split, `class ${i % CLASSES}`, `${String(i).padStart(6, '0')}.jpg`);
    writeFileSync(file, Buffer.concat([pictures[i % PICTURES], Buffer.from(`image ${i}`)]));
  }
}
