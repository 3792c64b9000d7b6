/** A position as files have it: to a thousandth of a pixel. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
