/** @file Which image of the project a file from elsewhere means. */
import { stemsOf, withoutExtension } from '../names';

interface Indexed {
  path: string;
}

const key = (name: string): string => name.normalize('NFC').toLowerCase();
const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Images by their paths, by the names that exports give them, and by what is left of either elsewhere. */
export class ImageIndex<Image extends Indexed> {
  readonly #exact = new Map<string, Image>();
  /** By the name without folders, with and without extension. */
  readonly #named = new Map<string, Set<Image>>();

  constructor(images: Image[]) {
    const stems = stemsOf(images.map(({ path }) => path));
    for (const image of images) {
      this.#exact.set(key(image.path), image);
      for (const path of [image.path, withoutExtension(image.path)]) {
        const name = key(fileName(path));
        const same = this.#named.get(name) ?? new Set();
        this.#named.set(name, same.add(image));
      }
    }
    for (const image of images) {
      const stem = key(stems.get(image.path)!);
      if (!this.#exact.has(stem)) this.#exact.set(stem, image);
    }
  }

  /** The image of that path, or of that name in our exports. */
  exact(name: string): Image | null {
    return this.#exact.get(key(name)) ?? null;
  }

  /**
   * The image of that path, or the only one whose path ends with the name or is what the name ends with: files written
   * elsewhere have other folders before the image's own.
   */
  find(name: string): Image | null {
    const plain = normalise(name);
    for (const wanted of [key(plain), key(withoutExtension(plain))]) {
      const found = this.#exact.get(wanted) ?? this.#byEnd(wanted);
      if (found) return found;
    }
    return null;
  }

  #byEnd(wanted: string): Image | null {
    const named = [...(this.#named.get(fileName(wanted)) ?? [])].map((image) => {
      const own = key(image.path);
      return { image, own: fileName(own) === fileName(wanted) ? own : withoutExtension(own) };
    });
    const within = named.filter(({ own }) => own.endsWith(`/${wanted}`));
    if (within.length > 0) return within.length === 1 ? within[0]!.image : null;
    // Of those within the name the one with the most folders: "a/b/1.jpg" is rather "b/1.jpg" than "1.jpg".
    const around = named
      .filter(({ own }) => wanted.endsWith(`/${own}`))
      .sort((a, b) => b.own.length - a.own.length);
    return around[0] && around[0].own.length !== around[1]?.own.length ? around[0].image : null;
  }
}

/** Addresses of Label Studio's local files and of the web, and Windows' paths, as plain paths. */
function normalise(name: string): string {
  const local = /[?&]d=([^&]*)/.exec(name)?.[1];
  const path = (local ?? name.replace(/^[a-z]+:\/\/[^/]*\//i, ''))
    .replaceAll('\\', '/')
    .replace(/^(\.?\/)+/, '');
  if (local === undefined && !/%[0-9a-f]{2}/i.test(path)) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
