import { describe, expect, test } from 'vitest';
import type { ImageRow, RunRow } from '../../../src/main/store/types';
import { classesOf, spread } from '../../../src/main/training/dataset';
import { descendants, nextRun, runsToWake } from '../../../src/main/training/dependencies';
import { gateWarning } from '../../../src/main/training/gate';
import { Pace } from '../../../src/main/training/pace';

describe('pace', () => {
  test('knows nothing before two steps, unless told from before', () => {
    const pace = new Pace();
    pace.tick(1, 0);
    expect(pace.secondsFor(10)).toBeNull();
    expect(new Pace([100, 300, 200]).secondsFor(10)).toBe(2);
  });

  test('follows the median of recent steps', () => {
    const pace = new Pace();
    for (const [step, at] of [
      [0, 0],
      [1, 100],
      [2, 200],
      [3, 5200],
      [5, 5400],
    ] as const)
      pace.tick(step, at);
    expect(pace.secondsFor(10)).toBe(1);
  });

  test('an interruption is not counted as work', () => {
    const pace = new Pace();
    pace.tick(1, 0);
    pace.tick(2, 100);
    pace.interrupt();
    pace.tick(3, 1e6);
    pace.tick(4, 1e6 + 100);
    expect(pace.secondsFor(5)).toBe(0.5);
  });
});

describe('gate (0.85 at noise 1.0)', () => {
  const at = (value: number) => ({ clean: 1, at: { '0.5': 1, '1': value, '1.5': 0.1 } });
  test.each([
    ['accurate enough', { noiseReady: true, accuracy: at(0.85), agreement: null }, null],
    [
      'not accurate enough',
      { noiseReady: true, accuracy: at(0.34), agreement: at(0.9) },
      'accuracy at noise 1.0 is 0.34',
    ],
    [
      'agreement counts without labels',
      { noiseReady: true, accuracy: null, agreement: at(0.5) },
      'agreement',
    ],
    ['never measured nor made ready', { noiseReady: false, accuracy: null, agreement: null }, 'neither'],
    ['ready and not measured', { noiseReady: true, accuracy: null, agreement: null }, null],
  ])('%s', (_, encoder, expected) => {
    const warning = gateWarning(encoder);
    if (expected === null) expect(warning).toBeNull();
    else expect(warning).toContain(expected);
  });
});

describe('data', () => {
  const row = (className: string | null) => ({ className }) as ImageRow;
  test('classes with too few images do not count', () => {
    expect(classesOf([row('b'), row('b'), row('a'), row('a'), row('c'), row(null), row(null)], 2)).toEqual([
      'a',
      'b',
    ]);
  });
  test('a spread takes items evenly', () => {
    expect(spread([0, 1, 2, 3, 4, 5, 6, 7], 4)).toEqual([1, 3, 5, 7]);
    expect(spread([1, 2], 4)).toEqual([1, 2]);
  });
});

describe('dependencies', () => {
  const run = (id: number, after: number | null, status: string, rest = {}) =>
    ({ id, after, status, startedAt: null, error: null, ...rest }) as RunRow;
  const gaveUp = { error: { code: 'STOPPED', message: '' } };

  test('the first queued run whose dependency is done is next', () => {
    expect(nextRun([run(1, null, 'failed'), run(2, 1, 'queued'), run(3, null, 'queued')])?.id).toBe(3);
    expect(nextRun([run(1, null, 'done'), run(2, 1, 'queued'), run(3, null, 'queued')])?.id).toBe(2);
    expect(nextRun([run(1, null, 'paused'), run(2, 1, 'queued')])).toBeUndefined();
  });

  test('descendants are found through any number of runs', () => {
    const runs = [run(1, null, 'queued'), run(2, 1, 'queued'), run(3, 2, 'queued'), run(4, null, 'queued')];
    expect(descendants(runs, 1).map(({ id }) => id)).toEqual([2, 3]);
  });

  test('waking a run wakes what it needs and what gave up with it, but not what a person stopped', () => {
    const runs = [
      run(1, null, 'failed', { startedAt: 'then' }),
      run(2, 1, 'failed', gaveUp),
      run(3, 1, 'stopped'),
      run(4, 2, 'failed', gaveUp),
    ];
    expect(
      runsToWake(runs, runs[1]!)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([1, 2, 4]);
  });
});
