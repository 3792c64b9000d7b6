/**
 * @file Regions worth an intervention. None of these finds says what the encoder relies on: places and patterns may be in the
 * data alone, and information outside the object may be harmless.
 */
import type { RegionSource } from '../../contract/reports';
import { areaOf, boxSums, grown, slidingWindows } from './boxes';
import { withMargin } from './edits';
import { colouredPlaces, colourSeparation, hotPlaces, type Place } from './fixedPlace';
import { type Pattern, recurringPatterns } from './patterns';
import type { Box, Material, Subject } from './types';

export interface Nomination {
  label: number;
  source: RegionSource;
  why: string;
  /** Where it is in an image; null where the image does not have it. */
  boxOf(subject: Subject): Box | null;
}

/** Familywise error of places, by permutation. */
const PLACE_P = 0.01;
/** A pattern counts as tied to a class from this separation (AUROC) on. */
const PATTERN_SEPARATION = 0.9;
/** A colour at a place has to be there in nearly every image: objects that tend to lie in the middle come close to 0.9. */
const PLACE_SEPARATION = 0.95;
/** A colour stands out at a place if its z is so many times the typical one of its class. */
const OUTSTANDING = 2;
/** How much of a region may lie on drawn objects, on average, before it is the object itself. */
const ON_OBJECT = 0.5;

export interface Finds {
  hot: Place[];
  nominations: Nomination[];
}

export async function nominate(material: Material, breathe: () => Promise<void>): Promise<Finds> {
  const { subjects, classes, size, seed } = material;
  const labels = subjects.map(({ label }) => label);
  const margin = Math.max(1, Math.round(size * 0.02));
  const hot = hotPlaces(
    subjects.map(({ kept }) => kept),
    labels,
    classes.length,
    size,
    seed,
  );
  await breathe();
  const coloured = colouredPlaces(
    subjects.map(({ pixels }) => pixels),
    labels,
    classes.length,
    size,
    seed,
  );
  await breathe();
  const at = ({ box }: Place) => grown(box, margin, size);
  const atPlace = (place: Place, source: 'map' | 'colour'): Nomination => ({
    label: place.label,
    source,
    why:
      source === 'map'
        ? `Maps of this class keep more information at one place than those of the others (z ${place.z.toFixed(1)}, p ${place.p.toFixed(3)}).`
        : `Pixels of this class differ from the others' at one place (z ${place.z.toFixed(1)}, p ${place.p.toFixed(3)}).`,
    boxOf: () => at(place),
  });
  const hotOnes = hot.filter(({ p }) => p <= PLACE_P);
  const pictures = subjects.map(({ pixels }) => pixels);
  const colouredOnes = coloured.filter(
    (place) =>
      place.p <= PLACE_P &&
      place.z >= OUTSTANDING * place.typicalZ &&
      colourSeparation(pictures, labels, place, size) >= PLACE_SEPARATION,
  );
  const patterns = recurringPatterns(subjects, classes.length, size).filter(
    ({ separation }) => separation >= PATTERN_SEPARATION,
  );
  const found = [
    ...hotOnes.map((place) => atPlace(place, 'map')),
    ...colouredOnes.map((place) => atPlace(place, 'colour')),
    ...patterns.map((pattern) => ofPattern(pattern, subjects, margin, size)),
  ].filter((nomination) => !isObject(nomination, subjects, size));
  return { hot, nominations: [...found, ...outsideObjects(material), ...annotated(material)] };
}

function ofPattern(pattern: Pattern, subjects: Subject[], margin: number, size: number): Nomination {
  const match = new Map(subjects.map(({ id }, i) => [id, pattern.matches[i]!.box]));
  return {
    label: pattern.label,
    source: 'pattern',
    why: `One small picture recurs in this class at different places and hardly in the others (it tells ${(100 * pattern.separation).toFixed(0)} % of pairs apart).`,
    boxOf: ({ id }) => grown(match.get(id)!, margin, size),
  };
}

/** Whether the region is, where objects are drawn, mostly the object of its class. */
function isObject({ label, boxOf }: Nomination, subjects: Subject[], size: number): boolean {
  const shares = subjects.flatMap((subject) => {
    const box = subject.label === label && subject.object ? boxOf(subject) : null;
    return box ? [boxSums(subject.object!, size)(box) / (box.width * box.height)] : [];
  });
  return shares.length > 0 && shares.reduce((sum, share) => sum + share, 0) / shares.length > ON_OBJECT;
}

/** With drawn objects: the window of most kept information that does not touch the object. */
function outsideObjects({ subjects, classes, size }: Material): Nomination[] {
  const windows = slidingWindows(size);
  return classes.flatMap((_, label) => {
    const ours = subjects.filter((subject) => subject.label === label && subject.object);
    if (ours.length === 0) return [];
    const boxes = new Map(ours.map((subject) => [subject.id, hottestOutside(subject, windows, size)]));
    return [
      {
        label,
        source: 'outside' as const,
        why: 'The place outside the drawn object where the map keeps most information.',
        boxOf: ({ id }: Subject) => boxes.get(id) ?? null,
      },
    ];
  });
}

function hottestOutside({ object, kept }: Subject, windows: Box[], size: number): Box | null {
  const wide = withMargin(object!, size);
  if (!wide || areaOf(wide) === 0) return null;
  const covered = boxSums(wide, size);
  const bits = boxSums(kept, size);
  const free = windows.filter((box) => covered(box) === 0);
  return free.reduce<Box | null>((best, box) => (best && bits(best) >= bits(box) ? best : box), null);
}

function annotated({ subjects, classes }: Material): Nomination[] {
  return classes.flatMap((_, label) =>
    subjects.some((subject) => subject.label === label && subject.cues.length > 0)
      ? [
          {
            label,
            source: 'annotated' as const,
            why: 'A person marked it as a cue.',
            boxOf: ({ cues }: Subject) => cues[0] ?? null,
          },
        ]
      : [],
  );
}
