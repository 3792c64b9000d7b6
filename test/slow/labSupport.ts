/** Experiments of the lab, in this process. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labFramesIn, labImagesIn } from '../../src/main/api/labImages';
import { ensureSample } from '../../src/main/api/sample';
import type { LabContext } from '../../src/main/lab/types';
import { slowContext } from './support';

/** What the program would keep in its data directory, kept among the machine's temporary files. */
const DATA = join(tmpdir(), 'penumbra-slow-lab');

/** A context that keeps nothing of an attempt. */
export function labContext(
  images: Pick<LabContext, 'images' | 'classes'> = { images: [], classes: [] },
): LabContext {
  return { breathe: async () => {}, part: (_key, work) => work(), job: slowContext(), ...images };
}

/** The sample as the program draws it. */
export const onSample = async (): Promise<LabContext> =>
  labContext(await labImagesIn(await ensureSample(DATA)));

/** The sequence as the program draws it. */
export const onFrames = async (): Promise<LabContext> => labContext(await labFramesIn(undefined, DATA));
