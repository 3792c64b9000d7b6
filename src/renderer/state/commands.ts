/** @file What can be done from every screen, for keys, menus and the command palette alike. */
import type { RecentProject } from '../../contract/types';
import { EXPERIMENTS } from '../lab/experiments';
import { client, desktop } from '../rpc';
import { app } from './app.svelte';
import { EVERYTHING, images } from './images.svelte';
import { lab } from './lab.svelte';
import { attempt } from './notices.svelte';
import { runs } from './runs.svelte';
import { keyOf, SCREENS } from './screens';
import { settings } from './settings.svelte';
import { EVERYWHERE, type ShortcutGroup, shortcuts } from './shortcuts.svelte';
import { views } from './views.svelte';

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

const withProject = (work: () => void) => () => {
  if (app.project) work();
};

export const generalGroup: ShortcutGroup = {
  title: EVERYWHERE,
  shortcuts: [
    ...SCREENS.map(({ name, label }) => ({ keys: [keyOf(name)], label, run: () => app.go(name) })),
    { keys: ['Mod+o'], label: 'Open a folder', run: () => void chooseFolder() },
    {
      keys: ['Mod+e'],
      label: 'Export maps and annotations',
      run: withProject(() => (app.exportOpen = true)),
    },
    { keys: ['Mod+k'], label: 'Find a command', run: () => (app.paletteOpen = true) },
    { keys: ['t'], label: 'Change between dark and light', run: toggleTheme },
    { keys: ['?'], label: 'Show the shortcuts', run: () => (app.helpOpen = true) },
  ],
};

const showView = (narrow: () => void) => () => {
  narrow();
  app.go('library');
};

export interface Command {
  label: string;
  run: () => void;
}

/** What stands in a menu or behind a button and has no key of its own. */
export function otherCommands(recent: RecentProject[]): Command[] {
  const { active } = runs;
  const project = app.project
    ? [
        { label: 'Look for new images', run: () => void rescan() },
        { label: 'Import annotations', run: () => (app.importOpen = true) },
        { label: 'Close the project', run: () => void closeProject() },
        { label: 'Show all images', run: showView(() => images.narrow(EVERYTHING)) },
        ...app.project.classes.map(({ name }) => ({
          label: `Show class: ${name}`,
          run: showView(() => images.narrow({ ...EVERYTHING, className: name })),
        })),
        ...views.list.map((view) => ({
          label: `Show view: ${view.name}`,
          run: showView(() => views.show(view)),
        })),
      ]
    : [];
  const running = active
    ? [
        active.status === 'paused'
          ? {
              label: `Resume: ${active.title}`,
              run: () => void attempt(() => client.training.resume({ runId: active.id })),
            }
          : {
              label: `Pause: ${active.title}`,
              run: () => void attempt(() => client.training.pause({ runId: active.id })),
            },
        {
          label: `Stop: ${active.title}`,
          run: () => void attempt(() => client.training.stop({ runId: active.id })),
        },
      ]
    : [];
  return [
    ...running,
    ...project,
    { label: 'Open the sample', run: () => void openSample() },
    ...recent
      .filter(({ file }) => file !== app.project?.file)
      .map(({ file, name }) => ({
        label: `Open recent: ${name}`,
        run: () => void attempt(() => client.project.openFile({ file })),
      })),
    { label: 'Theme: as the system', run: () => settings.set('theme', 'system') },
    ...EXPERIMENTS.map((experiment) => ({
      label: experiment.command,
      run: () => {
        app.go('lab');
        void lab.run(experiment);
      },
    })),
  ];
}

/** Carries out a command by its label, as the desktop's menu names it. */
export function runByLabel(label: string): void {
  const all: Command[] = [...shortcuts.groups.flatMap((group) => group.shortcuts), ...otherCommands([])];
  all.find((command) => command.label === label)?.run();
}
