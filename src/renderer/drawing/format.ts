/** @file Numbers as people read them. */
// A formatter is slow to make, and lists that follow a run ask for thousands of numbers.
const WHOLE = new Intl.NumberFormat('en-GB');
const DATE_AND_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });

export const count = (value: number): string => WHOLE.format(value).replaceAll(',', ' ');

export const dateAndTime = (text: string): string => DATE_AND_TIME.format(new Date(text));

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A share where whole per cent are too coarse. */
export const tenths = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Three figures or so, whatever the size. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.001 || size >= 1e7) return value.toExponential(2);
  return value.toFixed(size < 1 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0);
}

/** 00:31, 1:02:03. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

/** Large numbers of bits: 12.3 kbit. */
export function bits(value: number): string {
  if (value < 1000) return `${figure(value)} bits`;
  return value < 1e6 ? `${figure(value / 1e3)} kbit` : `${figure(value / 1e6)} Mbit`;
}

/** The last part of a path, whichever way its slashes lean. */
export const baseName = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
