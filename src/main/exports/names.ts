/** @file What the files of an image are called: its own relative path, with another extension. */

/** One form for names that a file system may take for the same: case and Unicode composition do not count. */
const key = (name: string): string => name.normalize('NFC').toLowerCase();

export const withoutExtension = (path: string): string => path.replace(/(?<=[^/])\.[^./]+$/, '');

/**
 * A name without extension for every path, all different: the path's own stem, or the path with its extension where
 * two images share a stem (`a.jpg` and `a.png`), or at last a number.
 */
export function stemsOf(paths: string[]): Map<string, string> {
  const stems = new Map(paths.map((path) => [path, withoutExtension(path)]));
  for (let clashes = clashing(stems); clashes.length > 0; clashes = clashing(stems)) {
    const widened = clashes.filter((path) => stems.get(path) !== path);
    for (const path of widened) stems.set(path, path);
    if (widened.length === 0) number(stems, clashes);
  }
  return stems;
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
    if (!seen.has(key(path))) {
      seen.add(key(path));
      continue;
    }
    let count = 2;
    while (taken.has(key(`${path} (${count})`))) count++;
    stems.set(path, `${path} (${count})`);
    taken.add(key(`${path} (${count})`));
  }
}
