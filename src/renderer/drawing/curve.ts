/** @file The curve of answers against budget, between the budgets it was measured at. */
import type { CurvePoint } from '../../contract/explain';

/** Between two measured budgets the curve is straight. */
export function valueAtBudget(points: CurvePoint[], budget: number, of: 'learned' | 'uniform'): number {
  const after = points.findIndex((point) => point.budget >= budget);
  if (after <= 0) return points.at(after === 0 ? 0 : -1)![of];
  const [a, b] = [points[after - 1]!, points[after]!];
  return a[of] + ((b[of] - a[of]) * (budget - a.budget)) / (b.budget - a.budget);
}
