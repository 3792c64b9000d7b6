import type { Geometry, LabelRole, StatePatch } from '../../../contract/annotations';

/** A region as a file tells it, in pixels of its image; the importer sees to it that it fits. */
export interface ReadRegion {
  label: string;
  geometry: Geometry;
  name?: string | null;
  /** How the region is called in messages about its file: "annotation 12". */
  item: string;
}

/** One image of a file or folder of annotations; several of the same image are put together. */
export interface ReadImage {
  /** As the file names it: a path, with whatever stands before the image folder. */
  image: string;
  /** The size its positions are meant for, where the file tells it. */
  size: { width: number; height: number } | null;
  /** The file that tells it, for messages. */
  file: string;
  regions: ReadRegion[];
  state?: StatePatch;
}

/** Where annotations are read from. */
export interface Source {
  /** Files below what was named, in order; of a single file that file alone. */
  files: SourceFile[];
  /** What stands in messages for something that is passed over: shapes and images that cannot be taken. */
  skip(item: string, reason: string): void;
  /** The image of the project that a file means by this name; null where there is none, or more than one. */
  find(name: string): { path: string; width: number; height: number } | null;
  /** Whether an image has exactly this path, with or without its extension. */
  has(path: string): boolean;
  /** What a new label stands for, where the file says so. */
  tellRole(label: string, role: LabelRole): void;
  /** The label of what has none in its file. */
  label: string;
}

export interface SourceFile {
  /** Relative to the folder that was named, with `/` between parts. */
  path: string;
  /** @throws INVALID_INPUT where the file is larger than the program takes */
  bytes(): Promise<Buffer>;
  text(): Promise<string>;
}

/** Reads one format. @throws INVALID_INPUT, naming file and item */
export type Reader = (source: Source) => AsyncIterable<ReadImage>;
