/** One noise level of the toy experiment; lists hold one number a seed. */
export interface ToyRow {
  /** Geometric mean of the two standard deviations of every point. */
  sigma: number;
  /** Eq. 2 in nats: the same for learned and fixed noise. */
  entropy: number;
  /** Test accuracy with noise learned by the noise model, and with its difference between dimensions bounded. */
  learned: number[];
  bounded: number[];
  /** With the same noise in both dimensions. */
  fixed: number[];
  /** What no classifier can exceed under fixed noise (Bayes). */
  fixedBest: number;
  /** Accuracy of a classifier that never saw the learned noise tied to its point, on learned noise. */
  separate: number[];
  /** Share of test points whose irrelevant dimension gets more noise. */
  irrelevantMore: number[];
  /**
   * The noise itself carries the answer, in a code that only the classifier trained with it reads: to a separate one it is
   * worth less than fixed noise.
   */
  leak: boolean;
}

/** What figures 2 and 3 show, at one noise level of the first seed. */
export interface ToyPicture {
  sigma: number;
  /** [x0, x1] of every point. */
  points: [number, number][];
  labels: number[];
  /** What the classifier answers to the noisy point. */
  answers: number[];
  /** Standard deviations of the learned noise, [dimension 0, dimension 1]. */
  deviations: [number, number][];
}

export interface ToyReport {
  experiment: 'toy';
  seeds: number[];
  steps: number;
  testPoints: number;
  rows: ToyRow[];
  picture: ToyPicture;
}
