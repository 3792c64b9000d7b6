import { monotoneFigures } from './monotone/figures';
import { toyFigures } from './toy/figures';
import type { LabReport } from './types';

/** @returns SVG figures by file name */
export function figuresOf(report: LabReport): Record<string, string> {
  return report.experiment === 'toy' ? toyFigures(report) : monotoneFigures(report);
}
