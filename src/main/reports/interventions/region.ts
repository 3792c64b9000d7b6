/**
 * @file Whether the answers hang on a region: it is replaced by what other classes have there, and put onto images of other
 * classes; each against regions of the same size elsewhere.
 */
import { Random } from '../../noise/random';
import { mean } from '../../noise/statistics';
import { elsewhere } from '../boxes';
import { transplanted } from '../edits';
import { signFlipTest } from '../statistics';
import type { Ask, Box, Picture, Subject } from '../types';

const CONTROLS = 6;
const SEVERAL_DONORS = 2;

/** One value an image in each list. */
export interface Compared {
  /** 1 where the answer changed because of the region, averaged over donors. */
  region: number[];
  /** The same with regions elsewhere. */
  control: number[];
  /** Ids of the images, in the order of the lists. */
  ids: number[];
  /** Which image gave what was put there, and where; the first of several. */
  donors: { id: number; box: Box }[];
  /** Of region against control, one-sided. */
  p: number;
}

export interface RegionEffect {
  /** Images of the class lose its answer when the region is taken from them. */
  removed: Compared;
  /** Images of other classes get the class' answer when the region is put onto them. */
  pasted: Compared;
}

export interface RegionTest {
  label: number;
  /** Images of the class that have the region and are answered right. */
  holders: { subject: Subject; box: Box }[];
  /** Images of other classes that are answered right. */
  others: Subject[];
  size: number;
  seed: number;
  ask: Ask;
}

export async function testRegion(test: RegionTest): Promise<RegionEffect> {
  return { removed: await remove(test), pasted: await paste(test) };
}

async function remove({ label, holders, others, size, seed, ask }: RegionTest): Promise<Compared> {
  const compared = holders.map(({ subject, box }) => {
    const random = new Random(seed, subject.id, 'transplant');
    const donors = draw(others, SEVERAL_DONORS, random);
    const put = (at: Box) => donors.map((donor) => transplanted(subject.pixels, donor.pixels, at, size));
    return {
      id: subject.id,
      donor: { id: donors[0]!.id, box },
      region: put(box),
      control: Array.from({ length: CONTROLS }, () => put(elsewhere(box, size, random))).flat(),
    };
  });
  return compare(compared, (answer) => answer !== label, ask, seed);
}

async function paste({ label, holders, others, size, seed, ask }: RegionTest): Promise<Compared> {
  if (holders.length === 0) return { region: [], control: [], ids: [], donors: [], p: 1 };
  const compared = others.map((target) => {
    const random = new Random(seed, target.id, 'paste');
    const donors = draw(holders, SEVERAL_DONORS, random);
    return {
      id: target.id,
      donor: { id: donors[0]!.subject.id, box: donors[0]!.box },
      region: donors.map(({ subject, box }) => transplanted(target.pixels, subject.pixels, box, size)),
      // The same place of the target is covered, by another part of the same donor: what is hidden is equal.
      control: donors.flatMap(({ subject, box }) =>
        Array.from({ length: CONTROLS / 2 }, () =>
          transplanted(target.pixels, subject.pixels, box, size, elsewhere(box, size, random)),
        ),
      ),
    };
  });
  return compare(compared, (answer) => answer === label, ask, seed);
}

async function compare(
  versions: { id: number; donor: { id: number; box: Box }; region: Uint8Array[]; control: Uint8Array[] }[],
  changed: (answer: number) => boolean,
  ask: Ask,
  seed: number,
): Promise<Compared> {
  const pictures: Picture[] = versions.flatMap(({ region, control }) =>
    [...region, ...control].map((pixels) => ({ pixels })),
  );
  const answers = await ask(pictures);
  let at = 0;
  const share = (count: number) => {
    const part = answers.slice(at, at + count);
    at += count;
    return mean(part.map(({ label }) => Number(changed(label))));
  };
  const values = versions.map(
    ({ region, control }) => [share(region.length), share(control.length)] as const,
  );
  const [region, control] = [values.map(([value]) => value), values.map(([, value]) => value)];
  return {
    ...{ region, control, ids: versions.map(({ id }) => id), donors: versions.map(({ donor }) => donor) },
    p: signFlipTest(
      region.map((value, i) => value - control[i]!),
      seed,
    ),
  };
}

/** So many of the list, each at most once while there are enough. */
export function draw<T>(items: T[], count: number, random: Random): T[] {
  const order = random.permutation(items.length);
  return Array.from({ length: Math.min(count, items.length) }, (_, i) => items[order[i]!]!);
}
