/** @file From effects to a verdict a class. Only what an intervention has proved can accuse. */
import type { Verdict } from '../../contract/reports';
import { mean } from '../noise/statistics';
import { bootstrapMean } from '../saliency/scores/bootstrap';
import { type BackgroundFinding, type Effects, gain, LEAST_RIGHT, type RegionFinding } from './effects';

export interface Judgement {
  verdict: Verdict;
  /** How strongly interventions moved the answers beyond their controls, 0..1. */
  score: number;
  interval: [number, number];
  /** Images that the score is a mean over. */
  scored: number;
  /** The region whose intervention moved most; null where none was tested. */
  region: RegionFinding | null;
  background: BackgroundFinding | null;
}

export function judge(
  label: number,
  right: number,
  { regions, backgrounds }: Effects,
  seed: number,
): Judgement {
  const region = strongest(regions.filter((one) => one.label === label));
  const background = backgrounds.find((one) => one.label === label) ?? null;
  const lists = [
    ...(region ? [regionValues(region)] : []),
    ...(background ? [groundValues(background)] : []),
  ];
  const decisive = lists.toSorted((a, b) => mean(b) - mean(a))[0] ?? [];
  const {
    mean: centre,
    low,
    high,
  } = decisive.length > 0 ? bootstrapMean(decisive, seed) : { mean: 0, low: 0, high: 0 };
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  return {
    verdict: verdictOf(right, region, background),
    ...{ score: clamp(centre), interval: [clamp(low), clamp(high)] },
    ...{ scored: decisive.length, region, background },
  };
}

function verdictOf(
  right: number,
  region: RegionFinding | null,
  background: BackgroundFinding | null,
): Verdict {
  if (right < LEAST_RIGHT || background === null) return region?.proven ? 'cue' : 'insufficient';
  const average = (of: (one: BackgroundFinding['swapped'][number]) => number) =>
    mean(background.swapped.map(of));
  const staysWithObject = 1 - average(({ left }) => left);
  const followsGround = average((one) => one.followsGround) > staysWithObject;
  // With no object drawn, surroundings that decide look like an object that fills the picture.
  if (background.object === 'hottest') {
    if (region?.proven) return 'cue';
    return background.proven || followsGround ? 'insufficient' : 'object';
  }
  if (region?.proven) return background.proven ? 'mixed' : 'cue';
  if (!background.proven) return 'object';
  return followsGround ? 'background' : 'mixed';
}

/** Proven before not proven, then by how far both interventions moved the answers. */
function strongest(regions: RegionFinding[]): RegionFinding | null {
  const strength = (one: RegionFinding) =>
    (one.proven ? 2 : 0) + Math.min(gain(one.removed), gain(one.pasted));
  return regions.toSorted((a, b) => strength(b) - strength(a))[0] ?? null;
}

/** One value an image: of the weaker of the two interventions. */
function regionValues({ removed, pasted }: RegionFinding): number[] {
  const { region, control } = gain(removed) < gain(pasted) ? removed : pasted;
  return region.map((value, i) => value - control[i]!);
}

function groundValues({ swapped }: BackgroundFinding): number[] {
  return swapped.map(({ followsGround }) => followsGround);
}
