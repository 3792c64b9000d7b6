/** The experiments on images and digits in their short form, over three seeds. Figures of docs/lab.md. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { AttackReport, Direction, Place } from '../../src/main/lab/attack/types';
import { meanShortcuts } from '../../src/main/lab/budgets/shortcuts';
import type { BudgetsReport, Form } from '../../src/main/lab/budgets/types';
import { isMonotone, isPixelLevel, isSemantic } from '../../src/main/lab/maskers/summary';
import type { MaskersReport } from '../../src/main/lab/maskers/types';
import type { MnistReport } from '../../src/main/lab/mnist/types';
import { runExperiment } from '../../src/main/lab/run';
import type { SslReport, SslRow } from '../../src/main/lab/ssl/types';
import type { VideoReport } from '../../src/main/lab/video/types';
import type { MaskerName } from '../../src/main/noise/maskers/types';
import { mean } from '../../src/main/noise/statistics';
import { labContext, onFrames, onSample } from './labSupport';
import { startSlowEngine } from './support';

const CONFIG = { seed: 1, seeds: 3, quick: true };
const HOURS = 3_600_000;

beforeAll(startSlowEngine);

describe('maskers', () => {
  let report: MaskersReport;
  beforeAll(async () => {
    report = (await runExperiment('maskers', CONFIG, await onSample())) as MaskersReport;
  }, HOURS);
  const row = (name: MaskerName) => report.rows.find((one) => one.name === name)!;

  test('learned noise has all three properties of table 1, patches at random neither of the first two', () => {
    for (const name of ['learned-positive', 'learned-negative'] as const)
      expect([isSemantic(row(name)), isPixelLevel(row(name)), isMonotone(row(name))]).toEqual([
        true,
        true,
        true,
      ]);
    for (const name of ['mae', 'beit'] as const)
      expect([isSemantic(row(name)), isPixelLevel(row(name)), isMonotone(row(name))]).toEqual([
        false,
        false,
        true,
      ]);
  });

  test('a positive mask spares the object, a negative one hides it, in every seed', () => {
    for (const auroc of row('learned-positive').objects) expect(auroc).toBeLessThan(0.15);
    for (const auroc of row('learned-negative').objects) expect(auroc).toBeGreaterThan(0.85);
  });

  test('a real-valued mask loses nothing until it is rounded', () => {
    const read = row('adios').read.map(mean);
    expect(Math.max(...read) - Math.min(...read)).toBeLessThan(0.2);
    expect(isMonotone(row('adios'))).toBe(false);
    expect(isMonotone(row('adios-rounded'))).toBe(true);
  });

  test('what every masker loses is what it was asked to lose', () => {
    for (const { lost } of report.rows)
      lost.forEach((values, s) => {
        expect(Math.abs(mean(values) - report.strengths[s]!)).toBeLessThan(0.1);
      });
  });
});

describe('digits', () => {
  let report: MnistReport;
  beforeAll(async () => {
    report = (await runExperiment('mnist', CONFIG, labContext())) as MnistReport;
  }, HOURS);
  const of = (key: string) => mean(report.rows.find((row) => row.key === key)!.error);

  test('features tell more than pixels, training with something to undo more than without, labels most', () => {
    for (const { key, error } of report.rows)
      if (key !== 'raw') expect(mean(error)).toBeLessThan(of('raw') + 0.5);
    for (const key of ['zeroing 0.25', 'gaussian 0.5', 'learned 0.5 with'])
      expect(of(key)).toBeLessThan(of('none'));
    expect(of('supervised')).toBeLessThan(
      Math.min(...report.rows.slice(0, -1).map(({ error }) => mean(error))),
    );
  });

  test('cooperative learned noise is level with isotropic noise of its entropy; adversarial noise is worse, and of half the strength better', () => {
    expect(Math.abs(of('learned 0.5 with') - of('gaussian 0.5'))).toBeLessThan(0.5);
    expect(of('learned 0.5 against')).toBeGreaterThan(of('gaussian 0.5'));
    expect(of('learned 0.25 against')).toBeLessThan(of('gaussian 0.25') - 0.2);
  });
});

describe('sparse attacks', () => {
  let report: AttackReport;
  beforeAll(async () => {
    report = (await runExperiment('attack', CONFIG, await onSample())) as AttackReport;
  }, HOURS);
  const least = (place: Place, direction: Direction) =>
    mean(report.rows.find((row) => row.place === place && row.direction === direction)!.least);

  test('by the gradient’s sign the negative mask’s pixels are worth more than another image’s, and those more than chance', () => {
    expect(least('mask', 'sign')).toBeLessThan(0.8 * least('other', 'sign'));
    expect(least('other', 'sign')).toBeLessThan(least('random', 'sign'));
    for (const auroc of report.objects) expect(auroc).toBeGreaterThan(0.85);
  });

  test('the gradient itself is the better guide, and noise alone a poor attack', () => {
    expect(least('gradient', 'sign')).toBeLessThan(least('mask', 'sign'));
    expect(least('mask', 'noise')).toBeGreaterThan(2 * least('mask', 'sign'));
  });
});

describe('video frames', () => {
  let report: VideoReport;
  beforeAll(async () => {
    report = (await runExperiment('video', CONFIG, await onFrames())) as VideoReport;
  }, HOURS);
  const row = (of: VideoReport['rows'][number]['of']) => report.rows.find((one) => one.of === of)!;

  test('maps that begin from the frame before flicker less in every seed, and keep as much in fewer steps', () => {
    row('warm').flicker.forEach((value, seed) => {
      expect(value).toBeLessThan(0.6 * row('cold').flicker[seed]!);
    });
    expect(mean(row('warm').distance)).toBeLessThan(1.1 * mean(row('cold').distance));
    expect(row('warm').steps).toBeLessThan(row('cold').steps / 2);
  });

  test('a mask model flickers least, and finds the object best', () => {
    expect(mean(row('model').flicker)).toBeLessThan(mean(row('warm').flicker));
    expect(mean(row('model').auroc)).toBeGreaterThan(0.95);
  });
});

describe('budgets', () => {
  let report: BudgetsReport;
  beforeAll(async () => {
    report = (await runExperiment('budgets', CONFIG, await onSample())) as BudgetsReport;
  }, HOURS);
  const off = ({ target, forms }: BudgetsReport['settings'][number], form: Form) =>
    Math.abs(mean(forms[form].map(({ noise }) => noise)) - target);
  const negative = () => report.settings.find(({ mask }) => mask === 'negative')!;

  test('a hard budget holds its target in every setting; a penalty holds it where it was tuned, and misses it in others', () => {
    for (const row of report.settings)
      for (const { noise } of row.forms.budget) expect(Math.abs(noise - row.target)).toBeLessThan(0.001);
    const [tuned, ...others] = report.settings;
    for (const form of ['clamp', 'penalty'] as const) {
      expect(off(tuned!, form)).toBeLessThan(0.05);
      expect(others.filter((row) => off(row, form) > 0.1).length).toBeGreaterThanOrEqual(3);
    }
  });

  test('under a hard budget the maps find the object in every setting', () => {
    for (const { forms } of report.settings)
      expect(mean(forms.budget.map(({ object }) => object!))).toBeGreaterThan(0.75);
  });

  test('a fixed entropy without a largest sigma ends in few pixels of a negative mask', () => {
    const few = (form: Form) => mean(negative().forms[form].map((one) => one.few));
    expect(few('fixed')).toBeGreaterThan(0.7);
    expect(few('fixed')).toBeGreaterThan(2 * few('budget'));
  });

  test('a learned mean does the work of a negative mask in every seed, and no positive one', () => {
    for (const { mask, option, measures } of report.means)
      for (const measure of measures)
        expect([mask, option, meanShortcuts(measure, measure.gain).length > 0]).toEqual([
          mask,
          option,
          mask === 'negative' && option !== 'none',
        ]);
  });
});

describe('learning without labels', () => {
  let report: SslReport;
  beforeAll(async () => {
    report = (await runExperiment('ssl', CONFIG, await onSample())) as SslReport;
  }, HOURS);
  const probe = ({ measures }: SslRow) => mean(measures.map((one) => one.probe));
  const matched = () => report.rows.filter(({ framework }) => framework !== null);

  test('the sample’s grounds tell its images apart, not its objects: matched views name hardly a class, labels most', () => {
    expect(probe(report.rows.at(-1)!)).toBeGreaterThan(0.8);
    for (const row of matched()) expect(probe(row)).toBeLessThan(0.45);
  });

  test('no encoder of SimCLR collapses, in any seed; an untrained one is told', () => {
    const signs = ({ measures }: SslRow) =>
      measures.map(({ warnings }) => warnings.filter((sign) => sign.startsWith('the embeddings')).length);
    for (const row of matched().filter(({ framework }) => framework === 'simclr'))
      expect([row.way, signs(row)]).toEqual([row.way, [0, 0, 0]]);
    expect(signs(report.rows[0]!)).toEqual([1, 1, 1]);
  });

  test('embeddings of SimSiam, which knows no negatives, spread over fewer dimensions than those of SimCLR', () => {
    const dimensions = (of: SslRow['framework']) =>
      mean(
        matched()
          .filter(({ framework }) => framework === of)
          .flatMap(({ measures }) => measures.map((one) => one.dimensions)),
      );
    expect(dimensions('simsiam')).toBeLessThan(dimensions('simclr') / 1.5);
  });
});
