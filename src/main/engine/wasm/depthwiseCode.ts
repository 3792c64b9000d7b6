import { FunctionBuilder } from './assembler';

/** One image's depthwise convolution or filter gradient, without padding. Steps and strides count floats. */
export interface DepthwiseShape {
  outHeight: number;
  outWidth: number;
  channels: number;
  inRowStep: number;
  inColStep: number;
  outRowStep: number;
  outColStep: number;
  rows: number;
  rowStride: number;
  columns: number;
  columnStride: number;
}

const FLOAT = 4;
const WIDE = 8;

/** Code for run(input, weights, output): weights are [rows, columns, channels]; channels go side by side in vectors. */
export function depthwiseCode(shape: DepthwiseShape): FunctionBuilder {
  const f = new FunctionBuilder(3);
  const [input, weights, output] = [0, 1, 2] as const;
  const { channels } = shape;
  const [inRow, inPixel, outRow, outPixel, a, w] = Array.from({ length: 6 }, () => f.local('i32')) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const sums = Array.from({ length: WIDE }, () => f.local('v128'));
  const left = f.local('v128');
  const right = f.local('v128');
  const block = (first: number, floats: number) => {
    const vectors = Math.ceil(floats / 4);
    for (let v = 0; v < vectors; v++) f.constVector(0).set(sums[v]!);
    f.point(a, inPixel, first * FLOAT).point(w, weights, first * FLOAT);
    f.repeat(shape.rows, () => {
      f.repeat(shape.columns, () => {
        for (let v = 0; v < vectors; v++) {
          f.get(a)
            .load(v * 16)
            .set(left);
          f.get(w)
            .load(v * 16)
            .set(right)
            .multiplyAdd(sums[v]!, left, right);
        }
        f.advance(a, shape.columnStride * FLOAT).advance(w, channels * FLOAT);
      });
      f.advance(a, (shape.rowStride - shape.columns * shape.columnStride) * FLOAT);
    });
    for (let v = 0; v < vectors; v++)
      f.storeLanes(outPixel, sums[v]!, first * FLOAT + v * 16, floats - v * 4);
  };
  f.point(inRow, input, 0).point(outRow, output, 0);
  f.repeat(shape.outHeight, () => {
    f.point(inPixel, inRow, 0).point(outPixel, outRow, 0);
    f.repeat(shape.outWidth, () => {
      for (let first = 0; first < channels; first += WIDE * 4)
        block(first, Math.min(WIDE * 4, channels - first));
      f.advance(inPixel, shape.inColStep * FLOAT).advance(outPixel, shape.outColStep * FLOAT);
    });
    f.advance(inRow, shape.inRowStep * FLOAT).advance(outRow, shape.outRowStep * FLOAT);
  });
  return f;
}

/** Code for run(x, dY, dW): dW[tap, c] += sum over pixels of x[pixel + tap, c] dY[pixel, c]. */
export function depthwiseFilterGradientCode(shape: DepthwiseShape): FunctionBuilder {
  const f = new FunctionBuilder(3);
  const [x, dy, dw] = [0, 1, 2] as const;
  const { channels, columns } = shape;
  const [xRow, a, b] = Array.from({ length: 3 }, () => f.local('i32')) as [number, number, number];
  const sums = Array.from({ length: columns }, () => f.local('v128'));
  const left = f.local('v128');
  const right = f.local('v128');
  const block = (lanes: number) => {
    f.point(xRow, x, 0);
    f.repeat(shape.rows, () => {
      for (const [tap, sum] of sums.entries())
        f.get(dw)
          .load(tap * channels * FLOAT)
          .set(sum);
      f.point(a, xRow, 0).point(b, dy, 0);
      f.repeat(shape.outHeight, () => {
        f.repeat(shape.outWidth, () => {
          f.get(b).load(0).set(right);
          for (const [tap, sum] of sums.entries())
            f.get(a)
              .load(tap * shape.columnStride * FLOAT)
              .set(left)
              .multiplyAdd(sum, left, right);
          f.advance(a, shape.inColStep * FLOAT).advance(b, shape.outColStep * FLOAT);
        });
        f.advance(a, (shape.inRowStep - shape.outWidth * shape.inColStep) * FLOAT);
        f.advance(b, (shape.outRowStep - shape.outWidth * shape.outColStep) * FLOAT);
      });
      for (const [tap, sum] of sums.entries()) f.storeLanes(dw, sum, tap * channels * FLOAT, lanes);
      f.advance(xRow, shape.rowStride * FLOAT).advance(dw, columns * channels * FLOAT);
    });
    f.advance(dw, (4 - shape.rows * columns * channels) * FLOAT)
      .advance(x, 4 * FLOAT)
      .advance(dy, 4 * FLOAT);
  };
  f.repeat(Math.floor(channels / 4), () => block(4));
  if (channels % 4 > 0) block(channels % 4);
  return f;
}
