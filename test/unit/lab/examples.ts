/** Reports as experiments might give them, with numbers that are easy to follow. */
import type { BudgetsReport, FormMeasure, MeanMeasure } from '../../../src/main/lab/budgets/types';
import type { SslMeasure, SslReport, Way } from '../../../src/main/lab/ssl/types';

const held = (noise: number): FormMeasure => ({ noise, few: 0.03, distance: 0.01, object: 0.9 });
const moved = (mean: number): MeanMeasure => ({
  ...{ both: 0.1, mean, noise: 0.1, gain: 0, size: 4, object: null },
});

/** The clamped penalty misses in the second setting, a fixed entropy puts all in few pixels, and a free negative mean does the work. */
export const budgets: BudgetsReport = {
  ...{ experiment: 'budgets', seeds: [1, 2], steps: 1, images: 2, fewest: 0.02, most: 0.25 },
  tuned: (['clamp', 'penalty'] as const).map((form) => ({
    ...{ form, lambda: 0.1, tries: [{ lambda: 0.1, noise: 0.79 }] },
  })),
  settings: ['as tuned', 'another'].map((title, s) => ({
    ...{ title, mask: 'positive', target: 0.8 },
    forms: {
      budget: [held(0.8), held(0.8)],
      clamp: [held(s === 0 ? 0.79 : 1), held(s === 0 ? 0.81 : 1)],
      penalty: [held(0.8), held(0.8)],
      fixed: [0.8, 0.8].map((noise) => ({ ...held(noise), few: 0.98 })),
    },
  })),
  means: (['positive', 'negative'] as const).flatMap((mask) =>
    (['none', 'bounded', 'free'] as const).map((option) => ({
      ...{ mask, option },
      measures: [1, 2].map(() => moved(mask === 'negative' && option === 'free' ? 0.09 : 0)),
    })),
  ),
};

const named = (probe: number, warnings: string[] = []): SslMeasure => ({
  ...{ probe, knn: probe - 0.1, spread: 0.4, dimensions: 5, warnings },
});
const PROBES = { none: 0.6, patches: 0.65, adios: 0.5, uniform: 0.62, learned: 0.7 };

/** With both frameworks learned noise is the best; one SimSiam encoder collapsed. */
export const ssl: SslReport = {
  ...{ experiment: 'ssl', seeds: [1, 2], size: 32, epochs: 1, train: 10, test: 100, classes: 5 },
  ...{ features: 64, patches: 0.25, pictures: [{ title: 'none', images: ['data:image/png;base64,AAAA'] }] },
  rows: [
    { framework: null, way: 'untrained', measures: [named(0.4), named(0.4)] },
    ...(['simclr', 'simsiam'] as const).flatMap((framework) =>
      Object.entries(PROBES).map(([way, probe]): SslReport['rows'][number] => ({
        ...{ framework, way: way as Way },
        measures: [named(probe), named(probe, framework === 'simsiam' && way === 'adios' ? ['a sign'] : [])],
      })),
    ),
    { framework: null, way: 'supervised', measures: [named(0.9), named(0.9)] },
  ],
};
