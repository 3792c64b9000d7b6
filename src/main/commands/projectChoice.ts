/** @file Which project a command works on where none is named. */

import { PenumbraError } from '../../contract/errors';
import { dataDirectory } from '../api/dataDirectory';
import { onlyProjectIn } from '../api/projectFiles';
import { Recents } from '../api/recents';

/**
 * The named file, else the only project of the current folder, else the project opened last.
 * @throws PROJECT_MISSING if there is none of them
 */
export function chooseProject(named: string | undefined): string {
  const found = named ?? onlyProjectIn(process.cwd()) ?? new Recents(dataDirectory()).list()[0]?.file;
  if (!found)
    throw new PenumbraError(
      'PROJECT_MISSING',
      'There is no project yet; make one with "penumbra import FOLDER", or name one with --project.',
    );
  return found;
}
