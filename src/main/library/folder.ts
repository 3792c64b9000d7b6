/** @file Whether the image folder is still there, when one of its files is not. */
import { readdirSync } from 'node:fs';
import { PenumbraError } from '../../contract/errors';

/** A folder that was moved is missing; of a disk that was taken out an empty folder may be left. */
function isThere(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}

/** Why an image cannot be read: because all of its folder is gone, or for the reason it came with. */
export function blameFolder<Fault>(folder: string, error: Fault): Fault | PenumbraError {
  const unread = (error as { code?: unknown } | null)?.code === 'IMAGE_UNREADABLE';
  if (!unread || isThere(folder)) return error;
  return new PenumbraError(
    'FOLDER_MISSING',
    `The image folder "${folder}" is not there any more: connect its disk or move it back, or tell the project its new place with "penumbra import FOLDER --project FILE".`,
    { cause: error },
  );
}
