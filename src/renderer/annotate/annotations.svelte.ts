/**
 * @file Regions and state of the image that is looked at. A change shows at once and is then kept by the program, which also
 * holds the history: what a stroke was is known after a restart as before.
 */
import type {
  AnnotationHistory,
  AnnotationStepResult,
  ImageAnnotations,
  ImageState,
  Label,
  ProjectLabel,
  Region,
  RegionChange,
  StatePatch,
} from '../../contract/annotations';
import { client } from '../rpc';
import { onEvent } from '../state/events';
import { attempt } from '../state/notices.svelte';
import { applied, type Kept, settled } from './applied';
import { writes } from './writes.svelte';

const NO_HISTORY: AnnotationHistory = { undo: null, redo: null };
const NO_STATE: ImageState = { checked: false, tags: [], note: '' };

class Annotations {
  imageId = $state.raw<number | null>(null);
  /** False until what is known of the image has come. */
  ready = $state(false);
  regions = $state.raw<readonly Region[]>([]);
  state = $state.raw<ImageState>(NO_STATE);
  history = $state.raw<AnnotationHistory>(NO_HISTORY);
  labels = $state.raw<readonly ProjectLabel[]>([]);
  /** What new regions were called before the program named them, and what they are called now. */
  #ids = new Map<number, number>();
  #nextLocal = -1;
  /** Own changes of which the program will still tell. */
  #expected = 0;
  /** Counts own changes. */
  #changes = 0;
  onSettled: (ids: ReadonlyMap<number, number>) => void = () => {};

  /** @returns stops listening */
  listen(): () => void {
    void this.loadLabels();
    return onEvent('annotations', ({ imageIds }) => {
      if (imageIds === null) void this.loadLabels();
      else if (this.imageId === null || !imageIds.includes(this.imageId)) return;
      if (imageIds !== null && this.#expected > 0) this.#expected--;
      else void this.reload();
    });
  }

  async show(imageId: number | null): Promise<void> {
    if (imageId === this.imageId) return;
    this.imageId = imageId;
    this.ready = false;
    this.regions = [];
    this.state = NO_STATE;
    this.history = NO_HISTORY;
    await this.reload();
  }

  /** After a time in which nothing was heard of changes. */
  reconnected(): void {
    this.#expected = 0;
    void this.loadLabels();
    if (writes.fault) writes.retry();
    else void this.reload();
  }

  /** What the program has, once it has all that was changed here. */
  async reload(): Promise<void> {
    if (writes.waiting > 0) writes.add(() => this.#read());
    else await this.#read();
  }

  async #read(): Promise<void> {
    const { imageId } = this;
    if (imageId === null) return;
    const asked = this.#changes;
    const found = await attempt(() => client.annotations.ofImage({ imageId }));
    if (!found || this.imageId !== imageId) return;
    // What was changed meanwhile is newer than the answer.
    if (this.#changes === asked) this.#take(found);
    else writes.add(() => this.#read());
  }

  /** The number by which a region goes now. */
  idOf(id: number): number {
    return this.#ids.get(id) ?? id;
  }

  async loadLabels(): Promise<void> {
    this.labels = (await attempt(() => client.annotations.labels())) ?? this.labels;
  }

  /** Changes the image now and keeps that as one step. @returns ids of what was put; new ones are negative until kept */
  change(title: string, wanted: RegionChange[]): number[] {
    const imageId = this.imageId!;
    const changes = settled(wanted, this.#ids);
    const done = applied(this.regions, changes, imageId, () => this.#nextLocal--);
    this.regions = done.regions;
    this.#changes++;
    writes.add(async () => {
      const kept = await this.#own(() =>
        client.annotations.change({ imageId, title, changes: settled(changes, this.#ids) }),
      );
      this.#settle(imageId, done, kept);
    });
    return done.ids;
  }

  undo(): void {
    this.#step((imageId) => client.annotations.undo({ imageId }));
  }

  redo(): void {
    this.#step((imageId) => client.annotations.redo({ imageId }));
  }

  setState(patch: StatePatch): void {
    const imageId = this.imageId!;
    const { addTags = [], removeTags = [], ...rest } = patch;
    const tags = [...this.state.tags.filter((tag) => !removeTags.includes(tag)), ...addTags];
    this.state = { ...this.state, ...rest, tags: [...new Set(tags)].sort() };
    this.#changes++;
    writes.add(async () => {
      await this.#own(() => client.annotations.setState({ imageIds: [imageId], ...patch }));
      const found = await client.annotations.ofImage({ imageId });
      if (this.imageId === imageId) this.history = found.history;
    });
  }

  /** @param was its name so far @returns whether it was kept */
  async putLabel(label: Label, was?: string): Promise<boolean> {
    const labels = await attempt(() => client.annotations.putLabel({ ...label, was }));
    this.labels = labels ?? this.labels;
    return labels !== undefined;
  }

  /** @returns whether it is gone */
  async removeLabel(name: string): Promise<boolean> {
    const labels = await attempt(() => client.annotations.removeLabel({ name }));
    this.labels = labels ?? this.labels;
    return labels !== undefined;
  }

  /** After strokes that were given up. */
  async giveUp(): Promise<void> {
    writes.discard();
    await this.reload();
  }

  #step(call: (imageId: number) => Promise<ImageAnnotations>): void {
    const imageId = this.imageId;
    if (imageId === null) return;
    writes.add(async () => {
      const found = await this.#own(() => call(imageId));
      if (this.imageId === imageId) this.#take(found);
    });
  }

  async #own<T>(call: () => Promise<T>): Promise<T> {
    this.#expected++;
    try {
      return await call();
    } catch (error) {
      this.#expected--;
      throw error;
    }
  }

  /** Objects that have not changed stay the same objects, so that nothing of them is drawn again. */
  #take({ regions, state, history }: ImageAnnotations): void {
    const known = new Map(this.regions.map((region) => [region.id, region]));
    this.regions = regions.map((region) => {
      const before = known.get(region.id);
      // Another name of its label is no change of a region.
      const isSame = before?.updatedAt === region.updatedAt && before.label === region.label;
      return isSame ? before : region;
    });
    this.state = state;
    this.history = history;
    this.ready = true;
  }

  #settle(imageId: number, { ids: local }: Kept, { ids, history }: AnnotationStepResult): void {
    const renamed = new Map(local.flatMap((id, i) => (id < 0 ? [[id, ids[i]!]] : [])));
    for (const [from, to] of renamed) this.#ids.set(from, to);
    if (this.imageId !== imageId) return;
    this.history = history;
    if (renamed.size === 0) return;
    this.regions = this.regions.map((region) => {
      const id = renamed.get(region.id);
      return id === undefined ? region : { ...region, id };
    });
    this.onSettled(renamed);
  }
}

export const annotations = new Annotations();
