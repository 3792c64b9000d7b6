/** @file What lies at a path. */
import { type Stats, statSync } from 'node:fs';

/** Null for anything that cannot be looked at: a path may lead through a file, or through a folder that is closed. */
export function kindOf(path: string): 'file' | 'folder' | null {
  let stats: Stats | undefined;
  try {
    stats = statSync(path, { throwIfNoEntry: false });
  } catch {
    return null;
  }
  if (stats?.isDirectory()) return 'folder';
  return stats?.isFile() ? 'file' : null;
}
