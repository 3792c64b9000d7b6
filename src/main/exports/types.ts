import type { ImageState, Label, Region } from '../../contract/annotations';
import type { Grid, MaskKind, NoiseScale } from '../../contract/noiseMap';
import type { StartExport } from '../../contract/types';

export interface ExportImage {
  /** Relative to the image folder, with `/` between parts. */
  path: string;
  className: string | null;
  split: string | null;
  /** Of the oriented image. */
  width: number;
  height: number;
  /** Of the file that was scanned; absent for images outside of the project. */
  hash?: string;
}

/** A map as it comes from the store or straight from a mask model. */
export interface ExportMap extends Grid {
  mask: MaskKind;
  scale: NoiseScale;
}

/** One map of one image at one budget, as the formats see it; what several of them need is computed once. */
export interface View {
  mask: MaskKind;
  scale: NoiseScale;
  budget: number;
  /** Log-odds, at map resolution. */
  logOdds: Grid;
  /** q, at map resolution. */
  fraction: Grid;
  /** q, at the image's size. */
  fullFraction(): Grid;
  /** Bits, larger = more important (contract/noiseMap `saliencyTable`), at the image's size. */
  saliency(): Grid;
}

/** What was drawn on one image and said of it. */
export interface Drawn {
  regions: Region[];
  state: ImageState;
}

export type FormatOptions = Pick<
  StartExport,
  'colourMap' | 'opacity' | 'maskOf' | 'maskStyle' | 'threshold' | 'cocoShapes'
>;

/** What a format gets to work with. */
export interface FormatContext {
  /** Writes one file; `path` is relative to the output folder. */
  write(path: string, data: Uint8Array | string): Promise<void>;
  /** The absolute path of the image file. */
  fileOf(image: ExportImage): string;
  /** Of the project, in their order. */
  labels: Label[];
  options: FormatOptions;
}

/** An export format: one file that makes one of these, and one line in formats.ts. */
export interface FormatWriter {
  /** @param stem the image's relative path without extension, unlike any other image's */
  add(image: ExportImage, stem: string, views: View[], drawn: Drawn): Promise<void>;
  end?(): Promise<void>;
}
export type Format = (context: FormatContext) => FormatWriter;
