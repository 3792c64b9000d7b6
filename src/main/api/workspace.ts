/** @file The program's state: the open project with its queue and scan, and everyone who listens. */
import { resolve } from 'node:path';
import { EventPublisher } from '@orpc/server';
import { describeError, PenumbraError } from '../../contract/errors';
import type { AppEvent, ProjectSummary } from '../../contract/types';
import { kindOf } from '../files/kind';
import { scanFolder } from '../library/scan';
import { openProject } from '../store/project';
import type { ProjectStore } from '../store/types';
import { measureMissing } from '../training/measures';
import { createRunQueue } from '../training/queue';
import type { RunQueue, SpawnWorker } from '../training/types';
import { WarmWorker } from '../training/warmWorker';
import { logFault, logFile } from './log';
import { describeProject, projectFileOf } from './projectFiles';
import { Recents } from './recents';
import type { Workspace } from './workspaceTypes';

export interface WorkspaceOptions {
  dataDirectory: string;
  /** How a training worker is started; default: a child process of this Node. */
  spawn?: SpawnWorker;
}

interface OpenProject {
  store: ProjectStore;
  queue: RunQueue;
  warm: WarmWorker;
  scan: { done: Promise<void>; abort: AbortController } | null;
  measuring: { done: Promise<void>; abort: AbortController } | null;
}

/** A window that reads slower than events come loses the oldest ones; the next `run` event brings it up to date. */
const MAX_UNREAD_EVENTS = 2000;

export class ProjectWorkspace implements Workspace {
  readonly dataDirectory: string;
  readonly recents: Recents;
  readonly #options: WorkspaceOptions;
  readonly #events = new EventPublisher<{ event: AppEvent }>({ maxBufferedEvents: MAX_UNREAD_EVENTS });
  #open: OpenProject | null = null;
  /** Openings and closings happen one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: WorkspaceOptions) {
    this.#options = options;
    this.dataDirectory = resolve(options.dataDirectory);
    this.recents = new Recents(this.dataDirectory);
  }

  /** How a worker is started, for work that needs no project. */
  get spawn(): SpawnWorker | undefined {
    return this.#options.spawn;
  }

  get queue(): RunQueue | null {
    return this.#open?.queue ?? null;
  }

  get warm(): WarmWorker | null {
    return this.#open?.warm ?? null;
  }

  requireStore(): ProjectStore {
    if (!this.#open)
      throw new PenumbraError('PROJECT_NOT_OPEN', 'No project is open; open an image folder first.');
    return this.#open.store;
  }

  emit(event: AppEvent): void {
    this.#events.publish('event', event);
  }

  /** Everything emitted from now on, until the signal or the end of the iteration. */
  subscribe(signal?: AbortSignal): AsyncIteratorObject<AppEvent, undefined> {
    return this.#events.subscribe('event', { signal }) as AsyncIteratorObject<AppEvent, undefined>;
  }

  get subscribers(): number {
    return this.#events.size;
  }

  log(where: string, fault: unknown): void {
    logFault(logFile(this.dataDirectory), where, fault);
  }

  summary(): ProjectSummary | null {
    return this.#open ? describeProject(this.#open.store, this.#open.scan !== null) : null;
  }

  /**
   * Opens the folder's project, made if there is none, and starts scanning.
   * @throws FOLDER_MISSING, PROJECT_BUSY, PROJECT_UNREADABLE, PROJECT_NEWER, NOT_WRITABLE, DISK_FULL
   */
  openFolder(folder: string, file?: string): Promise<ProjectSummary> {
    const path = resolve(folder);
    if (kindOf(path) !== 'folder')
      throw new PenumbraError('FOLDER_MISSING', `${path} is not a folder; check the path.`);
    return this.#openNow(file ? resolve(file) : projectFileOf(path, this.dataDirectory), path);
  }

  /** Opens a project file without scanning its folder, which may be elsewhere now. @throws PROJECT_MISSING, as openFolder */
  openFile(file: string): Promise<ProjectSummary> {
    const path = resolve(file);
    if (kindOf(path) !== 'file')
      throw new PenumbraError(
        'PROJECT_MISSING',
        `${path} does not exist; check the path, or open an image folder.`,
      );
    return this.#openNow(path, null);
  }

  /** Stops what runs after a checkpoint, and closes the project. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#open) return;
      await this.#closeNow();
      this.emit({ type: 'project', project: null });
    });
  }

  rescan(): void {
    this.requireStore();
    this.#startScan(this.#open!);
  }

  #openNow(file: string, folder: string | null): Promise<ProjectSummary> {
    return this.#inTurn(async () => {
      if (this.#open?.store.file !== file) {
        await this.#closeNow();
        this.#open = this.#take(file, folder);
      }
      const open = this.#open!;
      if (folder) this.#startScan(open);
      const summary = this.summary()!;
      if (!open.measuring) this.#measure(open);
      this.#remember(summary);
      this.emit({ type: 'project', project: summary });
      return summary;
    });
  }

  /** A project that is open must not fail because its name cannot be kept. */
  #remember({ file, folder, name }: ProjectSummary): void {
    try {
      this.recents.add({ file, folder, name });
    } catch (error) {
      this.log('recents', error);
    }
  }

  #take(file: string, folder: string | null): OpenProject {
    const store = openProject(file, folder ? { folder } : {});
    try {
      const { spawn } = this.#options;
      const deviceTaken = () =>
        store.runs().some(({ status }) => status === 'running' || status === 'paused');
      const warm = new WarmWorker({ spawn, deviceTaken });
      const emit = (event: AppEvent): void => {
        if (event.type === 'run' && event.run.status === 'running') warm.giveWay();
        this.emit(event);
      };
      const queue = createRunQueue({ store, emit, spawn });
      return { store, queue, warm, scan: null, measuring: null };
    } catch (error) {
      store.close();
      throw error;
    }
  }

  async #closeNow(): Promise<void> {
    const open = this.#open;
    if (!open) return;
    open.scan?.abort.abort();
    open.measuring?.abort.abort();
    await open.scan?.done;
    await open.measuring?.done;
    open.warm.close();
    await open.queue.close();
    this.#open = null;
    open.store.close();
  }

  /** Brings what is sorted by up to date where an older version, or a run that was removed, left it open. */
  #measure(open: OpenProject): void {
    const abort = new AbortController();
    const done = measureMissing(open.store, abort.signal).then(
      (measured) => {
        if (measured && !abort.signal.aborted) this.emit({ type: 'project', project: this.summary() });
      },
      (error) => this.log('measure', error),
    );
    open.measuring = { done, abort };
  }

  #startScan(open: OpenProject): void {
    if (open.scan) return;
    const abort = new AbortController();
    open.scan = { abort, done: this.#scan(open, abort.signal) };
  }

  async #scan(open: OpenProject, signal: AbortSignal): Promise<void> {
    let last = { done: 0, total: 0, unreadable: 0 };
    const tell = (finished: boolean, error?: unknown): void =>
      this.emit({
        type: 'scan',
        ...last,
        finished,
        ...(error === undefined ? {} : { error: describeError(error) }),
      });
    // The caller has its answer before the first file is looked at.
    await new Promise(setImmediate);
    let failure: unknown;
    try {
      const { folder } = open.store;
      await scanFolder(folder, open.store, {
        signal,
        onProgress: (progress) => {
          last = { ...last, ...progress };
          tell(false);
        },
      });
    } catch (error) {
      failure = error;
      if (!(error instanceof PenumbraError)) this.log('scan', error);
    }
    open.scan = null;
    tell(true, failure);
    if (!signal.aborted) this.emit({ type: 'project', project: this.summary() });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
