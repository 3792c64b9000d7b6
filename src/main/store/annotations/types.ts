/** @file What the store keeps of annotations. */
import type {
  AnnotationHistory,
  ImageAnnotations,
  Label,
  ProjectLabel,
  RegionChange,
  StatePatch,
  TagCount,
} from '../../../contract/annotations';

/** One step of an image's history: changes to its regions, to its state, or to both. */
export interface SheetEdit {
  imageId: number;
  title: string;
  changes?: RegionChange[];
  state?: StatePatch;
}

export interface AnnotationStore {
  labels(): ProjectLabel[];
  /**
   * Adds a label or gives it another colour or role; `was` renames one.
   * @throws INVALID_INPUT where the name is taken, or a built-in label would not stay what it is
   */
  putLabel(label: Label, was?: string): void;
  /** @throws INVALID_INPUT while regions have the label, and always for built-in ones */
  removeLabel(name: string): void;
  /** Tags in use, by name. */
  tags(): TagCount[];

  /** Regions in the order they were made. @throws IMAGE_UNKNOWN */
  annotations(imageId: number): ImageAnnotations;
  annotationHistory(imageId: number): AnnotationHistory;
  /**
   * All edits and new labels or none, each one step of its image's history; an edit that changes nothing leaves no step. Regions are
   * cut to their image.
   * @returns for every edit the ids of the regions that were put, in order
   * @throws IMAGE_UNKNOWN, INVALID_INPUT for unknown labels and regions, and for regions outside of their image
   */
  editAnnotations(edits: SheetEdit[], newLabels?: Label[]): number[][];
  /** Takes the last step back; false where there is none. */
  undoAnnotations(imageId: number): boolean;
  /** Brings back what was undone last; false where there is nothing. */
  redoAnnotations(imageId: number): boolean;
}
