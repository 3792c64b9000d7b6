/** @file What the analyses work on: images with their maps, and an encoder that answers. */

/** In pixels of the square that images are stretched to; x and y are the upper left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One image under analysis, stretched to size x size. */
export interface Subject {
  id: number;
  /** Index of its class. */
  label: number;
  /** RGB bytes [size, size, 3]. */
  pixels: Uint8Array;
  /** Kept information in bits at the default budget, [size, size]. */
  kept: Float32Array;
  /** 1 on the object, [size, size]; null where nobody drew it. */
  object: Uint8Array | null;
  /** Regions that a person marked as a cue. */
  cues: Box[];
}

/** A picture to ask the encoder about: an image, or what an intervention made of one. */
export interface Picture {
  /** RGB bytes [size, size, 3]. */
  pixels: Uint8Array;
  /** Gaussian noise on the pixels where the mask is 1, in the encoder's normalised units. */
  noise?: { where: Uint8Array; sigma: number; seed: number };
}

/** What the encoder says of one picture. */
export interface Answer {
  /** Index of a class; -1 for one that is not among the report's. */
  label: number;
  probability: number;
}

/** The encoder as the analyses see it. @returns an answer a picture, in their order */
export type Ask = (pictures: Picture[]) => Promise<Answer[]>;

export interface Material {
  size: number;
  classes: string[];
  subjects: Subject[];
  /** The encoder's answer to each subject as it is. */
  answers: Answer[];
  ask: Ask;
  seed: number;
}
