/** @file A whole report: from images with maps and an encoder that answers, to what is kept and shown (docs/report.md). */

import { type ClassReport, REPORT_VERSION, type ReportContent } from '../../contract/reports';
import { averageOf, onOneScale } from './averages';
import { backgroundOf, noiseOf, outsideOf, placeOf, regionsOf, strategiesIn } from './classEvidence';
import { dataPropertiesOf } from './dataProperties';
import { type Fingerprint, nearDuplicates } from './duplicates';
import { measureEffects, type Stage } from './effects';
import { figureOf } from './figures';
import { nominate } from './nominations';
import { imageProperties } from './properties';
import { type ImageSuspicion, rankedOf, suspicionsOf } from './ranking';
import type { Material, Subject } from './types';
import { judge } from './verdict';
import { reasonsFor, summaryOf } from './words';

/** What the material alone does not say. */
export interface Surroundings {
  /** The encoder's name. */
  encoder: string;
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
  suspicion: ImageSuspicion[];
}

/** More would not be looked through, and a weak encoder has many. */
const MOST_WRONG = 2000;

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

  const parts: { report: ClassReport; suspicion: ImageSuspicion[] }[] = [];
  for (const [label, name] of classes.entries()) {
    await breathe();
    const ours = subjects.filter((subject) => subject.label === label);
    const right = ours.filter(isRight).length;
    const judgement = judge(label, right, effects, seed);
    const suspicion = suspicionsOf(ours, judgement, size);
    const without = {
      ...{ name, verdict: judgement.verdict, images: ours.length, right },
      ...{ score: judgement.score, interval: judgement.interval, scored: judgement.scored },
      accuracy: figureOf(
        ours.map((subject) => Number(isRight(subject))),
        seed,
      ),
      outside: outsideOf(ours, seed),
      place: placeOf(finds, subjects, label, size, seed),
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
    subjects.map(({ id, label, pixels }) => ({ id, label, pixels, ...around.dimensions.get(id)! })),
    classes.length,
    size,
    seed,
  );
  const content = {
    ...{ version: REPORT_VERSION, split: around.split, size, seed, images: subjects.length },
    objects: subjects.filter(({ object }) => object !== null).length,
    classes: parts.map(({ report }) => report).sort((a, b) => b.score - a.score),
    dataProperties: dataPropertiesOf(material, finds.nominations, effects.regions, properties),
    properties: properties.map(({ extremes: _, ...property }) => property),
    accuracy: figureOf(
      subjects.map((subject) => Number(isRight(subject))),
      seed,
    ),
    confusion: { classes, counts: confusionOf(material), wrong: wrongOf(material) },
    duplicates: nearDuplicates(around.prints),
    warnings: around.warnings,
  };
  return {
    content: { ...content, summary: summaryOf(content, around.encoder) },
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

function wrongOf({ subjects, answers }: Material): ReportContent['confusion']['wrong'] {
  return subjects
    .flatMap(({ id, label }, i) => {
      const answer = answers[i]!.label;
      return answer === label ? [] : [{ imageId: id, label, answer }];
    })
    .slice(0, MOST_WRONG);
}
