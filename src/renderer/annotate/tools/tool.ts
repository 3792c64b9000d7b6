/** @file What a tool is, and what it works on. Adding a tool is one file and one line in `index.ts`. */
import type { Component } from 'svelte';
import type { Geometry, Region, RegionChange } from '../../../contract/annotations';
import type { PaneKind } from '../../state/settings.svelte';
import type { Bounds, Size, Spans } from '../geometry/spans';
import type { Point } from '../geometry/strokes';

/** Where the pointer is, in pixels of the image, and what is held. */
export interface Touch {
  at: Point;
  /** How far off still counts as hit, in pixels of the image. */
  slack: number;
  shift: boolean;
  alt: boolean;
  /** The pane one points at: its values are those that a region grows in. */
  pane: PaneKind;
}

/** What is being drawn and not yet kept. */
export type Draft =
  | { kind: 'stroke'; onto: Region[]; label: string; erase: boolean; points: Point[]; radius: number }
  | { kind: 'line'; label: string; points: Point[]; to: Point | null }
  /** Shapes in place of those regions that they will become. */
  | { kind: 'shapes'; shapes: { label: string; geometry: Geometry }[]; hides: number[] }
  | { kind: 'frame'; from: Point; to: Point };

/** The image, its regions and what is chosen. */
export interface Desk {
  readonly size: Size;
  readonly selected: readonly Region[];
  /** The label that new regions get. */
  readonly label: string;
  /** Of the brush, in pixels of the image. */
  readonly radius: number;
  /** Of the wand, in hundredths of the range that values have. */
  tolerance: number;
  draft: Draft | null;
  regionAt(at: Point, slack: number): Region | undefined;
  regionsWithin(bounds: Bounds): Region[];
  select(ids: readonly number[]): void;
  /** The piece around a point whose values are near the point's own. */
  grow(at: Point, pane: PaneKind, tolerance: number): Spans;
  /** Keeps changes as one step. @returns the regions that were put, in order */
  commit(title: string, changes: RegionChange[]): number[];
  /** Takes the proposal under a point. @returns false where there is none */
  acceptAt(at: Point): boolean;
  /** Tells those who do not see it, in a sentence. */
  say(words: string): void;
}

export interface Tool {
  readonly id: string;
  readonly label: string;
  /** One letter. */
  readonly key: string;
  /** How it is used, in a sentence or two. */
  readonly hint: string;
  readonly icon: Component<{ size?: number }>;
  readonly cursor: string;
  /** Whether it pulls the handles of what is selected, which are shown then. */
  readonly pulls?: boolean;
  /** The pointer goes down. @returns false to let the pane have it, which pans */
  press(desk: Desk, touch: Touch): boolean;
  /** The pointer moves, pressed or not. @returns a cursor for what is under it, or nothing */
  move(desk: Desk, touch: Touch): string | undefined;
  lift(desk: Desk, touch: Touch): void;
  twice?(desk: Desk): boolean;
  /** Enter. @returns false if there is nothing to end */
  finish?(desk: Desk): boolean;
  /** Backspace. @returns false if there is nothing to take back */
  back?(desk: Desk): boolean;
  /** Escape, or another tool or image. @returns false if nothing was begun */
  cancel(desk: Desk): boolean;
}

/** Those that may be changed. */
export const unlocked = (regions: readonly Region[]): Region[] => regions.filter(({ locked }) => !locked);

const LOCKED = 'The region is locked. Unlock it to change it.';

/** As unlocked, and says so where a lock is in the way. */
export function changeable(desk: Desk, regions: readonly Region[]): Region[] {
  const free = unlocked(regions);
  if (free.length === 0 && regions.length > 0) desk.say(LOCKED);
  return free;
}
