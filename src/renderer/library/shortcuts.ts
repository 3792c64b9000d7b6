/** @file The keys of the library. */
import { images } from '../state/images.svelte';
import { selection } from '../state/selection.svelte';
import { settings } from '../state/settings.svelte';
import type { ShortcutGroup } from '../state/shortcuts.svelte';
import { library } from './library.svelte';

export const libraryShortcuts: ShortcutGroup = {
  title: 'Library',
  shortcuts: [
    { keys: ['/', 'Mod+f'], label: 'Search', run: () => library.searchField?.select() },
    {
      keys: ['o'],
      label: 'Maps over the images',
      run: () => settings.set('overlay', !settings.values.overlay),
    },
    { keys: ['+', '='], label: 'Larger tiles', run: () => library.resize(24) },
    { keys: ['-'], label: 'Smaller tiles', run: () => library.resize(-24) },
    { keys: [' ', 'x'], label: 'Choose this image, or not', run: () => selection.toggle(images.current) },
    { keys: ['Mod+a'], label: 'Choose all images of the view', run: () => void selection.all() },
    { keys: ['Escape'], label: 'Choose none', run: () => selection.clear() },
    { keys: ['c'], label: 'Mark as checked', run: () => void library.mark(true) },
    { keys: ['u'], label: 'Mark as not checked', run: () => void library.mark(false) },
    { keys: ['g'], label: 'Tag …', run: () => (library.tagging = library.targets.length > 0) },
    { keys: ['i'], label: 'Inspect what is chosen', run: () => library.inspect() },
  ],
};
