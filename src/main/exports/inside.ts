import { isAbsolute, relative, resolve, sep } from 'node:path';
import { PenumbraError } from '../../contract/errors';

/**
 * The absolute path of `path` below `folder`.
 * @throws INVALID_INPUT if it would lie anywhere else
 */
export function inside(folder: string, path: string): string {
  const root = resolve(folder);
  const target = resolve(root, path);
  const way = relative(root, target);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw new PenumbraError('INVALID_INPUT', `The path "${path}" leads out of the folder "${root}".`);
  }
  return target;
}
