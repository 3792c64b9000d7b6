/** The whole analysis with encoders of known behaviour. */
import { describe, expect, test, vi } from 'vitest';
import type { ClassReport } from '../../../src/contract/reports';
import { reportContent } from '../../../src/contract/reports';
import { type Analysed, analyse } from '../../../src/main/reports/analyse';
import { fingerprintOf } from '../../../src/main/reports/duplicates';
import type { Stage } from '../../../src/main/reports/effects';
import type { Ask, Material, Subject } from '../../../src/main/reports/types';
import { askBy, count, materialOf, noisePicture, OBJECTS, paint, SIZE, subjectsWith } from './pictures';

// Seconds alone; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const always: Stage = (_name, work) => work();

async function analysed(material: Material, stage = always): Promise<Analysed> {
  return analyse(
    material,
    {
      dimensions: new Map(material.subjects.map(({ id }) => [id, { width: 64, height: 48 }])),
      negative: new Map(),
      prints: material.subjects.map(({ id, label, pixels }) =>
        fingerprintOf({ id, className: String(label), split: null }, pixels, SIZE),
      ),
      ...{ encoder: 'hand-made', perClass: 60, split: null, pixelScale: 50, warnings: [] },
    },
    stage,
    async () => {},
  );
}

const withoutObjects = (subjects: Subject[]): Subject[] => subjects.map((one) => ({ ...one, object: null }));
const classNamed = ({ content }: Analysed, name: string): ClassReport =>
  content.classes.find((one) => one.name === name)!;
const verdicts = (result: Analysed) =>
  ['red', 'green', 'blue'].map((name) => classNamed(result, name).verdict);

describe.each([
  ['with drawn objects', (subjects: Subject[]) => subjects],
  ['without', withoutObjects],
])('%s', (_name, objects) => {
  test('a mark that decides is found, proved and located; the others are not accused', async () => {
    const result = await analysed(await materialOf(objects(subjectsWith(12, true)), askBy(true)));
    expect(verdicts(result)).toEqual(['cue', 'object', 'object']);
    const [region] = classNamed(result, 'red').regions;
    expect(region!.removed.region.mean).toBe(1);
    expect(region!.pasted.region.mean).toBe(1);
    expect(region!.removed.control.mean).toBeLessThan(0.5);
    const { x, y, width, height } = region!.boxes[0]!.box;
    expect(x).toBeLessThanOrEqual(26 / SIZE);
    expect(y).toBeLessThanOrEqual(26 / SIZE);
    expect(x + width).toBeGreaterThanOrEqual(30 / SIZE);
    expect(y + height).toBeGreaterThanOrEqual(30 / SIZE);
    expect(result.content.classes[0]!.name).toBe('red');
    expect(result.content.summary.join(' ')).toContain('red is recognised by a cue');
    reportContent.omit({ encoder: true, runs: true, objectsFrom: true, seconds: true }).parse(result.content);
  });

  test('the same mark, ignored, is a property of the data and no accusation', async () => {
    const result = await analysed(await materialOf(objects(subjectsWith(12, true)), askBy(false)));
    expect(verdicts(result)).toEqual(['object', 'object', 'object']);
    expect(result.content.dataProperties.map(({ className, kind }) => `${className} ${kind}`)).toContain(
      'red place',
    );
  });

  test('clean data is passed in silence', async () => {
    const result = await analysed(await materialOf(objects(subjectsWith(12, false)), askBy(false)));
    expect(verdicts(result)).toEqual(['object', 'object', 'object']);
    expect(result.content.dataProperties.filter(({ kind }) => kind === 'place')).toEqual([]);
    expect(Math.max(...result.content.classes.map(({ score }) => score))).toBeLessThan(0.2);
  });
});

/** Each class has its own tone behind grey objects, and the encoder goes by the tone. */
const texturedSubjects = () =>
  subjectsWith(12, false).map((one) => {
    const tone = OBJECTS[one.label]!;
    const pixels = one.pixels.slice();
    for (let p = 0; p < SIZE * SIZE; p++) pixels.set(one.object![p] ? [128, 128, 128] : tone, p * 3);
    return { ...one, pixels };
  });

describe('a texture that decides', () => {
  test('is the background of drawn objects, even where the map is flat', async () => {
    const subjects = texturedSubjects().map((one) => ({
      ...one,
      kept: one.kept.map((_, p) => 0.5 + 0.01 * Math.sin(p)),
    }));
    const result = await analysed(await materialOf(subjects, askBy(false)));
    expect(verdicts(result)).toEqual(['background', 'background', 'background']);
    for (const { background } of result.content.classes)
      expect(background!.followsGround.mean).toBeGreaterThan(0.9);
  });

  test('could be an object that fills the picture while none is drawn: no verdict, but the score', async () => {
    const subjects = texturedSubjects().map((one) => ({ ...one, object: null }));
    const { content } = await analysed(await materialOf(subjects, askBy(false)));
    expect(content.classes.map(({ verdict }) => verdict)).toEqual(new Array(3).fill('insufficient'));
    expect(content.summary.join(' ')).toContain('Undecided: much of what');
    for (const { score } of content.classes) expect(score).toBeGreaterThan(0.5);
  });
});

