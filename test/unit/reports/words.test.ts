/** Sentences and figures of a report, against cases made by hand. */
import { describe, expect, test } from 'vitest';
import { figureOf, rfsOf } from '../../../src/main/reports/figures';
import { summaryOf } from '../../../src/main/reports/words';
import { bootstrap } from '../../../src/main/saliency/scores/bootstrap';

type Content = Parameters<typeof summaryOf>[0];
const one = (name: string, verdict: string) => ({ name, verdict }) as Content['classes'][number];
const contentWith = (right: number, over: Partial<Content> = {}): Content =>
  ({
    classes: [one('cat', 'object'), one('dog', 'object')],
    accuracy: figureOf(
      Array.from({ length: 100 }, (_, i) => Number(i < right)),
      1,
    ),
    // Sixty of a hundred are cats.
    confusion: {
      classes: ['cat', 'dog'],
      counts: [
        [60, 0],
        [40, 0],
      ],
      wrong: [],
    },
    ...{ duplicates: [], dataProperties: [], properties: [], images: 100, objects: 0 },
    ...over,
  }) as Content;
const summary = (...of: Parameters<typeof contentWith>) => summaryOf(contentWith(...of), 'net').join(' ');

describe('the summary', () => {
  test('accuses nobody whom no intervention showed', () => {
    expect(summary(95)).toContain('No intervention showed a class to rely on anything but its object.');
    expect(summary(95)).not.toContain('Proved');
  });

  test('names who relies on what', () => {
    const classes = [
      one('cat', 'cue'),
      one('dog', 'background'),
      one('cow', 'mixed'),
      one('owl', 'insufficient'),
    ];
    const text = summary(95, { classes });
    expect(text).toContain('cat is recognised by a cue');
    expect(text).toContain('dog is recognised by the surroundings');
    expect(text).toContain('cow is recognised partly by something else');
    expect(text).toContain('Too little data for a verdict on owl.');
  });

  test('does not take what lies outside the hottest quarter for surroundings while no object is drawn', () => {
    const rose = {
      ...one('rose', 'insufficient'),
      right: 20,
      background: { proven: true, object: 'hottest' },
    };
    const text = summary(95, { classes: [rose as Content['classes'][number], one('dog', 'object')] });
    expect(text).toContain('Undecided: much of what rose is recognised by lies outside the hottest quarter');
    expect(text).not.toMatch(/Proved|No intervention|Too little data/);
  });

  test('names a weak encoder: its interval does not leave the largest class behind by a quarter of what is left', () => {
    // 60 % are cats: the least that counts is 70 %. Of 100 images the interval is about 9 points wide on either side.
    expect(summary(75)).toContain('The encoder "net" is weak: it answers 75 %');
    expect(summary(75)).toContain('the largest class alone is 60 %');
    expect(summary(90)).toContain('The encoder answers 90 %');
  });
});

describe('figures', () => {
  test('of nothing are nothing, of equal values certain, else within what was seen', () => {
    expect(figureOf([], 1)).toEqual({ mean: 0, low: 0, high: 0, images: 0 });
    expect(figureOf([0.5, 0.5, 0.5], 1)).toEqual({ mean: 0.5, low: 0.5, high: 0.5, images: 3 });
    // Fifty of a hundred: the normal approximation has 0.5 -+ 1.96 * 0.05.
    const half = figureOf(
      Array.from({ length: 100 }, (_, i) => i % 2),
      1,
    );
    expect(half.low).toBeCloseTo(0.4, 1);
    expect(half.high).toBeCloseTo(0.6, 1);
    expect(half.images).toBe(100);
  });

  test('RFS draws object and background of the same images', () => {
    // Half the images are answered right under either noise, the other half under none: no draw differs from 0.
    const noised = Array.from({ length: 40 }, (_, i) => ({
      ...{ id: i, label: 0, object: [i % 2], background: [i % 2] },
    }));
    expect(rfsOf(noised, 0, 1)).toEqual({ mean: 0, low: 0, high: 0, images: 40 });
    // (0.75 - 0.25) / (2 * 0.5) = 0.5
    const apart = noised.map((of, i) => ({ ...of, object: [Number(i < 10)], background: [Number(i < 30)] }));
    const rfs = rfsOf(apart, 0, 1);
    expect(rfs.mean).toBeCloseTo(0.5);
    expect(rfs.low).toBeGreaterThan(0.2);
    expect(rfs.high).toBeLessThan(0.85);
  });

  test('the bootstrap takes any statistic; the same seed draws the same images', () => {
    const sum = (drawn: Iterable<number>) => [...drawn].reduce((total, i) => total + i, 0) / 10;
    expect(bootstrap(10, 3, sum)).toEqual(bootstrap(10, 3, sum));
    expect(bootstrap(10, 3, sum).mean).toBe(4.5);
  });
});
