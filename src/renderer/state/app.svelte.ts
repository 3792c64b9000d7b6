/** @file The open project, where the person is, and the line to the program. */
import type { AppEvent, DoctorReport, ProjectSummary } from '../../contract/types';
import { client } from '../rpc';
import { listen, onEvent } from './events';
import { EVERYTHING, images } from './images.svelte';
import { maps } from './maps';
import { attempt, notices } from './notices.svelte';
import { runs } from './runs.svelte';
import { needsProject, type Screen } from './screens';
import { selection } from './selection.svelte';
import { settings } from './settings.svelte';

type Scan = Extract<AppEvent, { type: 'scan' }>;
type Exporting = Extract<AppEvent, { type: 'export' }>;

const EXAMINE_AFTER_MS = 1500;
const REFRESH_WHILE_SCANNING_MS = 1500;

class App {
  ready = $state(false);
  connected = $state(true);
  project = $state<ProjectSummary | null>(null);
  screen = $state<Screen>('library');
  scan = $state<Scan | null>(null);
  exporting = $state<Exporting | null>(null);
  doctor = $state<DoctorReport | null>(null);
  exportOpen = $state(false);
  importOpen = $state(false);
  helpOpen = $state(false);
  paletteOpen = $state(false);
  folderOpen = $state(false);
  #refreshedAt = 0;

  start(): void {
    onEvent('project', ({ project }) => this.#show(project));
    onEvent('scan', (scan) => this.#onScan(scan));
    onEvent('export', (event) => {
      this.exporting = event.finished ? null : event;
    });
    onEvent('run', ({ run }) => {
      const finished = runs.keep(run);
      if (run.kind === 'maps' && (finished || this.#due())) this.#mapsChanged();
    });
    onEvent('runsRemoved', ({ runIds }) => {
      runs.forget(runIds);
      this.#mapsChanged();
    });
    onEvent('annotations', () => {
      if (this.#due()) images.refresh();
    });
    onEvent('metric', ({ runId, point }) => runs.addMetric(runId, point));
    onEvent('preview', (preview) => runs.keepPreview(preview));
    void listen(
      () => this.#connected(),
      (error) => {
        if (this.connected) notices.fail(error);
        this.connected = false;
      },
    );
  }

  /** Without a project the library's place is taken by the start screen. */
  go(screen: Screen): void {
    this.screen = this.project || !needsProject(screen) ? screen : 'library';
  }

  async #connected(): Promise<void> {
    this.connected = true;
    notices.forget('UNREACHABLE');
    await settings.load();
    this.#show(await client.project.current());
    if (this.project) await runs.load();
    this.ready = true;
    setTimeout(() => void this.#examine(), EXAMINE_AFTER_MS);
  }

  /** Looking for engines takes seconds; what is on the screen comes first. */
  async #examine(): Promise<void> {
    this.doctor ??= (await attempt(() => client.device.doctor({ selfTest: false }))) ?? null;
  }

  #show(project: ProjectSummary | null): void {
    const other = project?.file !== this.project?.file;
    this.project = project;
    if (other) {
      this.scan = null;
      notices.forget();
      this.screen = 'library';
      maps.forgetProject();
      runs.clear();
      selection.clear();
      if (project) images.narrow(EVERYTHING);
      else images.forget();
      if (project) void runs.load().catch((error) => notices.fail(error));
    } else if (project) images.refresh();
  }

  #onScan(scan: Scan): void {
    this.scan = scan.finished ? null : scan;
    // That there are no images the library says itself.
    if (scan.error && scan.error.code !== 'NO_IMAGES') notices.tell(scan.error);
    // Classes and counts grow with the list.
    if (!scan.finished && this.#due()) void attempt(async () => this.#show(await client.project.current()));
  }

  #mapsChanged(): void {
    maps.clear();
    images.refresh();
  }

  /** Lists that grow while something runs are read again now and then, not at every event. */
  #due(): boolean {
    const now = performance.now();
    if (now - this.#refreshedAt < REFRESH_WHILE_SCANNING_MS) return false;
    this.#refreshedAt = now;
    return true;
  }
}

export const app = new App();
