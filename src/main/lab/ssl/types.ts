/** How one of the two views that an encoder has to match is hidden, beside the usual augmentation. */
export type Way = 'none' | 'patches' | 'adios' | 'uniform' | 'learned';
export type Framework = 'simclr' | 'simsiam';

/** What an encoder's frozen features say of clean images it has not seen. */
export interface SslMeasure {
  /** Share that a linear probe, and that the nearest training images, name rightly. */
  probe: number;
  knn: number;
  /** How far embeddings of different images differ, and in how many dimensions. */
  spread: number;
  dimensions: number;
  /** Signs of collapse, of the encoder and of the mask that was trained with it. */
  warnings: string[];
}

/** One encoder; `measures` has one entry a seed. */
export interface SslRow {
  /** Null: not trained by matching views. */
  framework: Framework | null;
  way: Way | 'untrained' | 'supervised';
  measures: SslMeasure[];
}

export interface SslReport {
  experiment: 'ssl';
  seeds: number[];
  size: number;
  epochs: number;
  /** Images that were learned from, and measured on. */
  train: number;
  test: number;
  classes: number;
  /** Length of the embedding. */
  features: number;
  /** Share of an image that patches hide. */
  patches: number;
  rows: SslRow[];
  /** Views of the first seed's encoders, as the last step would hide them. */
  pictures: { title: string; images: string[] }[];
}
