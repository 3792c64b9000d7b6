/** @file Thumbnails by sharp alone, as many at the same time as the program makes. Prints the images, the seconds they took, and those of the processor. */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

const [folder, most] = process.argv.slice(2);
sharp.concurrency(1);
sharp.cache(false);
const files = readdirSync(folder, { recursive: true })
  .filter((path) => path.endsWith('.jpg'))
  .slice(0, Number(most));
let next = 0;
const began = performance.now();
const started = process.cpuUsage();
await Promise.all(
  Array.from({ length: Math.min(Math.max(availableParallelism(), 2), 8) }, async () => {
    while (next < files.length)
      await sharp(join(folder, files[next++]))
        .autoOrient()
        .resize(256, 256, { fit: 'inside', withoutEnlargement: true })
        .webp({ quality: 80, effort: 2 })
        .toBuffer();
  }),
);
const { user, system } = process.cpuUsage(started);
console.log(
  JSON.stringify({
    images: files.length,
    seconds: (performance.now() - began) / 1000,
    processorSeconds: (user + system) / 1e6,
  }),
);
