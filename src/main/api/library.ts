/** @file The `library` area of the contract. */
import type { ImageQuery } from '../../contract/types';
import type { ProjectWorkspace } from './workspace';

export const libraryApi = (workspace: ProjectWorkspace) => ({
  list: (query: ImageQuery) => workspace.requireStore().listImages(query),
  ids: (query: ImageQuery): number[] => workspace.requireStore().imageIds(query),
  facets: () => workspace.requireStore().facets(),
  unreadable: () => workspace.requireStore().unreadable(),

  rescan: () => {
    workspace.rescan();
    return {};
  },
});
