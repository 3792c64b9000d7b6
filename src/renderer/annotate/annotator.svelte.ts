/** @file The desk of the image that is looked at: tool, label, what is selected and what is being drawn. */
import type { Region, RegionChange } from '../../contract/annotations';
import { inspected } from '../inspect/inspected.svelte';
import { isHidden, toggleLayer } from '../inspect/look';
import { type PaneKind, settings } from '../state/settings.svelte';
import { shownSaliency } from '../state/shownSaliency';
import { annotations } from './annotations.svelte';
import type { Bounds, Size, Spans } from './geometry/spans';
import type { Point } from './geometry/strokes';
import { growInMap, growInPicture, maskOfPane } from './growth';
import { type Look, Sheet } from './paint/sheet';
import { proposals } from './proposals.svelte';
import { TOOLS } from './tools';
import type { Desk, Draft, Tool } from './tools/tool';

/** A brush that nobody has sized covers this share of the image's shorter side. */
const BRUSH_SHARE = 0.06;

class Annotator implements Desk {
  tool = $state.raw<Tool>(TOOLS[0]!);
  label = $state('object');
  draft = $state.raw<Draft | null>(null);
  /** The corner that keys move, as its place among the handles of the selected region. */
  corner = $state<number | null>(null);
  /** For those who listen: what has just happened. */
  spoken = $state('');
  #ids = $state.raw<readonly number[]>([]);
  readonly #sheet = new Sheet();
  #picture: { of: HTMLImageElement; pixels: ImageData } | null = null;

  readonly ids = $derived(new Set(this.#ids));
  readonly selected = $derived(annotations.regions.filter(({ id }) => this.ids.has(id)));
  readonly colours = $derived(new Map(annotations.labels.map(({ name, colour }) => [name, colour])));
  readonly #away = $derived(
    regionsAway(this.draft)
      .map((id) => annotations.idOf(id))
      .join(' '),
  );
  readonly look: Look = $derived({
    selected: this.ids,
    away: new Set(this.#away.split(' ').map(Number)),
    colours: this.colours,
  });
  readonly size: Size = $derived({ width: inspected.item?.width ?? 1, height: inspected.item?.height ?? 1 });

  constructor() {
    annotations.onSettled = (names) => {
      if (this.#ids.some((id) => names.has(id))) this.#ids = this.#ids.map((id) => names.get(id) ?? id);
    };
  }

  /** Diameter in pixels of the image. */
  get brushSize(): number {
    const { width, height } = this.size;
    return settings.values.brushSize || Math.max(Math.round(BRUSH_SHARE * Math.min(width, height)), 1);
  }

  get radius(): number {
    return this.brushSize / 2;
  }

  get tolerance(): number {
    return settings.values.wandTolerance;
  }

  set tolerance(value: number) {
    settings.set('wandTolerance', value);
  }

  /** In step with what is known of the regions now. */
  get sheet(): Sheet {
    this.#sheet.update(annotations.regions, this.look);
    return this.#sheet;
  }

  choose(tool: Tool): void {
    if (tool === this.tool) return;
    this.tool.cancel(this);
    this.tool = tool;
    proposals.shown = tool.id === 'threshold';
    this.say(`${tool.label}. ${tool.hint}`);
  }

  async show(imageId: number | null): Promise<void> {
    if (imageId === annotations.imageId) return;
    this.tool.cancel(this);
    this.draft = null;
    this.select([]);
    await annotations.show(imageId);
  }

  select(ids: readonly number[]): void {
    this.corner = null;
    this.#ids = ids;
    const [only] = this.selected;
    if (only && ids.length === 1) this.label = only.label;
  }

  regionAt(at: Point, slack: number): Region | undefined {
    return this.sheet.index.at(at, slack);
  }

  regionsWithin(bounds: Bounds): Region[] {
    return this.sheet.index.within(bounds);
  }

  grow(at: Point, pane: PaneKind, tolerance: number): Spans {
    const mask = maskOfPane(pane);
    const map = mask && inspected.mapOf(mask);
    if (!map) return growInPicture(this.#pixels(), at, tolerance, this.size);
    const saliency = shownSaliency(map.mask, map.scale);
    return growInMap(map, inspected.budgetOf(map.mask), saliency, at, tolerance, this.size);
  }

  commit(title: string, changes: RegionChange[]): number[] {
    // What one draws is to be seen.
    if (isHidden('annotations')) toggleLayer('annotations');
    this.say(`Done: ${title}.`);
    return annotations.change(title, changes);
  }

  acceptAt(at: Point): boolean {
    const found = proposals.at(at);
    if (found) proposals.accept(this, found);
    return found !== undefined;
  }

  say(words: string): void {
    // The same words twice are told twice.
    this.spoken = this.spoken === words ? `${words} ` : words;
  }

  /** The image as it is shown, decoded once. */
  #pixels(): ImageData {
    const of = inspected.picture;
    if (!of) return new ImageData(1, 1);
    if (this.#picture?.of !== of) {
      const { naturalWidth, naturalHeight } = of;
      const context = new OffscreenCanvas(naturalWidth, naturalHeight).getContext('2d')!;
      context.drawImage(of, 0, 0);
      this.#picture = { of, pixels: context.getImageData(0, 0, naturalWidth, naturalHeight) };
    }
    return this.#picture.pixels;
  }
}

function regionsAway(draft: Draft | null): number[] {
  if (draft?.kind === 'shapes') return draft.hides;
  return draft?.kind === 'stroke' ? draft.onto.map(({ id }) => id) : [];
}

export const annotator = new Annotator();
