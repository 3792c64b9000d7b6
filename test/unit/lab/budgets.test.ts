import { describe, expect, test } from 'vitest';
import { runBudgets, tune } from '../../../src/main/lab/budgets/run';
import { REFERENCE, SETTINGS } from '../../../src/main/lab/budgets/settings';
import { meanShortcuts } from '../../../src/main/lab/budgets/shortcuts';
import type { BudgetsReport } from '../../../src/main/lab/budgets/types';
import { summaryOf } from '../../../src/main/lab/summary';
import { budgets } from './examples';

/** Measures a logistic curve of log lambda whose 0.8 lies at lambda = 0.5. */
const curve = async (lambda: number) => ({
  noise: 1 / (1 + Math.exp(-Math.log(lambda / 0.5) - Math.log(4))),
});

test('lambda is found by halving its logarithm, and the nearest try is kept', async () => {
  const { lambda, tries } = await tune('clamp', curve);
  // Three decades halved five times: within a 32nd of them.
  expect(Math.abs(Math.log10(lambda / 0.5))).toBeLessThan(3 / 32);
  expect(tries[0]!.lambda).toBeCloseTo(Math.sqrt(0.01 * 10), 6);
  for (const { noise } of tries)
    expect(Math.abs(noise - 0.8)).toBeGreaterThanOrEqual(Math.abs((await curve(lambda)).noise - 0.8));
});

test('what was done before is not done again: with every part kept nothing is trained', async () => {
  const keys: string[] = [];
  const part = async <T>(key: string): Promise<T> => {
    keys.push(key);
    const form = key.slice(6) as 'clamp' | 'penalty';
    return (key.startsWith('tuned') ? await tune(form, curve) : { noise: keys.length }) as T;
  };
  const job = {
    ...{ pixels: () => Promise.reject(new Error('no image is looked at')), send: () => {} },
    ...{ breathe: async () => 'go' as const, checkpoint: null },
  };
  const report = await runBudgets(
    { seed: 3, seeds: 2, quick: true },
    { breathe: async () => {}, part, job, images: [], classes: [] },
  );
  expect(new Set(keys).size).toBe(keys.length);
  expect(report.seeds).toEqual([3, 4]);
  expect(report.settings.map(({ forms }) => forms.fixed.length)).toEqual(SETTINGS.map(() => 2));
  expect(report.means.map(({ measures }) => measures.length)).toEqual([2, 2, 2, 2, 2, 2]);
});

const claim = (report: BudgetsReport, words: string) =>
  summaryOf(report).claims.find(({ paper }) => paper.includes(words))!;

test('every setting but the first changes something of it, and has a name of its own', () => {
  expect(new Set(SETTINGS.map(({ title }) => title)).size).toBe(SETTINGS.length);
  for (const setting of SETTINGS.slice(1))
    expect({ ...setting, title: '' }).not.toEqual({ ...REFERENCE, title: '' });
});

test('a setting is missed where the mean of its seeds is more than a tenth off', () => {
  expect(claim(budgets, 'difficult tuning')).toMatchObject({
    ours: 'lambda tuned in one setting is more than 0.1 off in 1 of 1 others, at most 0.200',
    holds: true,
  });
  expect(claim(budgets, 'a hard budget holds')).toMatchObject({ holds: true });
  const off = structuredClone(budgets);
  off.settings[1]!.forms.budget[0]!.noise = 0.83;
  expect(claim(off, 'a hard budget holds')).toMatchObject({
    ours: 'at most 0.015 off in 2 settings',
    holds: false,
  });
});

test('all variance in few pixels is told, and a mean that does the work', () => {
  expect(claim(budgets, 'one pixel').ours).toContain('up to 98 % of the variance in few pixels');
  expect(claim(budgets, 'shortcuts')).toMatchObject({
    ours: 'yes: negative, free (the mean alone changes the embedding)',
    holds: true,
  });
});

describe('the detector', () => {
  const healthy = { both: 0.1, mean: 0.01, noise: 0.11 };
  test('is silent where the noise does the work', () => {
    expect(meanShortcuts(healthy, 0.02)).toEqual([]);
    expect(meanShortcuts({ both: 0.1, mean: 0, noise: 0.1 }, 0)).toEqual([]);
  });

  test.each<[string, Parameters<typeof meanShortcuts>]>([
    ['the mean alone changes the embedding', [{ ...healthy, mean: 0.09 }, 0]],
    ['the mean raises contrast', [healthy, 0.4]],
    ['the mean undoes the noise', [{ ...healthy, noise: 0.3 }, 0]],
  ])('%s', (sentence, given) => {
    expect(meanShortcuts(...given)).toEqual([sentence]);
  });
});
