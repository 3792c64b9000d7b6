/** @file What people drew as the objects, cues or ignored parts of an image, as a mask. */
import type { LabelRole } from '../../contract/annotations';
import { emptyMask, type Mask } from '../../contract/geometry/mask';
import { roleMask } from '../../contract/geometry/roleMask';
import type { ImageRow, ProjectStore } from './types';

/**
 * The union of the image's regions of a role, less those to be ignored, at the image's size.
 * @returns null where nothing of that role is drawn
 */
export function objectMask(
  store: ProjectStore,
  { id, width, height }: ImageRow,
  role: LabelRole = 'object',
): Mask | null {
  return roleMask(store.annotations(id).regions, store.labels(), role, width, height);
}

/** The mask as the networks see its image: stretched to a square, each pixel the nearest one. */
export function squareMask(mask: Mask, size: number): Uint8Array {
  const square = emptyMask(size, size);
  for (let y = 0; y < size; y++) {
    const row = Math.floor(((y + 0.5) * mask.height) / size) * mask.width;
    for (let x = 0; x < size; x++)
      square.data[y * size + x] = mask.data[row + Math.floor(((x + 0.5) * mask.width) / size)]!;
  }
  return square.data;
}
