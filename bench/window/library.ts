/** @file A project of many images, made without their files: the grid shows thumbnails, which lie in the project. */
import sharp from 'sharp';
import { openProject } from '../../src/main/store/project';

const [file, folder, count] = process.argv.slice(2) as [string, string, string];
const PICTURES = 64;
const AT_ONCE = 1000;

/** Gradients of different hues under noise: as large, coded, as thumbnails of photographs. */
const pictures = await Promise.all(
  Array.from({ length: PICTURES }, (_, i) =>
    sharp({
      create: {
        ...{ width: 256, height: 192, channels: 3, background: '#000' },
        noise: { type: 'gaussian', mean: 60 + ((i * 37) % 140), sigma: 24 },
      },
    })
      .blur(1.5)
      .tint({ r: (i * 53) % 255, g: (i * 97) % 255, b: (i * 151) % 255 })
      .webp({ quality: 80 })
      .toBuffer(),
  ),
);

const store = openProject(file, { folder });
const total = Number(count);
for (let from = 0; from < total; from += AT_ONCE)
  store.putImages(
    Array.from({ length: Math.min(AT_ONCE, total - from) }, (_, i) => {
      const number = from + i;
      const className = `class ${number % 20}`;
      return {
        ...{ path: `${className}/${String(number).padStart(6, '0')}.jpg`, className, split: null },
        ...{ width: 1024, height: 768, bytes: 200_000, modifiedMs: 0, hash: String(number) },
        thumbnail: new Uint8Array(pictures[number % PICTURES]!),
      };
    }),
  );
store.close();
