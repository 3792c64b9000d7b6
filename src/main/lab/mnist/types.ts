/** One way to learn a representation; lists hold one number a seed. */
export interface MnistRow {
  key: string;
  title: string;
  /** Test error in percent that the paper gives for it; null where it has no such row. */
  paper: number | null;
  /** Test error of a linear probe on clean digits, in percent. */
  error: number[];
  /** Training loss along the first seed's steps; empty where nothing is trained but the probe. */
  curve: { step: number; loss: number }[];
}

export interface MnistReport {
  experiment: 'mnist';
  seeds: number[];
  train: number;
  test: number;
  epochs: number;
  rows: MnistRow[];
  /** Digits of the test set and what each way makes of them, as data URIs. */
  pictures: { title: string; images: string[] }[];
}
