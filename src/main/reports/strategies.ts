/**
 * @file Whether a class is recognised in more than one way: spectral clusters of its maps (SpRAy, Lapuschkin et al. 2019), and the
 * maps in two dimensions (UMAP, McInnes et al. 2018).
 */
import { kmeans } from 'ml-kmeans';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { UMAP } from 'umap-js';
import { resample } from '../../contract/noiseMap';
import { Random } from '../noise/random';
import { mean } from '../noise/statistics';

/** Maps are compared at this side. */
const SIDE = 12;
const MOST_GROUPS = 6;
/** Fewer maps have no shape to speak of. */
const LEAST_MAPS = 12;
/** More are not looked at: the eigenvalues of a matrix of this side take a second. */
const MOST_MAPS = 200;
/** A mean silhouette that makes groups worth telling apart (Kaufman and Rousseeuw 1990 call 0.25 and less no structure). */
const CLEAR = 0.25;
const NEIGHBOURS = 7;

export interface Groups {
  count: number;
  eigengaps: number[];
  silhouettes: number[];
  /** Of every map that was looked at, in order. */
  groupOf: number[];
  silhouetteOf: number[];
  points: [x: number, y: number][];
}

/** Which of the maps are looked at: all, or so many spread over them. */
export function lookedAt<T>(items: T[]): T[] {
  if (items.length <= MOST_MAPS) return items;
  return Array.from(
    { length: MOST_MAPS },
    (_, i) => items[Math.floor(((i + 0.5) * items.length) / MOST_MAPS)]!,
  );
}

/** @param maps [size, size] each @returns null where there are too few */
export function strategiesOf(maps: Float32Array[], size: number, seed: number): Groups | null {
  if (maps.length < LEAST_MAPS) return null;
  const vectors = maps.map((map) =>
    unit([...resample({ width: size, height: size, values: map }, SIDE, SIDE).values]),
  );
  const distances = vectors.map((a) =>
    vectors.map((b) => Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0))),
  );
  const { values, vectors: axes } = spectrum(affinities(distances));
  const most = Math.min(MOST_GROUPS, Math.floor(maps.length / 4));
  const eigengaps = Array.from({ length: most }, (_, k) => values[k + 1]! - values[k]!);
  const tried = Array.from({ length: most - 1 }, (_, i) => {
    const count = i + 2;
    const rows = axes.map((axis) => unit(axis.slice(0, count)));
    const { clusters } = kmeans(rows, count, { seed });
    return { clusters, silhouettes: silhouettesOf(distances, clusters) };
  });
  const silhouettes = tried.map((one) => mean(one.silhouettes));
  const widest = eigengaps.indexOf(Math.max(...eigengaps.slice(1)), 1);
  const clear = widest > 0 && silhouettes[widest - 1]! >= CLEAR;
  return {
    ...{ count: clear ? widest + 1 : 1, eigengaps, silhouettes },
    groupOf: clear ? tried[widest - 1]!.clusters : maps.map(() => 0),
    silhouetteOf: clear ? tried[widest - 1]!.silhouettes : maps.map(() => 0),
    points: flattened(vectors, seed),
  };
}

function unit(vector: number[]): number[] {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? vector.map((value) => value / length) : vector;
}

/** Self-tuning (Zelnik-Manor and Perona 2004): a scale of its own for every map, the distance to its seventh neighbour. */
function affinities(distances: number[][]): number[][] {
  const scales = distances.map(
    (row) => [...row].sort((a, b) => a - b)[Math.min(NEIGHBOURS, row.length - 1)]! || 1e-6,
  );
  return distances.map((row, i) =>
    row.map((distance, j) => (i === j ? 0 : Math.exp(-(distance * distance) / (scales[i]! * scales[j]!)))),
  );
}

/** Of the symmetric normalised Laplacian: eigenvalues in rising order, and a row of eigenvector entries for every map. */
function spectrum(affinity: number[][]): { values: number[]; vectors: number[][] } {
  const root = affinity.map((row) => 1 / Math.sqrt(row.reduce((sum, value) => sum + value, 0) + 1e-12));
  const laplacian = new Matrix(
    affinity.map((row, i) => row.map((value, j) => Number(i === j) - root[i]! * value * root[j]!)),
  );
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(laplacian, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[a]! - realEigenvalues[b]!);
  return {
    values: order.map((i) => realEigenvalues[i]!),
    vectors: affinity.map((_, row) => order.slice(0, MOST_GROUPS).map((i) => eigenvectorMatrix.get(row, i))),
  };
}

/** (b - a) / max(a, b): a the mean distance within the group, b that to the nearest other (Rousseeuw 1987). */
export function silhouettesOf(distances: number[][], groups: number[]): number[] {
  const members = [...new Set(groups)].map((group) => ({
    group,
    at: groups.flatMap((other, i) => (other === group ? [i] : [])),
  }));
  return distances.map((row, i) => {
    const ours = members.find(({ group }) => group === groups[i])!.at.filter((j) => j !== i);
    if (ours.length === 0 || members.length < 2) return 0;
    const away = (at: number[]) => mean(at.map((j) => row[j]!));
    const a = away(ours);
    const b = Math.min(...members.filter(({ group }) => group !== groups[i]).map(({ at }) => away(at)));
    return Math.max(a, b) > 0 ? (b - a) / Math.max(a, b) : 0;
  });
}

function flattened(vectors: number[][], seed: number): [number, number][] {
  const random = new Random(seed, vectors.length, 'umap');
  const umap = new UMAP({ nNeighbors: Math.min(15, vectors.length - 1), random: () => random.uniform() });
  const points = umap.fit(vectors);
  const scale = (axis: 0 | 1) => {
    const values = points.map((point) => point[axis]!);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return (value: number) => (high > low ? (value - low) / (high - low) : 0.5);
  };
  const [x, y] = [scale(0), scale(1)];
  return points.map((point) => [x(point[0]!), y(point[1]!)]);
}
