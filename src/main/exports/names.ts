/** @file What the files of an image are called: its own relative path, with another extension. */
import { createHash } from 'node:crypto';

/** One form for names that a file system may take for the same: case and Unicode composition do not count. */
const key = (name: string): string => name.normalize('NFC').toLowerCase();

export const withoutExtension = (path: string): string => path.replace(/(?<=[^/])\.[^./]+$/, '');

/**
 * A name without extension for every path, all different: the path's own stem, or the path with its extension where
 * two images share a stem (`a.jpg` and `a.png`), or at last a number.
 */
export function stemsOf(paths: string[]): Map<string, string> {
  const stems = new Map(paths.map((path) => [path, shortened(withoutExtension(path))]));
  for (let clashes = clashing(stems); clashes.length > 0; clashes = clashing(stems)) {
    const widened = clashes.filter((path) => stems.get(path) !== shortened(path));
    for (const path of widened) stems.set(path, shortened(path));
    if (widened.length === 0) number(stems, clashes);
  }
  return stems;
}

/** File systems take 255 bytes; a number and the longest extension come behind the stem. */
const MOST_BYTES = 235;

/** A name that leaves no room for what comes behind it ends in a digest of the whole. */
function shortened(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (Buffer.byteLength(name) <= MOST_BYTES) return path;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  let kept = '';
  for (const character of name) {
    if (Buffer.byteLength(kept) + Buffer.byteLength(character) + digest.length + 1 > MOST_BYTES) break;
    kept += character;
  }
  return `${path.slice(0, path.length - name.length)}${kept}~${digest}`;
}

function clashing(stems: Map<string, string>): string[] {
  const uses = new Map<string, number>();
  for (const stem of stems.values()) uses.set(key(stem), (uses.get(key(stem)) ?? 0) + 1);
  return [...stems].filter(([, stem]) => uses.get(key(stem))! > 1).map(([path]) => path);
}

function number(stems: Map<string, string>, clashes: string[]): void {
  const taken = new Set([...stems.values()].map(key));
  const seen = new Set<string>();
  for (const path of clashes) {
    if (!seen.has(key(shortened(path)))) {
      seen.add(key(shortened(path)));
      continue;
    }
    let count = 2;
    const stem = shortened(path);
    while (taken.has(key(`${stem} (${count})`))) count++;
    stems.set(path, `${stem} (${count})`);
    taken.add(key(`${stem} (${count})`));
  }
}
