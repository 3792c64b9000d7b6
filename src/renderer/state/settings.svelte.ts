/** @file What the window remembers. The program keeps it; a copy in the browser avoids a flash of the wrong theme. */
import type { ColourMapName, DivergingName } from '../../contract/colourMap';
import type { AttributionMethod } from '../../contract/explain';
import { DEFAULT_BUDGET, LEGEND_SHARE, type MaskKind } from '../../contract/noiseMap';
import { client } from '../rpc';

export type ThemeChoice = 'dark' | 'light' | 'system';
/** What a pane shows: the image, its noisy sample, the chosen map of a kind, or of a run; a difference; another method. */
export type PaneKind =
  | 'original'
  | 'noisy'
  | 'positive'
  | 'negative'
  | 'difference'
  | `run:${number}`
  | `method:${AttributionMethod}`;
/** What lies over one another in every pane. */
export type Layer = 'image' | 'map' | 'threshold' | 'annotations';

export interface SidePaneState {
  /** In pixels, across the edge it hangs on. */
  size: number;
  folded: boolean;
}

const DEFAULTS = {
  theme: 'dark' as ThemeChoice,
  tileSize: 148,
  overlay: false,
  overlayMask: 'positive' as MaskKind,
  colourMap: 'inferno' as ColourMapName,
  opacity: 0.6,
  positiveBudget: DEFAULT_BUDGET.positive,
  negativeBudget: DEFAULT_BUDGET.negative,
  /** Top of the colour scale, as a share of the largest value there can be. */
  positiveRange: LEGEND_SHARE.positive,
  negativeRange: LEGEND_SHARE.negative,
  divergingMap: 'purple to orange' as DivergingName,
  /** Whether colours go from the least to the most of each image, instead of one range for all. */
  rangePerImage: false,
  /** The map's opacity is `opacity`, which the library shares. */
  imageOpacity: 1,
  annotationOpacity: 1,
  hiddenLayers: ['threshold'] as Layer[],
  /** As a share of the range of colours. */
  threshold: 0.5,
  /** What lies below the threshold is not painted. */
  cutBelow: false,
  /** The first less the second. */
  difference: ['positive', 'negative'] as [PaneKind, PaneKind],
  foldedSections: [] as string[],
  inspectTab: 'look',
  /** Diameter of the brush in pixels of the image; 0: chosen by the image's size. */
  brushSize: 0,
  /** Of the wand, in hundredths of the range that values have. */
  wandTolerance: 8,
  panes: ['original', 'noisy', 'positive', 'negative'] as PaneKind[],
  /** Keys that a person chose, by group and label of the shortcut (state/shortcuts.svelte.ts). */
  keys: {} as Record<string, string[]>,
  /** Sizes of the side panels, by their names (parts/SidePane.svelte). */
  sidePanes: {} as Record<string, SidePaneState>,
};
type Values = typeof DEFAULTS;
type Key = keyof Values;

const PREFIX = 'window.';
const COPY = 'penumbra.window';
const SAVE_AFTER_MS = 300;

class Settings {
  readonly values = $state<Values>({ ...DEFAULTS, ...readCopy() });
  readonly #pending = new Map<Key, ReturnType<typeof setTimeout>>();

  set<K extends Key>(key: K, value: Values[K]): void {
    this.values[key] = value;
    if (key === 'theme') this.applyTheme();
    clearTimeout(this.#pending.get(key));
    this.#pending.set(
      key,
      setTimeout(() => this.#save(key), SAVE_AFTER_MS),
    );
  }

  /** What the program kept, which another browser may have changed; but for what has been chosen since and is not kept yet. */
  async load(): Promise<void> {
    const kept = await client.settings.get();
    for (const key of Object.keys(DEFAULTS) as Key[]) {
      const value = kept[PREFIX + key];
      if (fits(value, DEFAULTS[key]) && !this.#pending.has(key)) Object.assign(this.values, { [key]: value });
    }
    this.applyTheme();
  }

  applyTheme(): void {
    const { theme } = this.values;
    const light = theme === 'light' || (theme === 'system' && systemIsLight.matches);
    document.documentElement.dataset.theme = light ? 'light' : 'dark';
  }

  /** Keeps at once what still waits: a window that closes gets no other chance. */
  saveNow(): void {
    for (const [key, timer] of this.#pending) {
      clearTimeout(timer);
      this.#save(key);
    }
  }

  #save(key: Key): void {
    const value = $state.snapshot(this.values)[key];
    try {
      localStorage.setItem(COPY, JSON.stringify($state.snapshot(this.values)));
    } catch {
      // A browser may forbid its storage; the program's own copy is the one that counts.
    }
    const timer = this.#pending.get(key);
    // A setting that could not be kept is chosen again next time; no reason to interrupt anybody.
    void client.settings
      .set({ key: PREFIX + key, value })
      .catch(() => {})
      .then(() => {
        if (this.#pending.get(key) === timer) this.#pending.delete(key);
      });
  }
}

const systemIsLight = window.matchMedia('(prefers-color-scheme: light)');

function fits(value: unknown, model: unknown): boolean {
  return typeof value === typeof model && Array.isArray(value) === Array.isArray(model);
}

function readCopy(): Partial<Values> {
  try {
    return JSON.parse(localStorage.getItem(COPY) ?? '{}') as Partial<Values>;
  } catch {
    return {};
  }
}

export const settings = new Settings();
systemIsLight.addEventListener('change', () => settings.applyTheme());
window.addEventListener('pagehide', () => settings.saveNow());
