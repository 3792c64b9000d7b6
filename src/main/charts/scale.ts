/** @file From data to places on an axis. */

export interface Scale {
  /** The pixel of a value. */
  at(value: number): number;
  ticks: number[];
}

/** @param range pixels of the two ends, in either order */
export function linearScale([from, to]: [number, number], range: [number, number], count = 6): Scale {
  const step = niceStep((to - from) / count);
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return { at: (value) => range[0] + ((value - from) / (to - from)) * (range[1] - range[0]), ticks };
}

/** Logarithmic, with ticks at 1, 2 and 5 of every power of ten. @param domain above zero */
export function logScale([from, to]: [number, number], range: [number, number]): Scale {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++)
    for (const digit of [1, 2, 5]) {
      const tick = Number((digit * 10 ** power).toPrecision(3));
      if (tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9)) ticks.push(tick);
    }
  const inner = linearScale([Math.log(from), Math.log(to)], range);
  return { at: (value) => inner.at(Math.log(value)), ticks };
}

/** The nearest of 1, 2 and 5 times a power of ten that is not smaller. */
function niceStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted));
  const digit = [1, 2, 5, 10].find((value) => value * power >= wanted * (1 - 1e-9))!;
  return digit * power;
}
