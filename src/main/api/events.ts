/** @file The `events` area of the contract. */
import type { ProjectWorkspace } from './workspace';

export const eventsApi = (workspace: ProjectWorkspace) => ({
  subscribe: () => workspace.subscribe(),
});
