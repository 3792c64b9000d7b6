/** @file The `annotations` area of the contract. */
import { resolve } from 'node:path';
import type {
  AnnotationImport,
  AnnotationStep,
  AnnotationStepResult,
  ImageAnnotations,
  ImportResult,
  Label,
  ProjectLabel,
  StateChange,
} from '../../contract/annotations';
import { importAnnotations } from '../exports';
import type { Workspace } from './workspaceTypes';

/** More images than this are not named one by one to those who listen. */
const MANY = 1000;

export const annotationsApi = (workspace: Workspace) => {
  const tell = (imageIds: number[] | null): void => {
    const few = imageIds && imageIds.length <= MANY ? imageIds : null;
    workspace.emit({ type: 'annotations', imageIds: few });
  };

  const step = (imageId: number, way: 'undoAnnotations' | 'redoAnnotations'): ImageAnnotations => {
    const store = workspace.requireStore();
    if (store[way](imageId)) tell([imageId]);
    return store.annotations(imageId);
  };

  return {
    labels: (): ProjectLabel[] => workspace.requireStore().labels(),

    /** @throws INVALID_INPUT */
    putLabel: ({ was, ...label }: Label & { was?: string }): ProjectLabel[] => {
      const store = workspace.requireStore();
      store.putLabel(label, was);
      tell(null);
      return store.labels();
    },

    /** @throws INVALID_INPUT */
    removeLabel: ({ name }: { name: string }): ProjectLabel[] => {
      const store = workspace.requireStore();
      store.removeLabel(name);
      tell(null);
      return store.labels();
    },

    tags: () => workspace.requireStore().tags(),

    /** @throws IMAGE_UNKNOWN */
    ofImage: ({ imageId }: { imageId: number }): ImageAnnotations =>
      workspace.requireStore().annotations(imageId),

    /** @throws IMAGE_UNKNOWN, INVALID_INPUT */
    change: (edit: AnnotationStep): AnnotationStepResult => {
      const store = workspace.requireStore();
      const [ids] = store.editAnnotations([edit]);
      tell([edit.imageId]);
      return { ids: ids!, history: store.annotationHistory(edit.imageId) };
    },

    /** @throws IMAGE_UNKNOWN */
    undo: ({ imageId }: { imageId: number }) => step(imageId, 'undoAnnotations'),
    redo: ({ imageId }: { imageId: number }) => step(imageId, 'redoAnnotations'),

    /** @throws IMAGE_UNKNOWN */
    setState: ({ imageIds, ...state }: StateChange) => {
      const store = workspace.requireStore();
      const title = titleOf(state);
      store.editAnnotations(imageIds.map((imageId) => ({ imageId, title, state })));
      tell(imageIds);
      return {};
    },

    /** @throws INVALID_INPUT, STOPPED */
    import: async (
      wish: AnnotationImport,
      { signal }: { signal?: AbortSignal } = {},
    ): Promise<ImportResult> => {
      let last = { done: 0, total: 0 };
      const path = resolve(wish.path);
      try {
        const onProgress = (progress: typeof last): void => {
          last = progress;
          workspace.emit({ type: 'import', ...progress, finished: false });
        };
        const result = await importAnnotations(
          workspace.requireStore(),
          { ...wish, path },
          { signal, onProgress },
        );
        if (!wish.dryRun) tell(result.labels.length > 0 ? null : result.imageIds);
        return result;
      } finally {
        workspace.emit({ type: 'import', ...last, finished: true });
      }
    },
  };
};

function titleOf({ checked, note, addTags, removeTags }: Omit<StateChange, 'imageIds'>): string {
  const parts = [
    checked === undefined ? null : checked ? 'check' : 'uncheck',
    addTags?.length || removeTags?.length ? 'change tags' : null,
    note === undefined ? null : 'change note',
  ];
  return parts.filter((part) => part !== null).join(', ') || 'change state';
}
