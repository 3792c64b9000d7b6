/** @file The `events` area of the contract. */
import type { ProjectWorkspace } from './workspace';

export const eventsApi = (workspace: ProjectWorkspace) => ({
  /** A port tells of a listener that has gone by the signal alone; HTTP ends the stream. */
  subscribe: (_input: unknown, { signal }: { signal?: AbortSignal }) => workspace.subscribe(signal),
});
