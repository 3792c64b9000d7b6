/** @file The screens, in the order of the rail. A new one is a line here, an icon in Rail.svelte and a line in App.svelte. */
export const SCREENS = [
  { name: 'library', label: 'Library', needsProject: true },
  { name: 'train', label: 'Train', needsProject: true },
  { name: 'inspect', label: 'Inspect', needsProject: true },
  { name: 'report', label: 'Report', needsProject: true },
  { name: 'lab', label: 'Lab', needsProject: false },
  { name: 'settings', label: 'Settings', needsProject: false },
] as const;

export type Screen = (typeof SCREENS)[number]['name'];

/** The number key of a screen. */
export const keyOf = (screen: Screen): string => String(SCREENS.findIndex(({ name }) => name === screen) + 1);

export const needsProject = (screen: Screen): boolean =>
  SCREENS.some(({ name, needsProject }) => name === screen && needsProject);
