/**
 * One axis of an input gradient: with padding p and stride s, row h of dX takes tap k of row o of dY where
 * h + p = s o + k. All rows of one phase r = (h + p) mod s meet the same taps: a convolution of dY with those taps
 * in reverse, without a single multiplication by a zero between spread rows.
 */
export interface Phase {
  /** First row of this phase in dX, and how many there are. */
  first: number;
  count: number;
  /** Taps in the order in which they meet ascending rows of dY. */
  taps: number[];
  /** The row of dY that the first tap meets at the first row; negative within the padding. */
  start: number;
}

export function phasesOf(size: number, window: number, stride: number, pad: number): Phase[] {
  return Array.from({ length: stride }, (_, r) => {
    const first = (((r - pad) % stride) + stride) % stride;
    const taps: number[] = [];
    for (let k = r; k < window; k += stride) taps.unshift(k);
    const start = (first + pad - r) / stride - (taps.length - 1);
    return { first, count: Math.max(0, Math.ceil((size - first) / stride)), taps, start };
  });
}

/** The frame, along one axis, that holds every row of dY that any phase reads. */
export function frameOf(phases: Phase[], size: number): { before: number; size: number } {
  const read = phases.filter(({ taps, count }) => taps.length > 0 && count > 0);
  const before = Math.max(0, ...read.map(({ start }) => -start));
  const ends = read.map(({ start, count, taps }) => start + count + taps.length - 1);
  return { before, size: before + Math.max(size, ...ends) };
}
