import { describe, expect, it } from 'vitest';
import { valueAtBudget } from '../../../src/renderer/drawing/curve';

const points = [
  { budget: 0.2, learned: 1, uniform: 0.9 },
  { budget: 0.6, learned: 0.8, uniform: 0.5 },
];

describe('the curve of answers', () => {
  it('is straight between two measured budgets', () => {
    expect(valueAtBudget(points, 0.3, 'learned')).toBeCloseTo(0.95, 9);
    expect(valueAtBudget(points, 0.4, 'uniform')).toBeCloseTo(0.7, 9);
    expect(valueAtBudget(points, 0.6, 'learned')).toBe(0.8);
  });

  it('stays what it was last beyond them', () => {
    expect(valueAtBudget(points, 0.05, 'learned')).toBe(1);
    expect(valueAtBudget(points, 0.98, 'uniform')).toBe(0.5);
  });
});
