/** @file A whole report: from images with maps and an encoder that answers, to what is kept and shown (docs/report.md). */

import { entropyBits } from '../../contract/noiseMap';
import type { ClassReport, DataProperty, Figure, ReportContent, ReportExample } from '../../contract/reports';
import { mean } from '../noise/statistics';
import { averageOf, onOneScale, suspicionOf, typicality } from './averages';
import { boxSums } from './boxes';
import { type Fingerprint, nearDuplicates } from './duplicates';
import { gain, measureEffects, type RegionFinding, type Stage } from './effects';
import { comparisonOf, figureOf, shares } from './figures';
import { NOISE_LEVELS, type Noised, relativeForegroundSensitivity } from './interventions/noise';
import type { Compared } from './interventions/region';
import { type Finds, nominate } from './nominations';
import { imageProperties } from './properties';
import { lookedAt, strategiesOf } from './strategies';
import type { Material, Subject } from './types';
import { type Judgement, judge } from './verdict';
import { describeProperty, reasonsFor, summaryOf } from './words';

/** What the material alone does not say. */
export interface Surroundings {
  /** Width and height of every subject's file. */
  dimensions: Map<number, { width: number; height: number }>;
  /** Maps of the negative mask, [size, size] each, where there are any. */
  negative: Map<number, Float32Array>;
  /** Of all images of the project. */
  prints: Fingerprint[];
  /** At most so many images of a class are tested by interventions. */
  perClass: number;
  split: string | null;
  /** 8-bit steps of one unit of the encoder's normalised images. */
  pixelScale: number;
  warnings: string[];
}

/** What is known without the project: the rest is added by whoever keeps the report. */
export type Analysis = Omit<ReportContent, 'encoder' | 'runs' | 'objectsFrom' | 'seconds'>;

export interface Analysed {
  content: Analysis;
  /** One number an image, 0..1. */
  suspicion: { imageId: number; suspicion: number }[];
}

const RANKED = 12;
const EXAMPLES = 4;
const LISTED_BOXES = 40;
const PROPERTY_P = 0.01;
/** How far above the largest class' share a property has to predict before it is listed. */
const PROPERTY_GAIN = 0.1;

/** @param breathe called between parts that keep the thread busy */
export async function analyse(
  material: Material,
  around: Surroundings,
  stage: Stage,
  breathe: () => Promise<void>,
): Promise<Analysed> {
  const { subjects, answers, classes, size, seed } = material;
  const finds = await nominate(material, breathe);
  const answered = new Map(subjects.map(({ id }, i) => [id, answers[i]!.label]));
  const isRight = ({ id, label }: Subject) => answered.get(id) === label;
  const tested = classes.flatMap((_, label) =>
    spread(
      subjects.filter((subject) => subject.label === label && isRight(subject)),
      around.perClass,
    ),
  );
  const effects = await measureEffects(material, tested, finds.nominations, stage);
  const positive = onOneScale(classes.map((_, label) => averageOf(mapsOf(subjects, label), size)));
  const negative = negativeAverages(subjects, around.negative, classes.length, size);

  const parts: { report: ClassReport; suspicion: Analysed['suspicion'] }[] = [];
  for (const [label, name] of classes.entries()) {
    await breathe();
    const ours = subjects.filter((subject) => subject.label === label);
    const right = ours.filter(isRight).length;
    const judgement = judge(label, right, effects, seed);
    const suspicion = suspicionsOf(ours, judgement, size);
    const without = {
      ...{ name, verdict: judgement.verdict, images: ours.length, right },
      ...{ score: judgement.score, interval: judgement.interval },
      accuracy: figureOf(
        ours.map((subject) => Number(isRight(subject))),
        seed,
      ),
      outside: outsideOf(ours, seed),
      place: placeOf(finds, label, size),
      regions: regionsOf(effects.regions, label, size, seed),
      background: backgroundOf(judgement, seed),
      noise: noiseOf(effects.noised, label, around.pixelScale, seed),
      averages: { positive: positive[label]!, negative: negative?.[label] ?? null },
      strategies: strategiesIn(ours, size, seed),
      ranked: rankedOf(ours, suspicion),
    };
    parts.push({ report: { ...without, reasons: reasonsFor(without, classes.length) }, suspicion });
  }
  const properties = imageProperties(
    subjects.map(({ id, label, pixels }) => ({ label, pixels, ...around.dimensions.get(id)! })),
    classes.length,
    size,
    seed,
  );
  const content = {
    ...{ version: 1 as const, split: around.split, size, seed, images: subjects.length },
    objects: subjects.filter(({ object }) => object !== null).length,
    classes: parts.map(({ report }) => report).sort((a, b) => b.score - a.score),
    dataProperties: dataPropertiesOf(effects.regions, properties, classes, size),
    properties,
    accuracy: figureOf(
      subjects.map((subject) => Number(isRight(subject))),
      seed,
    ),
    confusion: { classes, counts: confusionOf(material) },
    duplicates: nearDuplicates(around.prints),
    warnings: around.warnings,
  };
  return {
    content: { ...content, summary: summaryOf(content) },
    suspicion: parts.flatMap(({ suspicion }) => suspicion),
  };
}

const mapsOf = (subjects: Subject[], label: number): Float32Array[] =>
  subjects.filter((subject) => subject.label === label).map(({ kept }) => kept);

function spread<T>(items: T[], count: number): T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]!);
}

