import { attackSummary } from './attack/summary';
import { budgetsSummary } from './budgets/summary';
import { maskersSummary } from './maskers/summary';
import { mnistSummary } from './mnist/summary';
import { monotoneSummary } from './monotone/summary';
import { sslSummary } from './ssl/summary';
import { toySummary } from './toy/summary';
import type { LabReport, Summary } from './types';
import { videoSummary } from './video/summary';

/** A report as tables, claims and figures; drawn anew from what is kept, so that they improve with the program. */
export function summaryOf(report: LabReport): Summary {
  switch (report.experiment) {
    case 'toy':
      return toySummary(report);
    case 'monotone':
      return monotoneSummary(report);
    case 'maskers':
      return maskersSummary(report);
    case 'mnist':
      return mnistSummary(report);
    case 'attack':
      return attackSummary(report);
    case 'video':
      return videoSummary(report);
    case 'budgets':
      return budgetsSummary(report);
    case 'ssl':
      return sslSummary(report);
  }
}
