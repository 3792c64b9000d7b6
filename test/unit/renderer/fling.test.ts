import { expect, test, vi } from 'vitest';
import { fling } from '../../../src/renderer/library/fling';

const at = (scrollTop: number, now: number) => fling.moved({ scrollTop, clientHeight: 1000 }, now);

test('who turns a wheel sees what comes; who drags the bar does not', () => {
  at(0, 10_000);
  // 100 pixels every 50 ms: a screen of 1000 is in sight for half a second.
  for (let i = 1; i <= 10; i++) at(100 * i, 10_000 + 50 * i);
  expect(fling.isFast(10_501)).toBe(false);
  // 200 pixels every 16 ms: it flies by in 80.
  for (let i = 1; i <= 10; i++) at(1000 + 200 * i, 10_500 + 16 * i);
  expect(fling.isFast(10_661)).toBe(true);
  expect(fling.isFast(10_811)).toBe(false);
});

test('a single jump is no fling', () => {
  at(0, 20_000);
  at(900_000, 21_100);
  expect(fling.isFast(21_101)).toBe(false);
});

test('what was asked for meanwhile is done when it is calm, unless it was taken back', () => {
  vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const done: string[] = [];
    const now = performance.now();
    fling.whenCalm(() => done.push('at once'));
    expect(done).toEqual(['at once']);
    for (let i = 0; i <= 5; i++) at(3000 * i, now - 50 + 10 * i);
    fling.whenCalm(() => done.push('later'));
    fling.whenCalm(() => done.push('never'))();
    expect(done).toEqual(['at once']);
    vi.advanceTimersByTime(600);
    expect(done).toEqual(['at once', 'later']);
  } finally {
    vi.useRealTimers();
  }
});
