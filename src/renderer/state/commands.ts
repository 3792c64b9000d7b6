/** @file What can be done from every screen, for keys, menus and the command palette alike. */
import { client, desktop } from '../rpc';
import { app, type Screen } from './app.svelte';
import { attempt } from './notices.svelte';
import { settings } from './settings.svelte';
import type { Shortcut } from './shortcuts.svelte';

/** The system's dialog on the desktop; our own in a browser. */
export async function chooseFolder(): Promise<void> {
  if (!desktop) {
    app.folderOpen = true;
    return;
  }
  const folder = await desktop.chooseFolder();
  if (folder) await openFolder(folder);
}

export const openFolder = (folder: string) => attempt(() => client.project.openFolder({ folder }));
export const openSample = () => attempt(() => client.project.openSample());
export const closeProject = () => attempt(() => client.project.close());
export const rescan = () => attempt(() => client.library.rescan());

export function toggleTheme(): void {
  const isLight = document.documentElement.dataset.theme === 'light';
  settings.set('theme', isLight ? 'dark' : 'light');
}

const screen = (key: string, label: string, name: Screen): Shortcut => ({
  keys: [key],
  label,
  run: () => app.go(name),
});

const withProject = (work: () => void) => () => {
  if (app.project) work();
};

export const generalShortcuts: Shortcut[] = [
  screen('1', 'Library', 'library'),
  screen('2', 'Train', 'train'),
  screen('3', 'Inspect', 'inspect'),
  screen('4', 'Settings', 'settings'),
  { keys: ['Mod+o'], label: 'Open a folder', run: () => void chooseFolder() },
  { keys: ['Mod+e'], label: 'Export maps', run: withProject(() => (app.exportOpen = true)) },
  { keys: ['Mod+k'], label: 'Find a command', run: () => (app.paletteOpen = true) },
  { keys: ['t'], label: 'Change between dark and light', run: toggleTheme },
  { keys: ['?'], label: 'Show the shortcuts', run: () => (app.helpOpen = true) },
];
