/** @file How much of a map lies in a set of pixels. Running sums along its rows make a span cost its two ends. */
import { resample } from '../../contract/noiseMap';
import type { Field } from '../drawing/field';
import { areaOf, clip, type Size, type Spans } from './geometry/spans';

/** Maps are smooth: of larger images a cell of this many a side stands for the pixels it covers. */
const LONGEST = 256;

export class Sums {
  readonly #width: number;
  readonly #height: number;
  /** Of the first x cells of row y: `#sums[y * (width + 1) + x]`. */
  readonly #sums: Float64Array;
  readonly #total: number;

  /** @param size of the image, in whose pixels the sets are given */
  constructor(
    { grid, value }: Field,
    private readonly size: Size,
  ) {
    const scale = Math.min(1, LONGEST / Math.max(size.width, size.height));
    const [width, height] = [size.width, size.height].map((side) => Math.max(1, Math.round(side * scale)));
    this.#width = width!;
    this.#height = height!;
    const { values } = resample(grid, this.#width, this.#height);
    this.#sums = new Float64Array(this.#height * (this.#width + 1));
    for (let y = 0; y < this.#height; y++)
      for (let x = 0; x < this.#width; x++) {
        const at = y * (this.#width + 1) + x;
        this.#sums[at + 1] = this.#sums[at]! + value(values[y * this.#width + x]!);
      }
    const every = { top: 0, rows: Array.from({ length: size.height }, () => [0, size.width]) };
    this.#total = this.#over(every);
  }

  /** Of the sum over the image, the part that lies in a set of its pixels; 0 where there is nothing to share. */
  share(pixels: Spans): number {
    return this.#total > 0 ? this.#over(clip(pixels, this.size)) / this.#total : 0;
  }

  /** The same of the image's area. */
  area(pixels: Spans): number {
    return areaOf(clip(pixels, this.size)) / (this.size.width * this.size.height);
  }

  #over({ top, rows }: Spans): number {
    let sum = 0;
    rows.forEach((row, i) => {
      const y = Math.floor(((top + i + 0.5) * this.#height) / this.size.height);
      for (let j = 0; j < row.length; j += 2) sum += this.#upTo(y, row[j + 1]!) - this.#upTo(y, row[j]!);
    });
    return sum;
  }

  /** Of a row of cells, up to a column of the image; a cell that is cut counts by its part. */
  #upTo(y: number, column: number): number {
    const position = (column * this.#width) / this.size.width;
    const cell = Math.min(Math.floor(position), this.#width - 1);
    const at = y * (this.#width + 1) + cell;
    return this.#sums[at]! + (position - cell) * (this.#sums[at + 1]! - this.#sums[at]!);
  }
}