function negativeAverages(
  subjects: Subject[],
  negative: Map<number, Float32Array>,
  classes: number,
  size: number,
): ReturnType<typeof onOneScale> | null {
  const maps = Array.from({ length: classes }, (_, label) =>
    subjects.flatMap((subject) => (subject.label === label ? (negative.get(subject.id) ?? []) : [])),
  );
  return maps.every((ours) => ours.length > 0) ? onOneScale(maps.map((ours) => averageOf(ours, size))) : null;
}

function outsideOf(ours: Subject[], seed: number): ClassReport['outside'] {
  const drawn = ours.filter(({ object }) => object?.includes(1));
  if (drawn.length === 0) return null;
  const kept = drawn.map((subject) => outsideShare(subject)!);
  const area = drawn.map(({ object }) => 1 - mean(object!));
  return { kept: figureOf(kept, seed), area: figureOf(area, seed) };
}

function outsideShare({ kept, object }: Subject): number | null {
  if (!object) return null;
  let [all, inside] = [0, 0];
  kept.forEach((bits, p) => {
    all += bits;
    if (object[p]) inside += bits;
  });
  return all > 0 ? 1 - inside / all : null;
}

function placeOf({ hot }: Finds, label: number, size: number): ClassReport['place'] {
  const place = hot.find((one) => one.label === label);
  return place ? { box: shares(place.box, size), z: place.z, p: place.p } : null;
}

/** The strongest first: proven, then by how far both interventions moved the answers. */
function regionsOf(
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

function backgroundOf({ background }: Judgement, seed: number): ClassReport['background'] {
  if (!background) return null;
  const { object, swapped, others, canGo, p, proven, label } = background;
  const list = (of: (one: (typeof swapped)[number]) => number): Figure => figureOf(swapped.map(of), seed);
  return {
    ...{ object, proven },
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

function noiseOf(noised: Noised[], label: number, pixelScale: number, seed: number): ClassReport['noise'] {
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
    const rfs = relativeForegroundSensitivity(background.mean, object.mean);
    return { sigma, bits: entropyBits(sigma * pixelScale), object, background, rfs };
  });
}

function strategiesIn(ours: Subject[], size: number, seed: number): ClassReport['strategies'] {
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
      silhouette: mean(at.map((i) => silhouetteOf[i]!)),
    })),
    points: points.map(([x, y], i) => ({ imageId: seen[i]!.id, x, y, group: groupOf[i]! })),
  };
}

function suspicionsOf(
  ours: Subject[],
  { score, region, background }: Judgement,
  size: number,
): Analysed['suspicion'] {
  const proven = region?.proven ? region : null;
  const moved = new Map<number, number>(
    proven
      ? proven.removed.ids.map((id, i) => [id, proven.removed.region[i]! - proven.removed.control[i]!])
      : (background?.swapped.map(({ id, followsGround }) => [id, followsGround]) ?? []),
  );
  const boxes = new Map(proven?.boxes.map(({ id, box }) => [id, box]));
  return ours.map((subject) => {
    const box = boxes.get(subject.id);
    const inBox = box
      ? boxSums(subject.kept, size)(box) / Math.max(1e-9, mean(subject.kept) * size * size)
      : null;
    return {
      imageId: subject.id,
      suspicion: suspicionOf({
        classScore: score,
        moved: moved.get(subject.id) ?? null,
        elsewhere: inBox ?? outsideShare(subject),
      }),
    };
  });
}

function rankedOf(ours: Subject[], suspicion: Analysed['suspicion']): ClassReport['ranked'] {
  const typical = typicality(ours.map(({ kept }) => kept));
  const order = ours.map((_, i) => i).sort((a, b) => typical[b]! - typical[a]!);
  const ids = (places: number[]) => places.slice(0, RANKED).map((i) => ours[i]!.id);
  return {
    typical: ids(order),
    unusual: ids(order.toReversed()),
    suspicious: suspicion
      .toSorted((a, b) => b.suspicion - a.suspicion)
      .slice(0, RANKED)
      .map(({ imageId }) => imageId),
  };
}

/** Places and patterns of the data that no intervention could show the encoder to rely on, and properties beyond chance. */
function dataPropertiesOf(
  regions: RegionFinding[],
  properties: ReturnType<typeof imageProperties>,
  classes: string[],
  size: number,
): DataProperty[] {
  const proven = new Set(regions.filter((one) => one.proven).map(({ label }) => label));
  const places = regions
    .filter(({ source, label }) => (source === 'colour' || source === 'pattern') && !proven.has(label))
    .map(({ label, source, why, boxes }) => ({
      className: classes[label]!,
      kind: source === 'colour' ? ('place' as const) : ('pattern' as const),
      sentence: `${why} The interventions did not show that the encoder relies on it.`,
      box: source === 'colour' && boxes[0] ? shares(boxes[0].box, size) : null,
      images: boxes.slice(0, RANKED).map(({ id }) => id),
    }));
  const telling = properties
    .filter(({ p, accuracy, majority }) => p <= PROPERTY_P && accuracy.mean >= majority + PROPERTY_GAIN)
    .map((property) => ({
      className: classes[property.means.indexOf(Math.max(...property.means))]!,
      kind: 'property' as const,
      sentence: describeProperty(property),
      box: null,
      images: [],
    }));
  return [...places, ...telling];
}

/** Rows are the images' classes, columns the answers. */
function confusionOf({ subjects, answers, classes }: Material): number[][] {
  const counts = classes.map(() => classes.map(() => 0));
  subjects.forEach(({ label }, i) => {
    // Answers of an encoder that knows other classes too have no column.
    const answer = answers[i]!.label;
    if (answer >= 0) counts[label]![answer]!++;
  });
  return counts;
}
