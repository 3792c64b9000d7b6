/** @file The rows of table 2, and those that a fair table has beside them. */
import type { Corruption } from './corruption';

export interface RowPlan {
  key: string;
  title: string;
  /** Percent of test digits, in the paper. */
  paper: number | null;
  how: 'raw' | 'random' | 'supervised' | Corruption;
}

const zeroing = (share: number, paper: number | null = null): RowPlan => ({
  key: `zeroing ${share}`,
  title: `denoising autoencoder, ${100 * share} % zeroed`,
  paper,
  how: { kind: 'zeroing', share },
});
const gaussian = (sigma: number): RowPlan => ({
  key: `gaussian ${sigma}`,
  title: `isotropic Gaussian noise, sigma ${sigma}`,
  paper: null,
  how: { kind: 'gaussian', sigma },
});
const learned = (sigma: number, against: boolean, paper: number | null = null): RowPlan => ({
  key: `learned ${sigma} ${against ? 'against' : 'with'}`,
  title: `learned noise, ${against ? 'adversarial' : 'cooperative'}, sigma ${sigma}`,
  paper,
  how: { kind: 'learned', sigma, against },
});

const BASELINES: RowPlan[] = [
  { key: 'raw', title: 'raw pixels', paper: 7.58, how: 'raw' },
  { key: 'random', title: 'random encoder, untrained', paper: null, how: 'random' },
  { key: 'none', title: 'plain autoencoder', paper: null, how: { kind: 'none' } },
];
const ADIOS: RowPlan = { key: 'adios', title: 'ADIOS-style masks', paper: null, how: { kind: 'adios' } };
const SUPERVISED: RowPlan = { key: 'supervised', title: 'supervised', paper: 1.76, how: 'supervised' };

/**
 * The paper names neither the share of its denoising autoencoder nor the strength of its noise. Adversarial
 * noise teaches more at half the strength; cooperative noise differs little from isotropic noise at either (docs/lab.md).
 */
const NOISE = [
  ...[gaussian(0.25), gaussian(0.5), ADIOS],
  ...[learned(0.25, true, 1.75), learned(0.5, true, 1.75), learned(0.5, false)],
];

export const QUICK_ROWS: RowPlan[] = [...BASELINES, zeroing(0.25, 7.9), ...NOISE, SUPERVISED];

export const FULL_ROWS: RowPlan[] = [
  ...BASELINES,
  ...[zeroing(0.1), zeroing(0.25, 7.9), zeroing(0.4), zeroing(0.5)],
  ...[...NOISE, SUPERVISED],
];
