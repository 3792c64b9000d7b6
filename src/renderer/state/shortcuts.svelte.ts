/** @file Everything a key does, in one list: what is pressed, what is shown in the help, and what may be searched. */
import { untrack } from 'svelte';
import { settings } from './settings.svelte';

export interface Shortcut {
  /**
   * As `KeyboardEvent.key`, letters small, with `Mod+` for Ctrl or Cmd and then `Shift+` with letters and named keys; several
   * do the same.
   */
  keys: string[];
  label: string;
  run: () => void;
}

/** The group whose keys work on every screen. */
export const EVERYWHERE = 'Everywhere';

export interface ShortcutGroup {
  title: string;
  shortcuts: Shortcut[];
}

/** Under which a shortcut's own keys are kept. */
const idOf = (group: ShortcutGroup, { label }: Shortcut): string => `${group.title}: ${label}`;

class Shortcuts {
  groups = $state.raw<ShortcutGroup[]>([]);

  /** Those that a person chose, or else the usual ones. */
  keysOf(group: ShortcutGroup, shortcut: Shortcut): string[] {
    return settings.values.keys[idOf(group, shortcut)] ?? shortcut.keys;
  }

  isChanged(group: ShortcutGroup, shortcut: Shortcut): boolean {
    return settings.values.keys[idOf(group, shortcut)] !== undefined;
  }

  /** @param keys null: the usual ones again */
  assign(group: ShortcutGroup, shortcut: Shortcut, keys: string[] | null): void {
    const { [idOf(group, shortcut)]: _before, ...others } = $state.snapshot(settings.values.keys);
    settings.set('keys', keys ? { ...others, [idOf(group, shortcut)]: keys } : others);
  }

  /** What else a key would do where this shortcut works: on the same screen, or everywhere. */
  conflictOf(
    groups: ShortcutGroup[],
    group: ShortcutGroup,
    shortcut: Shortcut,
    key: string,
  ): { group: ShortcutGroup; shortcut: Shortcut } | null {
    const meets = (other: ShortcutGroup) =>
      other.title === group.title || other.title === EVERYWHERE || group.title === EVERYWHERE;
    for (const other of groups.filter(meets))
      for (const one of other.shortcuts)
        if (
          !(other.title === group.title && one.label === shortcut.label) &&
          this.keysOf(other, one).includes(key)
        )
          return { group: other, shortcut: one };
    return null;
  }

  /** " (Ctrl E)" for a tooltip; nothing where the command has no key, or its screen is not shown. */
  hint(label: string): string {
    for (const group of this.groups)
      for (const one of group.shortcuts) {
        const [key] = one.label === label ? this.keysOf(group, one) : [];
        if (key) return ` (${shownKey(key)})`;
      }
    return '';
  }

  /** @returns takes the group away again */
  add(group: ShortcutGroup): () => void {
    // Whoever adds a group must not be run again when another one comes.
    this.groups = [...untrack(() => this.groups), group];
    return () => {
      this.groups = this.groups.filter((other) => other !== group);
    };
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey || isOccupied(event)) return;
    // The latest group is that of the screen one is on: it goes before the general one.
    const all = this.groups
      .toReversed()
      .flatMap((group) => group.shortcuts.map((one) => ({ run: one.run, keys: this.keysOf(group, one) })));
    const [exact, withoutShift] = pressed(event);
    const found =
      all.find(({ keys }) => keys.includes(exact)) ?? all.find(({ keys }) => keys.includes(withoutShift));
    if (!found) return;
    event.preventDefault();
    found.run();
  }
}

/** The key of an event as a shortcut has it; null for Shift, Ctrl and the like alone. */
export function keyPressed(event: KeyboardEvent): string | null {
  return ['Shift', 'Control', 'Meta', 'Alt', 'AltGraph', 'CapsLock'].includes(event.key)
    ? null
    : pressed(event)[0];
}

/** As in a shortcut's keys; where Shift makes no difference the second is what counts. */
function pressed({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): [string, string] {
  const mod = ctrlKey || metaKey ? 'Mod+' : '';
  const name = key.length === 1 ? key.toLowerCase() : key;
  // With other signs Shift is part of how they are typed.
  const shift = shiftKey && (name.length > 1 || name !== name.toUpperCase()) ? 'Shift+' : '';
  return [mod + shift + name, mod + name];
}

/** With Ctrl or Cmd a field's own, as are arrows and other named keys: all, copy, paste, cut, redo and undo. */
const EDITING = ['a', 'c', 'v', 'x', 'y', 'z'];

/** Keys belong to a dialog, a menu or a field while one has the focus. */
function isOccupied({ target, ctrlKey, metaKey, key }: KeyboardEvent): boolean {
  if (document.querySelector('[role="dialog"], [role="menu"]')) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target.matches('input:not([type=range]):not([type=checkbox]), textarea, select')
  )
    return !(ctrlKey || metaKey) || key.length > 1 || EDITING.includes(key.toLowerCase());
  if ((key === 'Enter' || key === ' ') && target.matches('button, a[href], summary, input')) return true;
  const moves = target.matches('input[type=range], [role=radio], [data-toggle-group-item]');
  return moves && key.startsWith('Arrow');
}

export const shortcuts = new Shortcuts();

const SHOWN: Record<string, string> = {
  Mod: navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  ' ': 'Space',
};

export function shownKey(key: string): string {
  const parts = key === '+' ? ['+'] : key.split('+');
  return parts.map((part) => SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(' ');
}
