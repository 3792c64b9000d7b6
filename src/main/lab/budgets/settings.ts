import type { MaskKind } from '../../../contract/noiseMap';
import type { ObjectiveName } from '../../../contract/types';

/** What a person may choose when a mask is trained, beside how its noise is regularised. */
export interface Setting {
  title: string;
  mask: MaskKind;
  objective: ObjectiveName;
  temperature: number;
  sigmaMax: number;
  rate: number;
  /** Of the run's own steps. */
  length: number;
  /** An encoder that learned to read noise, or one that never saw any. */
  encoder: 'ready' | 'plain';
  /** The mean of q that is wanted. */
  target: number;
}

/** The paper's: a positive mask by NT-Xent. lambda is tuned here. */
export const REFERENCE: Setting = {
  ...{ title: 'as tuned', mask: 'positive', objective: 'nt-xent', temperature: 0.2 },
  ...{ sigmaMax: 1, rate: 6e-3, length: 1, encoder: 'ready', target: 0.8 },
};

const changed = (title: string, change: Partial<Setting>): Setting => ({ ...REFERENCE, title, ...change });

/** The reference first; each of the others changes one thing. */
export const SETTINGS: Setting[] = [
  REFERENCE,
  changed('temperature 0.5', { temperature: 0.5 }),
  changed('cosine distance', { objective: 'cosine' }),
  changed('relational distance', { objective: 'relational' }),
  changed('a third of the learning rate', { rate: REFERENCE.rate / 3 }),
  changed('half the steps', { length: 0.5 }),
  changed('half the largest sigma', { sigmaMax: 0.5 }),
  changed('an encoder that never saw noise', { encoder: 'plain' }),
  changed('negative mask', { mask: 'negative', target: 0.3 }),
];
