/** @file The shortcuts of every screen, for the page on which they are changed. */
import { allAnnotateShortcuts } from '../annotate/keys';
import { libraryShortcuts } from '../library/shortcuts';
import { generalGroup } from './commands';
import type { ShortcutGroup } from './shortcuts.svelte';

export const allShortcutGroups: ShortcutGroup[] = [generalGroup, libraryShortcuts, allAnnotateShortcuts];
