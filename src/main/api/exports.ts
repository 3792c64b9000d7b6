/** @file The `exports` area of the contract. */
import { resolve } from 'node:path';
import type { ExportPreview, ExportResult, PreviewExport, StartExport } from '../../contract/types';
import { exportProject, previewExport } from '../exports';
import type { ProjectWorkspace } from './workspace';

export const exportsApi = (workspace: ProjectWorkspace) => ({
  /** @throws IMAGE_UNKNOWN, RUN_UNKNOWN, INVALID_INPUT */
  preview: (request: PreviewExport): Promise<ExportPreview> =>
    previewExport(workspace.requireStore(), request),

  /** Ends early, with STOPPED, when the caller goes away. */
  run: async (request: StartExport, { signal }: { signal?: AbortSignal }): Promise<ExportResult> => {
    const store = workspace.requireStore();
    let last = { done: 0, total: 0 };
    try {
      return await exportProject(
        store,
        { ...request, out: resolve(request.out) },
        {
          signal,
          onProgress: (progress) => {
            last = progress;
            workspace.emit({ type: 'export', ...progress, finished: false });
          },
        },
      );
    } finally {
      workspace.emit({ type: 'export', ...last, finished: true });
    }
  },
});