describe('a cue that moves about', () => {
  test('is found because it looks the same everywhere', async () => {
    const subjects = subjectsWith(12, false).map((one, i) => {
      const pixels = one.pixels.slice();
      const kept = one.kept.slice();
      if (one.label === 0) {
        const [x, y] = [
          [1, 22],
          [22, 1],
          [24, 24],
          [2, 3],
        ][i % 4] as [number, number];
        paint(pixels, x, y, 7, [255, 0, 200]);
        for (let row = y; row < y + 7; row++) kept.fill(2, row * SIZE + x, row * SIZE + x + 7);
      }
      return { ...one, pixels, kept, object: null };
    });
    const result = await analysed(await materialOf(subjects, askBy(true)));
    expect(verdicts(result)).toEqual(['cue', 'object', 'object']);
    expect(classNamed(result, 'red').regions[0]!.source).toBe('pattern');
  });
});

describe('too little to go by', () => {
  test('classes with one image, or none answered right, get no verdict', async () => {
    const few = subjectsWith(12, false).filter(({ label, id }) => label !== 2 || id === 3);
    const blind: Ask = async (pictures) => pictures.map(() => ({ label: 0, probability: 1 }));
    expect(verdicts(await analysed(await materialOf(few, askBy(false))))).toEqual([
      'object',
      'object',
      'insufficient',
    ]);
    const result = await analysed(await materialOf(subjectsWith(12, false), blind));
    expect(verdicts(result)).toEqual(['insufficient', 'insufficient', 'insufficient']);
    expect(result.content.summary.join(' ')).toContain('The encoder "hand-made" is weak');
  });

  test('an answer that is no class of the report is nobody right', async () => {
    const elsewhere: Ask = async (pictures) => pictures.map(() => ({ label: -1, probability: 1 }));
    const { content } = await analysed(await materialOf(subjectsWith(5, false), elsewhere));
    expect(content.confusion.counts.flat()).toEqual(new Array(9).fill(0));
  });
});

test('what an earlier attempt finished is not done again, and the result is the same', async () => {
  let asked = 0;
  const counting: Ask = (pictures) => {
    asked += pictures.length;
    return askBy(true)(pictures);
  };
  const done: Record<string, unknown> = {};
  const material = await materialOf(subjectsWith(12, true), counting);
  const keeping: Stage = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    done[name] ??= JSON.parse(JSON.stringify({ value: await work() }));
    return (done[name] as { value: T }).value;
  };
  const first = await analysed(material, keeping);
  asked = 0;
  const second = await analysed(material, keeping);
  expect(asked).toBe(0);
  expect(second).toEqual(first);
});

test('an annotated cue is intervened on', async () => {
  const subjects = subjectsWith(12, true).map((one) => ({
    ...one,
    cues: one.label === 0 ? [{ x: 24, y: 24, width: 8, height: 8 }] : [],
  }));
  const regions = classNamed(await analysed(await materialOf(subjects, askBy(true))), 'red').regions;
  const marked = regions.find(({ source }) => source === 'annotated');
  expect(marked?.proven).toBe(true);
});

test('colours are counted as meant', () => {
  const pixels = noisePicture(1);
  paint(pixels, 3, 3, 4, [255, 0, 200]);
  expect(count({ pixels }, [255, 0, 200])).toBe(16);
});

test('a class of two images does not hide what another class has at one place', async () => {
  const few = subjectsWith(20, true).filter(({ label, id }) => label !== 2 || id <= 6);
  const result = await analysed(await materialOf(withoutObjects(few), askBy(false)));
  expect(verdicts(result)[2]).toBe('insufficient');
  expect(result.content.dataProperties.map(({ className, kind }) => `${className} ${kind}`)).toContain(
    'red place',
  );
});

test('what the data have is listed where the encoder is too weak for an intervention', async () => {
  const blind: Ask = async (pictures) => pictures.map(() => ({ label: 1, probability: 1 }));
  const { content } = await analysed(await materialOf(withoutObjects(subjectsWith(12, true)), blind));
  expect(content.dataProperties.find(({ kind }) => kind === 'place')).toMatchObject({
    className: 'red',
    sentence: expect.stringContaining('no intervention was made'),
  });
  // Rows are classes: whoever is not green is answered wrong, and listed.
  expect(content.confusion.counts).toEqual([
    [0, 12, 0],
    [0, 12, 0],
    [0, 12, 0],
  ]);
  expect(content.confusion.wrong).toHaveLength(24);
});
