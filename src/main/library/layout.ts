/** @file What an image's place in the folder says: its split and its class. */

const SPLIT = /^(train|test|val|valid|validation)$|^(train|test|val)_/i;

/**
 * `train/cat/1.jpg` is of split train and class cat; `cat/1.jpg` of class cat; deeper folders change nothing; an
 * image directly in the folder, or directly in a split, has no class.
 * @param path relative, with `/` between parts
 */
export function classify(path: string): { split: string | null; className: string | null } {
  const directories = path.split('/').slice(0, -1);
  const split = directories[0] !== undefined && SPLIT.test(directories[0]) ? directories[0] : null;
  const className = directories[split === null ? 0 : 1] ?? null;
  return { split: split?.toLowerCase() ?? null, className };
}

/** Top-level `masks` and `masks_...` hold object masks that belong to the images; they are not images themselves. */
export function isMaskFolder(path: string): boolean {
  return /^masks(_[^/]*)?$/i.test(path);
}
