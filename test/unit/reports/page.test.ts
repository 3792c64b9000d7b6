/** The page and the table of a report: what is in them, and that nothing breaks out of them. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { ReportContent } from '../../../src/contract/reports';
import { analyse } from '../../../src/main/reports/analyse';
import { csvOf } from '../../../src/main/reports/csv';
import { fingerprintOf } from '../../../src/main/reports/duplicates';
import { pageOf } from '../../../src/main/reports/html/page';
import type { ReportPicture, ReportPictures } from '../../../src/main/reports/html/pictures';
import { askBy, materialOf, SIZE, subjectsWith } from './pictures';

// Seconds alone; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const NAMES = ['=red, "loud"', '<b>green</b>', 'blue'];
const PIXEL = 'data:image/png;base64,AAAA';
let content: ReportContent;
let pictures: ReportPictures;

beforeAll(async () => {
  const subjects = subjectsWith(20, true);
  const material = { ...(await materialOf(subjects, askBy(true))), classes: NAMES };
  // The last image is there a second time, in another split and under another class.
  const prints = subjects.map(({ id, label, pixels }) =>
    fingerprintOf({ id, className: String(label), split: 'train' }, pixels, SIZE),
  );
  prints.push({ ...prints.at(-1)!, id: 61, className: '0', split: 'test' });
  const analysed = await analyse(
    material,
    {
      dimensions: new Map(subjects.map(({ id }) => [id, { width: SIZE, height: SIZE }])),
      ...{ negative: new Map(subjects.map(({ id, kept }) => [id, kept])), prints },
      ...{ encoder: 'e', perClass: 60, split: null, pixelScale: 50, warnings: ['Mind the gap.'] },
    },
    (_name, work) => work(),
    async () => {},
  );
  content = {
    ...analysed.content,
    encoder: { id: 1, name: 'e <1>', noiseReady: true, answers: 'prototypes' },
    ...{ runs: { positive: 2, negative: 3 }, objectsFrom: '/masks', seconds: 1 },
  };
  const picture = (id: number): ReportPicture => ({ path: `a/${id} "x".png`, image: PIXEL, map: PIXEL });
  const groups = (name: string) => content.classes.find((one) => one.name === name)!.strategies?.groups ?? [];
  pictures = {
    images: new Map(Array.from({ length: 61 }, (_, i) => [i + 1, picture(i + 1)])),
    averages: new Map(
      NAMES.map((name) => [
        name,
        { positive: PIXEL, negative: PIXEL, strategies: groups(name).map(() => PIXEL) },
      ]),
    ),
  };
});

const page = () => pageOf({ content, reviews: [], pictures, folder: '/photos/our <dogs>' });

describe('the page', () => {
  test('needs nothing else: no script, nothing from elsewhere, every image once', () => {
    const text = page();
    expect(text).not.toMatch(/<script|javascript:|https?:|@import|<link|onload=/i);
    expect(text).toContain(`default-src 'none'`);
    for (const [, url] of text.matchAll(/url\(([^)]*)\)/g)) expect(url).toBe(PIXEL);
    expect(text.match(/\.i5\{/g)).toHaveLength(1);
  });

  test('names are text', () => {
    const text = page();
    expect(text).not.toContain('<b>green');
    expect(text).toContain('&#60;b&#62;green&#60;/b&#62;');
    expect(text).toContain('our &#60;dogs&#62;');
    expect(text).toContain('a/5 &#34;x&#34;.png');
  });

  test('carries verdicts, figures with interval and number, properties, duplicates, warnings, method and limits', () => {
    const text = page();
    for (const words of ['relies on a cue', 'relies on the object', 'Mind the gap.', 'nearest class mean'])
      expect(text).toContain(words);
    expect(text).toMatch(/100 % <span class="soft">\(100 to 100 %, n 20\)/);
    expect(text).toContain('class and split');
    expect(text).toContain('Method and limits');
    // An average, positive and negative, of every class; RFS at every level of noise.
    expect(text.match(/average, negative<\/figcaption>/g)).toHaveLength(3);
    expect(text.match(/<td>4 \(\d\.\d bits\)<\/td>/g)).toHaveLength(3);
  });

  test('takes no picture that is not its own', () => {
    const foreign = { path: 'x', image: 'https://example.org/x.png', map: null };
    const images = new Map(pictures.images).set(1, foreign);
    expect(() =>
      pageOf({ content, reviews: [], pictures: { ...pictures, images }, folder: '/photos' }),
    ).toThrow(/data URL/);
  });
});

test('the table has a row a class and a cell a column, and no name is taken for a formula', () => {
  const [head, ...rows] = csvOf(content, []).trim().split('\n');
  expect(head!.split(',').slice(0, 8)).toEqual([
    ...['class', 'verdict', 'review', 'images', 'answered_right', 'score', 'score_low', 'score_high'],
  ]);
  const red = rows.find((row) => row.includes('red'))!;
  expect(red.startsWith(`"'=red, ""loud""",cue,,20,20,`)).toBe(true);
  const plain = rows.find((row) => row.startsWith('blue'))!;
  expect(plain.split(',')).toHaveLength(head!.split(',').length);
});
