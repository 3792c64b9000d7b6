/** @file Frozen features: what the nearest neighbours and a probe read from them, and whether they have collapsed. */
import { mean } from '../../noise/statistics';
import type { Features } from '../probe';

const NEIGHBOURS = 10;
/** Similarities count by exp(cosine / this), so that the nearest of the neighbours decide. */
const WARMTH = 0.1;

/** Classes by the nearest training features, by cosine. @returns share of test examples that are named wrongly */
export function knnError(train: Features, test: Features, classes: number): number {
  const size = train.values.length / train.labels.length;
  const known = unitRows(train.values, size);
  const asked = unitRows(test.values, size);
  let wrong = 0;
  for (let i = 0; i < test.labels.length; i++) {
    const near = Array.from(train.labels, (label, j) => ({ label, cosine: dot(asked, i, known, j, size) }))
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, NEIGHBOURS);
    const votes = new Float64Array(classes);
    for (const { label, cosine } of near) votes[label]! += Math.exp(cosine / WARMTH);
    if (votes.indexOf(Math.max(...votes)) !== test.labels[i]) wrong++;
  }
  return wrong / test.labels.length;
}

/** Directions closer together than this hold no difference between images that a distance would see. */
const LEAST_SPREAD = 0.05;
const LEAST_DIMENSIONS = 2;

/**
 * Two ways in which embeddings collapse: all images at one point, or along one line.
 * - spread: 1 - the length of the mean direction: 0 where all images have the same direction, 1 where directions cancel;
 * - dimensions: (sum of variances)^2 / sum of squared covariances, the number of equally used dimensions that vary as much.
 * @param values row by row, [count, size]
 */
export function embeddingHealth(
  values: Float32Array,
  size: number,
): { spread: number; dimensions: number; warnings: string[] } {
  const count = values.length / size;
  const directions = unitRows(values, size);
  const centre = columnMeans(directions, size);
  const spread = 1 - Math.sqrt(centre.reduce((sum, value) => sum + value ** 2, 0));
  const means = columnMeans(values, size);
  const covariance = new Float64Array(size * size);
  for (let i = 0; i < count; i++)
    for (let a = 0; a < size; a++) {
      const one = values[i * size + a]! - means[a]!;
      for (let b = 0; b < size; b++)
        covariance[a * size + b]! += (one * (values[i * size + b]! - means[b]!)) / count;
    }
  let trace = 0;
  for (let a = 0; a < size; a++) trace += covariance[a * size + a]!;
  const squares = covariance.reduce((sum, value) => sum + value ** 2, 0);
  const dimensions = squares === 0 ? 0 : trace ** 2 / squares;
  const warnings: string[] = [];
  if (spread < LEAST_SPREAD) warnings.push('the embeddings of different images are nearly the same');
  else if (dimensions < LEAST_DIMENSIONS) warnings.push('the embeddings lie nearly along one line');
  return { spread, dimensions, warnings };
}

function columnMeans(values: Float32Array, size: number): Float64Array {
  const sums = new Float64Array(size);
  values.forEach((value, i) => {
    sums[i % size]! += value;
  });
  return sums.map((sum) => (sum * size) / values.length);
}

function unitRows(values: Float32Array, size: number): Float32Array {
  const rows = Float32Array.from(values);
  for (let from = 0; from < rows.length; from += size) {
    const row = rows.subarray(from, from + size);
    const length = Math.sqrt(mean(row.map((value) => value ** 2)) * size);
    row.forEach((value, i) => {
      row[i] = value / Math.max(length, 1e-12);
    });
  }
  return rows;
}

function dot(a: Float32Array, i: number, b: Float32Array, j: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += a[i * size + k]! * b[j * size + k]!;
  return sum;
}
