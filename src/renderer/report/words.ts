/** @file Words of verdicts, and figures as people read them. */
import type { Figure, SuspectRegion, Verdict } from '../../contract';

export const VERDICTS: Record<Verdict, string> = {
  object: 'Object',
  cue: 'Cue',
  background: 'Background',
  mixed: 'Mixed',
  insufficient: 'Too little data',
};

export const SOURCES: Record<SuspectRegion['source'], string> = {
  map: 'A place where maps of this class are hotter',
  colour: 'A place where pixels of this class differ',
  pattern: 'A small picture that recurs',
  outside: 'The hottest place outside the object',
  annotated: 'A marked cue',
};

const signed = (text: string): string => text.replace('-', '−');

export const percent = (value: number): string => `${signed(String(Math.round(100 * value)))} %`;

export const withInterval = ({ mean, low, high, images }: Figure): string =>
  `${percent(mean)} (${signed(String(Math.round(100 * low)))} to ${percent(high)}, n ${images})`;

/** For figures that are no shares. */
export const numberWithInterval = ({ mean, low, high, images }: Figure): string =>
  `${signed(mean.toFixed(2))} (${signed(low.toFixed(2))} to ${signed(high.toFixed(2))}, n ${images})`;

export const probability = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));
