/** @file What a report says in sentences: nothing that its figures do not carry. */
import type {
  ClassReport,
  DataProperty,
  Figure,
  ImageProperty,
  ReportContent,
  SuspectRegion,
} from '../../contract/reports';
import { LEAST_RIGHT } from './effects';

const percent = (value: number): string => `${Math.round(100 * value)} %`;

/** "62 % (51 to 73 %, 48 images)" */
const withInterval = ({ mean, low, high, images }: Figure): string =>
  `${percent(mean)} (${Math.round(100 * low)} to ${percent(high)}, ${images} images)`;

const SOURCES: Record<SuspectRegion['source'], string> = {
  map: 'a fixed place',
  colour: 'a fixed place',
  pattern: 'a small picture that recurs',
  outside: 'the hottest place outside the object',
  annotated: 'the marked cue',
};

/** Whether a class is recognised by more than the hottest part of its maps, and nobody said what of the picture is the object. */
const isSpread = ({ verdict, right, background }: Omit<ClassReport, 'reasons'>): boolean =>
  verdict === 'insufficient' && right >= LEAST_RIGHT && background?.object === 'hottest';

/** What the verdict on a class rests on. */
export function reasonsFor(report: Omit<ClassReport, 'reasons'>, classes: number): string[] {
  const { verdict, regions, background, right, images, outside } = report;
  const [region] = regions;
  const reasons: string[] = [];
  if (verdict === 'insufficient')
    reasons.push(
      right < LEAST_RIGHT
        ? `Only ${right} of its ${images} images are answered right; a verdict needs at least ${LEAST_RIGHT}.`
        : isSpread(report)
          ? 'Much of what it is recognised by lies outside the hottest quarter of its maps. No object is drawn, so surroundings cannot be told from an object that fills the picture: draw the objects of some of its images.'
          : 'There are too few images with surroundings to exchange.',
    );
  if (region?.proven)
    reasons.push(
      `It relies on ${SOURCES[region.source]}: replaced by what other classes have there, the answer is lost in ${withInterval(region.removed.region)}, against ${percent(region.removed.control.mean)} for regions elsewhere.`,
      `Put onto images of other classes it brings its answer along in ${withInterval(region.pasted.region)}, against ${percent(region.pasted.control.mean)}.`,
    );
  else if (region)
    reasons.push(
      `The most suspicious region (${SOURCES[region.source]}) was not proved: replacing it costs ${percent(region.removed.region.mean)} of the answers (elsewhere ${percent(region.removed.control.mean)}), pasting it flips ${percent(region.pasted.region.mean)} (elsewhere ${percent(region.pasted.control.mean)}).`,
    );
  if (background) {
    const what = background.object === 'drawn' ? 'Its objects' : 'The hottest quarters of its images';
    reasons.push(
      `${what} on the surroundings of other classes are answered as the surroundings' class in ${withInterval(background.followsGround)}.`,
    );
    if (verdict === 'object' && background.object === 'hottest')
      reasons.push(
        'No object is drawn: that the hottest quarter is the object is for the pictures below to show.',
      );
  }
  if (outside)
    reasons.push(
      `${withInterval(outside.kept)} of its kept information lies outside the object, which leaves ${percent(outside.area.mean)} of the picture free.`,
    );
  if (classes === 2 && verdict === 'object')
    reasons.push(
      'With two classes one may be recognised by what the other has: look at the other class too.',
    );
  return reasons;
}

const LISTED = 4;

/** Names joined for a sentence. */
function list(names: string[]): string {
  const shown = names.length > LISTED ? [...names.slice(0, LISTED), `${names.length - LISTED} more`] : names;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : (shown[0] ?? '');
}

/** The whole folder in a few sentences. */
export function summaryOf(
  content: Omit<ReportContent, 'summary' | 'encoder' | 'runs' | 'objectsFrom' | 'seconds'>,
  encoder: string,
): string[] {
  const { classes, accuracy, confusion, duplicates, dataProperties, properties, images, objects } = content;
  const of = (...verdicts: ClassReport['verdict'][]) =>
    classes.filter(({ verdict }) => verdicts.includes(verdict)).map(({ name }) => name);
  const sentences = [
    `${images} images of ${classes.length} classes were looked at, ${objects} of them with a drawn object.`,
  ];
  const [cues, grounds, mixed] = [of('cue'), of('background'), of('mixed')];
  if (cues.length > 0)
    sentences.push(
      `Proved by intervention: ${list(cues)} ${is(cues)} recognised by a cue beside the object.`,
    );
  if (grounds.length > 0)
    sentences.push(`Proved by intervention: ${list(grounds)} ${is(grounds)} recognised by the surroundings.`);
  if (mixed.length > 0)
    sentences.push(
      `Proved by intervention: ${list(mixed)} ${is(mixed)} recognised partly by something else than the object.`,
    );
  const spread = classes.filter(isSpread).map(({ name }) => name);
  if (spread.length > 0)
    sentences.push(
      `Undecided: much of what ${list(spread)} ${is(spread)} recognised by lies outside the hottest quarter of the maps. Surroundings cannot be told from objects that fill the picture until some objects are drawn.`,
    );
  if (cues.length + grounds.length + mixed.length + spread.length === 0)
    sentences.push('No intervention showed a class to rely on anything but its object.');
  const unknown = of('insufficient').filter((name) => !spread.includes(name));
  if (unknown.length > 0) sentences.push(`Too little data for a verdict on ${list(unknown)}.`);
  const chance =
    Math.max(...confusion.counts.map((row) => row.reduce((sum, value) => sum + value, 0))) /
    Math.max(1, accuracy.images);
  const weak = accuracy.low < chance + (1 - chance) / 4;
  sentences.push(
    weak
      ? `The encoder "${encoder}" is weak: it answers ${withInterval(accuracy)} right, where the largest class alone is ${percent(chance)}. What it relies on says little.`
      : `The encoder answers ${withInterval(accuracy)} right.`,
  );
  if (dataProperties.length > 0)
    sentences.push(
      `In the data, whether or not the encoder uses it: ${list([...new Set(dataProperties.map(describe))])}.`,
    );
  else if (properties.length > 0)
    sentences.push('No simple property of the images goes with a class beyond chance.');
  if (duplicates.length > 0)
    sentences.push(`${duplicates.length} pairs of nearly equal images lie in different classes or splits.`);
  return sentences;
}

const is = (names: string[]): string => (names.length > 1 ? 'are' : 'is');

const describe = ({ className, kind }: DataProperty): string =>
  kind === 'place'
    ? `"${className}" differs at one place`
    : kind === 'pattern'
      ? `a small picture recurs in "${className}"`
      : `a property of the images goes with "${className}"`;

const PROPERTIES: Record<ImageProperty['name'], string> = {
  brightness: 'brightness',
  darkness: 'darkness',
  blur: 'blur',
  saturation: 'saturation',
  size: 'the size of the file in pixels',
  aspect: 'the ratio of its sides',
  border: 'a border of one tone',
};

/** "Blur alone tells the class of 62 % ..." */
export function describeProperty({ name, accuracy, majority }: ImageProperty): string {
  const what = PROPERTIES[name];
  return `${what[0]!.toUpperCase()}${what.slice(1)} alone tells the class of ${withInterval(accuracy)}; the largest class is ${percent(majority)}.`;
}
