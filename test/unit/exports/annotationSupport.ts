import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type AnnotationImport, annotationImport, type Geometry } from '../../../src/contract/annotations';
import { rasterise } from '../../../src/contract/geometry/raster';
import { type StartExport, startExport } from '../../../src/contract/types';
import { exportProject, importAnnotations } from '../../../src/main/exports';
import { openProject } from '../../../src/main/store/project';
import type { ProjectStore } from '../../../src/main/store/types';
import { scanned, temporaryFolder } from '../store/support';

export const WIDTH = 12;
export const HEIGHT = 9;
export const PATHS = ['train/cat/1.jpg', 'train/cat/2.jpg', 'test/dog/1.jpg'];

export interface Drawing {
  label: string;
  geometry: Geometry;
}

/** A project of three images of 12 x 9 pixels that are nowhere on the disk. */
export function newProject(): ProjectStore {
  const store = openProject(join(temporaryFolder(), 'p.penumbra'), { folder: '/photos' });
  store.putImages(
    PATHS.map((path) => scanned(path, { width: WIDTH, height: HEIGHT, split: path.split('/')[0]! })),
  );
  store.putLabel({ name: 'leaf & <stalk>, "green"', colour: '#00aa00', role: 'other' });
  return store;
}

export const idOf = (store: ProjectStore, path: string): number =>
  store.images().find((image) => image.path === path)!.id;

export function draw(store: ProjectStore, path: string, drawings: Drawing[]): void {
  const changes = drawings.map((put) => ({ put }));
  store.editAnnotations([{ imageId: idOf(store, path), title: 'draw', changes }]);
}

export const drawn = (store: ProjectStore, path: string): Drawing[] =>
  store.annotations(idOf(store, path)).regions.map(({ label, geometry }) => ({ label, geometry }));

export const exported = (
  store: ProjectStore,
  over: Partial<StartExport> & Pick<StartExport, 'formats' | 'out'>,
) => exportProject(store, startExport.parse(over));

export const imported = (store: ProjectStore, over: Partial<AnnotationImport> & { path: string }) =>
  importAnnotations(store, annotationImport.parse(over));

/** Files with these contents, in a folder of their own. */
export function files(contents: Record<string, string | Uint8Array>): string {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

export const pixelsOf = (shape: Geometry): Uint8Array => rasterise([shape], WIDTH, HEIGHT).data;

/** Whether every pixel of either lies at most one pixel from one of the other. */
export const near = (a: Uint8Array, b: Uint8Array): boolean => within(a, grown(b)) && within(b, grown(a));

const within = (a: Uint8Array, b: Uint8Array): boolean => a.every((bit, i) => bit === 0 || b[i] === 1);

function grown(bits: Uint8Array): Uint8Array {
  return bits.map((_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, HEIGHT - 1); row++)
      for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, WIDTH - 1); column++)
        if (bits[row * WIDTH + column] === 1) return 1;
    return 0;
  });
}
