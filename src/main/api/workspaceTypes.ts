/** @file What the areas of the API share: the open project and the way to tell the window something. */
import type { AppEvent } from '../../contract/types';
import type { ProjectStore } from '../store/types';
import type { RunQueue, SpawnWorker } from '../training/types';
import type { WarmWorker } from '../training/warmWorker';

export interface Workspace {
  /** Where the program keeps its own files: recent projects, sample data. */
  readonly dataDirectory: string;
  /** The open project's runs: `createRunQueue({ store, emit, spawn })`, closed before its store. */
  readonly queue: RunQueue | null;
  /** Answers questions about the image that is looked at; closed before the queue. */
  readonly warm: WarmWorker | null;
  /** @throws PROJECT_NOT_OPEN */
  requireStore(): ProjectStore;
  emit(event: AppEvent): void;
  /** How worker processes are started; child_process.fork where absent. */
  readonly spawn?: SpawnWorker;
}
