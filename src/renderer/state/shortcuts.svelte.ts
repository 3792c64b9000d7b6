/** @file Everything a key does, in one list: what is pressed, what is shown in the help, and what may be searched. */
import { untrack } from 'svelte';

export interface Shortcut {
  /** As `KeyboardEvent.key`, with `Mod+` for Ctrl or Cmd; several do the same. */
  keys: string[];
  label: string;
  run: () => void;
}

export interface ShortcutGroup {
  title: string;
  shortcuts: Shortcut[];
}

class Shortcuts {
  groups = $state.raw<ShortcutGroup[]>([]);

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
    const mod = event.ctrlKey || event.metaKey ? 'Mod+' : '';
    const pressed = mod + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
    // The latest group is that of the screen one is on: it goes before the general one.
    for (const { shortcuts } of this.groups.toReversed())
      for (const { keys, run } of shortcuts) {
        if (!keys.includes(pressed)) continue;
        event.preventDefault();
        run();
        return;
      }
  }
}

/** Keys belong to a dialog, a menu or a field while one has the focus. */
function isOccupied({ target, ctrlKey, metaKey, key }: KeyboardEvent): boolean {
  if (document.querySelector('[role="dialog"], [role="menu"]')) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target.matches('input:not([type=range]):not([type=checkbox]), textarea, select')
  )
    return !(ctrlKey || metaKey);
  const moves = target.matches('input[type=range], [role=radio], [data-toggle-group-item]');
  return moves && key.startsWith('Arrow');
}

export const shortcuts = new Shortcuts();

const SHOWN: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  ' ': 'Space',
};

const MOD = navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl';

export function shownKey(key: string): string {
  const plain = key.replace('Mod+', '');
  const name = SHOWN[plain] ?? (plain.length === 1 ? plain.toUpperCase() : plain);
  return key.startsWith('Mod+') ? `${MOD} ${name}` : name;
}
