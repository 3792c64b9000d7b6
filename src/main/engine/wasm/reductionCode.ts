import { FunctionBuilder } from './assembler';

/** Axes outermost first, neighbours merged so that kept and reduced ones alternate. */
export interface ReductionAxis {
  size: number;
  reduced: boolean;
}

const FLOAT = 4;
/** Vectors summed side by side. */
const WIDE = 8;
/** Summands added up before they join the total: keeps rounding errors of long sums small. */
const PARTIAL = 256;

/** Code for run(x, out): sums over the reduced axes, times `factor`. */
export function reductionCode(axes: ReductionAxis[], factor: number): FunctionBuilder {
  const f = new FunctionBuilder(2);
  const [x, out] = [0, 1] as const;
  const strides = axes.map((_, i) => axes.slice(i + 1).reduce((product, { size }) => product * size, 1));
  const sums = Array.from({ length: WIDE }, () => f.local('v128'));
  const totals = Array.from({ length: WIDE }, () => f.local('v128'));
  const at = f.local('i32');
  const lastIndex = axes.length - 1;
  const last = axes[lastIndex]!;
  const loops = axes.map(({ size, reduced }, i) => ({ size, reduced, stride: strides[i]! }));
  const zero = (vectors: number[]) => {
    for (const vector of vectors) f.constVector(0).set(vector);
  };
  const addUp = (into: number[], from: number[]) => {
    for (const [i, vector] of from.entries()) f.get(into[i]!).get(vector).add().set(into[i]!);
  };

  /** Runs `body` at each position of some loops, with `at` pointing there; leaves `at` where it was. */
  const walk = (over: { size: number; stride: number }[], body: () => void): void => {
    const [first, ...rest] = over;
    if (!first) {
      body();
      return;
    }
    f.repeat(first.size, () => {
      walk(rest, body);
      f.advance(at, first.stride * FLOAT);
    });
    f.advance(at, -first.size * first.stride * FLOAT);
  };
  /** Sums `body`'s contributions over `over` into totals, in partial sums along the innermost loop. */
  const accumulate = (over: { size: number; stride: number }[], count: number, body: () => void): void => {
    zero(totals.slice(0, count));
    const inner = over.at(-1);
    const part = (size: number) => {
      zero(sums.slice(0, count));
      f.repeat(size, () => {
        body();
        if (inner) f.advance(at, inner.stride * FLOAT);
      });
      addUp(totals, sums.slice(0, count));
    };
    walk(over.slice(0, -1), () => {
      if (!inner) return part(1);
      f.repeat(Math.floor(inner.size / PARTIAL), () => part(PARTIAL));
      if (inner.size % PARTIAL > 0) part(inner.size % PARTIAL);
      f.advance(at, -inner.size * inner.stride * FLOAT);
    });
  };
  const load = (vectors: number) => {
    for (let v = 0; v < vectors; v++)
      f.get(sums[v]!)
        .get(at)
        .load(v * 16)
        .add()
        .set(sums[v]!);
  };
  const scaled = (vector: number) => {
    if (factor !== 1) f.get(vector).constVector(factor).multiply().set(vector);
  };

  const keptLoops = loops.filter(({ reduced }, i) => !reduced && i !== lastIndex);
  const reducedLoops = loops.filter(({ reduced }, i) => reduced && i !== lastIndex);
  f.point(at, x, 0);
  if (!last.reduced) {
    const block = (floats: number) => {
      const vectors = Math.ceil(floats / 4);
      accumulate(reducedLoops, vectors, () => load(vectors));
      for (let v = 0; v < vectors; v++) {
        scaled(totals[v]!);
        f.storeLanes(out, totals[v]!, v * 16, floats - v * 4);
      }
      f.advance(at, floats * FLOAT).advance(out, floats * FLOAT);
    };
    walk(keptLoops, () => {
      f.repeat(Math.floor(last.size / (WIDE * 4)), () => block(WIDE * 4));
      if (last.size % (WIDE * 4) > 0) block(last.size % (WIDE * 4));
      f.advance(at, -last.size * FLOAT);
    });
    return f;
  }
  // The last axis is summed too: whole vectors of it side by side, what is left one by one in the first lane.
  const vectors = Math.floor(last.size / 4);
  const rest = last.size % 4;
  const accumulateLine = () => {
    const wide = Math.floor(vectors / WIDE);
    const step = () => {
      load(WIDE);
      f.advance(at, WIDE * 16);
    };
    f.repeat(Math.floor(wide / PARTIAL), () => {
      f.repeat(PARTIAL, step);
      addUp(totals, sums);
      zero(sums);
    });
    f.repeat(wide % PARTIAL, step);
    load(vectors % WIDE);
    f.advance(at, (vectors % WIDE) * 16);
    for (let i = 0; i < rest; i++)
      f.get(sums[0]!)
        .get(at)
        .loadZero(i * FLOAT)
        .add()
        .set(sums[0]!);
    f.advance(at, -vectors * 16);
  };
  walk(keptLoops, () => {
    accumulate(reducedLoops, WIDE, accumulateLine);
    for (let width = WIDE / 2; width >= 1; width /= 2) addUp(totals, totals.slice(width, 2 * width));
    f.sumLanes(totals[0]!);
    scaled(totals[0]!);
    f.storeLanes(out, totals[0]!, 0, 1).advance(out, FLOAT);
  });
  return f;
}
