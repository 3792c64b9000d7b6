/** How a map of each frame comes about. */
export type MapOf = 'cold' | 'warm' | 'model';

/** One way to draw the maps of a sequence; lists hold one number a seed. */
export interface VideoRow {
  of: MapOf;
  /** Steps of optimisation a frame, after the first. */
  steps: number;
  /** Mean change of the noise fraction from one frame to the next: over all pixels, and where nothing moves (objects are known). */
  flicker: number[];
  still: number[];
  /** Cosine distance between the embeddings of the frame and of its noisy views. */
  distance: number[];
  /** AUROC of the object; empty where frames have no object masks. */
  auroc: number[];
}

export interface VideoReport {
  experiment: 'video';
  seeds: number[];
  frames: number;
  /** Whether the sequence was drawn here. */
  drawn: boolean;
  budget: number;
  rows: VideoRow[];
  /** Change from frame to frame along the first seed's sequence. */
  flickers: { of: MapOf; values: number[] }[];
  pictures: { title: string; images: string[] }[];
}
