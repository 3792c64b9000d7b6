/** @file The keys of annotating. Read anew when what they work on changes: a key without work is left to others. */
import { settings } from '../state/settings.svelte';
import type { Shortcut, ShortcutGroup } from '../state/shortcuts.svelte';
import {
  duplicate,
  insertCorner,
  nudge,
  remove,
  removeCorner,
  resize,
  resizeBrush,
  selectAll,
  setLabel,
  stepCorner,
  toggleHidden,
  toggleLocked,
} from './actions';
import { annotations } from './annotations.svelte';
import { annotator } from './annotator.svelte';
import { openAnnotateTab } from './openTab';
import { acceptCurrent, rejectCurrent, trimCurrent } from './proposalActions';
import { proposals } from './proposals.svelte';
import { TOOLS } from './tools';

const STEP = 1;
const LEAP = 10;
const ARROWS = [
  { key: 'ArrowLeft', words: 'left', x: -1, y: 0 },
  { key: 'ArrowRight', words: 'right', x: 1, y: 0 },
  { key: 'ArrowUp', words: 'up', x: 0, y: -1 },
  { key: 'ArrowDown', words: 'down', x: 0, y: 1 },
];
const TOLERANCE_STEP = 1;
const THRESHOLD_STEP = 0.02;

const tools: Shortcut[] = TOOLS.map((tool) => ({
  keys: [tool.key],
  label: `Tool: ${tool.label}`,
  run: () => {
    // The keys of the tool are not those of a button that was pressed before.
    if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
    annotator.choose(tool);
    openAnnotateTab();
  },
}));

const proposing: Shortcut[] = [
  { keys: ['Enter'], label: 'Accept the proposal', run: acceptCurrent },
  { keys: ['x'], label: 'Trim the proposal: keep it and erase from it', run: trimCurrent },
  { keys: ['Delete', 'Backspace'], label: 'Reject the proposal', run: rejectCurrent },
  { keys: ['ArrowDown'], label: 'Next proposal', run: () => proposals.step(1) },
  { keys: ['ArrowUp'], label: 'Previous proposal', run: () => proposals.step(-1) },
  { keys: ['Shift+Enter'], label: 'Accept all proposals', run: () => proposals.acceptAll(annotator) },
];

const finish = () => void annotator.tool.finish?.(annotator);
const closePolygon: Shortcut = { keys: ['Enter'], label: 'Close the polygon', run: finish };
const boxInTheMiddle: Shortcut = { keys: ['Enter'], label: 'Put a box in the middle', run: finish };
const takeBack: Shortcut = {
  keys: ['Backspace'],
  label: 'Take back the last corner',
  run: () => void annotator.tool.back?.(annotator),
};
const leaveDraft: Shortcut = {
  keys: ['Escape'],
  label: 'Leave what was begun',
  run: () => void annotator.tool.cancel(annotator),
};

const selection: Shortcut[] = [
  {
    keys: ['Delete', 'Backspace'],
    label: 'Delete the selected regions or corner',
    run: () => void (removeCorner() || remove()),
  },
  { keys: ['Escape'], label: 'Select nothing', run: leave },
  ...ARROWS.flatMap(({ key, words, x, y }) => [
    { keys: [key], label: `Move ${words}`, run: () => nudge(STEP * x, STEP * y) },
    { keys: [`Shift+${key}`], label: `Move ${words} by ten`, run: () => nudge(LEAP * x, LEAP * y) },
    { keys: [`Mod+${key}`], label: `Resize the box ${words}`, run: () => resize(STEP * x, STEP * y) },
  ]),
  { keys: ['.'], label: 'Next corner', run: () => stepCorner(1) },
  { keys: [','], label: 'Previous corner', run: () => stepCorner(-1) },
  { keys: ['i'], label: 'Insert a corner after the chosen one', run: insertCorner },
  { keys: ['l'], label: 'Lock or unlock', run: () => toggleLocked() },
  { keys: ['h'], label: 'Hide or show', run: () => toggleHidden() },
  { keys: ['Mod+d'], label: 'Duplicate', run: duplicate },
  { keys: ['F2'], label: 'Rename the region', run: rename },
];

const always: Shortcut[] = [
  { keys: ['Mod+z'], label: 'Undo', run: () => annotations.undo() },
  { keys: ['Mod+Shift+z', 'Mod+y'], label: 'Redo', run: () => annotations.redo() },
  { keys: ['Mod+a'], label: 'Select all regions', run: selectAll },
  { keys: [']'], label: 'Larger brush, more tolerance, higher threshold', run: () => adjust(true) },
  { keys: ['['], label: 'Smaller brush, less tolerance, lower threshold', run: () => adjust(false) },
  { keys: ['c'], label: 'Checked or not', run: toggleChecked },
];

const labels: Shortcut[] = Array.from({ length: 9 }, (_, i) => ({
  keys: [`${i + 1}`],
  label: `Label no. ${i + 1}`,
  run: () => setLabel(annotations.labels[i]!.name),
}));

const TITLE = 'Annotate';

/** Those that have something to do now, those of what was begun before those of what is selected. */
export function shortcutsNow(): ShortcutGroup {
  const { tool, draft, ids } = annotator;
  const isLine = draft?.kind === 'line';
  const isProposing = tool.id === 'threshold' && proposals.list.length > 0;
  return {
    title: TITLE,
    shortcuts: [
      ...tools,
      ...(isProposing ? proposing : []),
      ...(isLine ? [closePolygon, takeBack] : tool.id === 'box' ? [boxInTheMiddle] : []),
      ...(draft ? [leaveDraft] : []),
      ...(ids.size > 0 ? selection : []),
      ...always,
      ...labels.slice(0, annotations.labels.length),
    ],
  };
}

export const allAnnotateShortcuts: ShortcutGroup = {
  title: TITLE,
  shortcuts: [
    ...tools,
    ...proposing,
    closePolygon,
    boxInTheMiddle,
    takeBack,
    leaveDraft,
    ...selection,
    ...always,
    ...labels,
  ],
};

/** First the corner, then the region is left. */
function leave(): void {
  if (annotator.corner !== null) annotator.corner = null;
  else annotator.select([]);
}

function adjust(more: boolean): void {
  const sign = more ? 1 : -1;
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  if (annotator.tool.id === 'wand')
    annotator.tolerance = within(annotator.tolerance + sign * TOLERANCE_STEP, 100);
  else if (proposals.shown) proposals.threshold = within(proposals.threshold + sign * THRESHOLD_STEP, 1);
  else settings.set('brushSize', resizeBrush(more));
}

function toggleChecked(): void {
  const checked = !annotations.state.checked;
  annotations.setState({ checked });
  annotator.say(checked ? 'Checked.' : 'Not checked.');
}

function rename(): void {
  openAnnotateTab();
  // The field is there once the tab is.
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLInputElement>('#region-name');
    field?.focus();
    field?.select();
  });
}
