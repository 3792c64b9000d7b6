/** @file The interventions of a report, in their order: suspect regions first, then surroundings without proven cues, then noise. */
import type { RegionSource } from '../../contract/reports';
import { mean } from '../noise/statistics';
import { maskOfBoxes } from './boxes';
import { hottest, withMargin } from './edits';
import { lossOfRegions, type Movable, type Swapped, swapBackgrounds } from './interventions/background';
import { type Noised, noiseRegions } from './interventions/noise';
import { type RegionEffect, testRegion } from './interventions/region';
import type { Nomination } from './nominations';
import { holm, signFlipTest } from './statistics';
import type { Box, Material, Subject } from './types';

/** Fewer images that are answered right cannot carry a verdict. */
export const LEAST_RIGHT = 8;

/** How far answers have to move beyond the control, and how sure that has to be, before a verdict rests on it. */
const PROOF = { removed: 0.2, pasted: 0.15, left: 0.2, followsGround: 0.2, canGo: 0.85, p: 0.05 } as const;

export interface RegionFinding extends RegionEffect {
  label: number;
  source: RegionSource;
  why: string;
  boxes: { id: number; box: Box }[];
  proven: boolean;
  /** Of pasted, the images where it gave the class' answer. */
  flipped: number[];
}

export interface BackgroundFinding {
  label: number;
  object: 'drawn' | 'hottest';
  swapped: Swapped[];
  /** Of other classes: 1 where their surroundings alone are answered as this class. */
  others: number[];
  canGo: number[] | null;
  p: number;
  proven: boolean;
}

export interface Effects {
  regions: RegionFinding[];
  backgrounds: BackgroundFinding[];
  noised: Noised[];
}

/** Does its work once: what an earlier attempt finished is taken from there. */
export type Stage = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/**
 * @param tested images that are answered right, of every class at most as many as are to be tested
 */
export async function measureEffects(
  { size, seed, ask, classes }: Material,
  tested: Subject[],
  nominations: Nomination[],
  stage: Stage,
): Promise<Effects> {
  const effects: (RegionFinding | null)[] = [];
  for (const [i, nomination] of nominations.entries())
    effects.push(await stage(`region ${i}`, () => testNomination(nomination, tested, size, seed, ask)));
  const regions = prove(effects.filter((effect) => effect !== null));

  const cues = regions.filter(({ proven }) => proven).flatMap(({ boxes }) => boxes);
  const { kind, movable } = movableOf(tested, cues, size);
  const swapped = await stage('surroundings', () => swapBackgrounds(movable, size, seed, ask));
  const canGo =
    kind === 'drawn'
      ? null
      : await stage('loss of regions', () =>
          lossOfRegions(
            movable.map(({ subject }) => subject),
            size,
            seed,
            ask,
          ),
        );
  const noised = await stage('noise', () => noiseRegions(movable, size, seed, ask));
  return { regions, backgrounds: backgroundsOf(swapped, canGo, kind, classes.length, seed), noised };
}

async function testNomination(
  { label, source, why, boxOf }: Nomination,
  tested: Subject[],
  size: number,
  seed: number,
  ask: Material['ask'],
): Promise<RegionFinding | null> {
  const holders = tested.flatMap((subject) => {
    const box = subject.label === label ? boxOf(subject) : null;
    return box ? [{ subject, box }] : [];
  });
  const others = tested.filter((subject) => subject.label !== label);
  if (holders.length < LEAST_RIGHT || others.length < LEAST_RIGHT) return null;
  const effect = await testRegion({ label, holders, others, size, seed, ask });
  return {
    ...{ label, source, why, ...effect },
    boxes: holders.map(({ subject: { id }, box }) => ({ id, box })),
    proven: false,
    flipped: effect.pasted.ids.filter((_, i) => effect.pasted.region[i]! > effect.pasted.control[i]!),
  };
}

/** Both interventions have to move the answers: their p is that of the weaker, corrected for all regions by Holm. */
function prove(findings: RegionFinding[]): RegionFinding[] {
  const adjusted = holm(findings.map(({ removed, pasted }) => Math.max(removed.p, pasted.p)));
  return findings.map((finding, i) => ({
    ...finding,
    removed: { ...finding.removed, p: adjusted[i]! },
    pasted: { ...finding.pasted, p: adjusted[i]! },
    proven:
      adjusted[i]! <= PROOF.p &&
      gain(finding.removed) >= PROOF.removed &&
      gain(finding.pasted) >= PROOF.pasted,
  }));
}

export const gain = ({ region, control }: { region: number[]; control: number[] }): number =>
  region.length === 0 ? 0 : mean(region) - mean(control);

/** Drawn objects where most images have one, else the hottest part of every map. */
function movableOf(
  tested: Subject[],
  cues: RegionFinding['boxes'],
  size: number,
): { kind: 'drawn' | 'hottest'; movable: Movable[] } {
  const drawn = tested.filter(({ object }) => object !== null);
  const kind = drawn.length >= tested.length / 2 && drawn.length > 0 ? 'drawn' : 'hottest';
  const movable = (kind === 'drawn' ? drawn : tested).flatMap((subject) => {
    const object = withMargin(kind === 'drawn' ? subject.object! : hottest(subject.kept), size);
    if (!object) return [];
    const own = cues.flatMap(({ id, box }) => (id === subject.id ? [box] : []));
    const cue = maskOfBoxes(own, size);
    // A proven cue goes with the object: what is left is the surroundings' own doing.
    return [{ subject, object: object.map((value, p) => value | cue[p]!) }];
  });
  return { kind, movable };
}

function backgroundsOf(
  swapped: Swapped[],
  canGo: number[] | null,
  object: 'drawn' | 'hottest',
  classes: number,
  seed: number,
): BackgroundFinding[] {
  const findings = Array.from({ length: classes }, (_, label) => {
    const ours = swapped.filter((one) => one.label === label);
    return {
      ...{ label, object, swapped: ours },
      others: swapped.filter((one) => one.label !== label).map(({ without }) => Number(without === label)),
      canGo: canGo?.filter((_value, i) => swapped[i]!.label === label) ?? null,
      p: signFlipTest(
        ours.map(({ left, leftControl }) => left - leftControl),
        seed,
      ),
    };
  }).filter(({ swapped: ours, others }) => Math.min(ours.length, others.length) >= LEAST_RIGHT);
  const adjusted = holm(findings.map(({ p }) => p));
  return findings.map((finding, i) => {
    const average = (of: (one: Swapped) => number) => mean(finding.swapped.map(of));
    const proven =
      adjusted[i]! <= PROOF.p &&
      average(({ left, leftControl }) => left - leftControl) >= PROOF.left &&
      average(({ followsGround }) => followsGround) >= PROOF.followsGround &&
      (finding.canGo === null || mean(finding.canGo) >= PROOF.canGo);
    return { ...finding, p: adjusted[i]!, proven };
  });
}
