/** A project with a positive mask and a map of every image, for reports that are made of it. */
import { serialise } from '../../../src/main/models/serialise';
import type { ProjectStore, ScannedImage } from '../../../src/main/store/types';
import { encoderSpec, newProject, storedEncoder } from '../training/fakes';

export function mappedProject(images?: ScannedImage[]): { store: ProjectStore; runId: number } {
  const store = newProject(images);
  const encoderId = storedEncoder(store, { name: 'first', spec: serialise(encoderSpec) });
  return { store, runId: withMaps(store, encoderId) };
}

/** Another positive mask of that encoder, newer than the others. */
export function withMaps(store: ProjectStore, encoderId: number): number {
  const runId = store.addRun({
    ...{ kind: 'mask', mask: 'positive', title: 'positive', encoderId, after: null, config: {}, steps: 1 },
  });
  store.finishRun(runId, new Uint8Array(1), { status: 'done' });
  store.putMaps(
    store.images().map(({ id }) => ({
      ...{ runId, imageId: id, width: 2, height: 2, meanBits: 1, totalBits: 4 },
      logOdds: Float32Array.of(0, 1, 2, id % 3),
    })),
    { sigmaMin: 0.02, sigmaMax: 1, pixelScale: 64 },
  );
  return runId;
}
