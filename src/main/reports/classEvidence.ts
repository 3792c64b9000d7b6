/** @file From findings about one class to its part of a report: figures with intervals, boxes as shares of the sides. */
import { entropyBits } from '../../contract/noiseMap';
import type { ClassReport, Figure, ReportExample } from '../../contract/reports';
import { mean } from '../noise/statistics';
import { averageOf, onOneScale } from './averages';
import { boxSums } from './boxes';
import { gain, type RegionFinding } from './effects';
import { comparisonOf, figureOf, rfsOf, shares } from './figures';
import { NOISE_LEVELS, type Noised } from './interventions/noise';
import type { Compared } from './interventions/region';
import type { Finds } from './nominations';
import { lookedAt, strategiesOf } from './strategies';
import type { Subject } from './types';
import type { Judgement } from './verdict';

const EXAMPLES = 4;
const LISTED_BOXES = 40;

export function outsideOf(ours: Subject[], seed: number): ClassReport['outside'] {
  const drawn = ours.filter(({ object }) => object?.includes(1));
  if (drawn.length === 0) return null;
  const kept = drawn.map((subject) => outsideShare(subject)!);
  const area = drawn.map(({ object }) => 1 - mean(object!));
  return { kept: figureOf(kept, seed), area: figureOf(area, seed) };
}

export function outsideShare({ kept, object }: Subject): number | null {
  if (!object) return null;
  let [all, inside] = [0, 0];
  kept.forEach((bits, p) => {
    all += bits;
    if (object[p]) inside += bits;
  });
  return all > 0 ? 1 - inside / all : null;
}

/** The place, and how much of its kept information an image has in it, in this class and in the others. */
export function placeOf(
  { hot }: Finds,
  subjects: Subject[],
  label: number,
  size: number,
  seed: number,
): ClassReport['place'] {
  const place = hot.find((one) => one.label === label);
  if (!place) return null;
  const { box, z, p } = place;
  const kept = (ours: boolean) =>
    figureOf(
      subjects
        .filter((subject) => (subject.label === label) === ours)
        .map((subject) => boxSums(subject.kept, size)(box) / Math.max(1e-9, sumOf(subject.kept))),
      seed,
    );
  return { ...{ box: shares(box, size), z, p }, kept: kept(true), keptByOthers: kept(false) };
}

const sumOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);

/** The strongest first: proven, then by how far both interventions moved the answers. */
export function regionsOf(
  regions: RegionFinding[],
  label: number,
  size: number,
  seed: number,
): ClassReport['regions'] {
  const strength = (one: RegionFinding) =>
    (one.proven ? 2 : 0) + Math.min(gain(one.removed), gain(one.pasted));
  return regions
    .filter((one) => one.label === label)
    .toSorted((a, b) => strength(b) - strength(a))
    .map(({ source, why, boxes, removed, pasted, proven, flipped }) => ({
      ...{ source, why, proven, flipped },
      boxes: boxes.slice(0, LISTED_BOXES).map(({ id, box }) => ({ imageId: id, box: shares(box, size) })),
      removed: { ...comparisonOf(removed, removed.p, seed), examples: examplesOf(removed, size) },
      pasted: { ...comparisonOf(pasted, pasted.p, seed), examples: examplesOf(pasted, size) },
    }));
}

/** Those whose answer changed most come first. */
function examplesOf({ region, control, ids, donors }: Compared, size: number): ReportExample[] {
  const order = ids.map((_, i) => i).sort((a, b) => region[b]! - control[b]! - (region[a]! - control[a]!));
  return order.slice(0, EXAMPLES).map((i) => ({
    ...{ imageId: ids[i]!, donorId: donors[i]!.id, box: shares(donors[i]!.box, size) },
    changed: region[i]! > 0.5,
  }));
}

export function backgroundOf({ background }: Judgement, seed: number): ClassReport['background'] {
  if (!background) return null;
  const { object, swapped, others, canGo, p, proven, label } = background;
  const list = (of: (one: (typeof swapped)[number]) => number): Figure => figureOf(swapped.map(of), seed);
  return {
    ...{ object, proven },
    images: swapped.toSorted((a, b) => b.followsGround - a.followsGround).map(({ id }) => id),
    followsGround: list(({ followsGround }) => followsGround),
    left: comparisonOf(
      { region: swapped.map(({ left }) => left), control: swapped.map(({ leftControl }) => leftControl) },
      p,
      seed,
    ),
    withoutObject: list(({ without }) => Number(without === label)),
    withoutObjectOthers: figureOf(others, seed),
    regionsThatCanGo: canGo && figureOf(canGo, seed),
  };
}

export function noiseOf(
  noised: Noised[],
  label: number,
  pixelScale: number,
  seed: number,
): ClassReport['noise'] {
  const ours = noised.filter((one) => one.label === label);
  if (ours.length === 0) return [];
  return NOISE_LEVELS.map((sigma, level) => {
    const object = figureOf(
      ours.map((one) => one.object[level]!),
      seed,
    );
    const background = figureOf(
      ours.map((one) => one.background[level]!),
      seed,
    );
    return {
      ...{ sigma, bits: entropyBits(sigma * pixelScale), object, background },
      rfs: rfsOf(ours, level, seed),
    };
  });
}

export function strategiesIn(ours: Subject[], size: number, seed: number): ClassReport['strategies'] {
  const seen = lookedAt(ours);
  const found = strategiesOf(
    seen.map(({ kept }) => kept),
    size,
    seed,
  );
  if (!found) return null;
  const { count, eigengaps, silhouettes, groupOf, silhouetteOf, points } = found;
  const members = Array.from({ length: count }, (_, group) =>
    groupOf.flatMap((other, i) => (other === group ? [i] : [])),
  );
  const averages = onOneScale(
    members.map((at) =>
      averageOf(
        at.map((i) => seen[i]!.kept),
        size,
      ),
    ),
  );
  return {
    ...{ count, eigengaps, silhouettes },
    groups: members.map((at, group) => ({
      images: at.map((i) => seen[i]!.id),
      average: averages[group]!,
      silhouette: figureOf(
        at.map((i) => silhouetteOf[i]!),
        seed,
      ),
    })),
    points: points.map(([x, y], i) => ({ imageId: seen[i]!.id, x, y, group: groupOf[i]! })),
  };
}
