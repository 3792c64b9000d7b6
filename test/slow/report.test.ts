/** What the report says over seeds of the sample's variants, beside what was planted in them. */

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { DEMO_VARIANTS, type DemoVariant } from '../../src/main/library/demo/types';
import { median } from '../../src/main/noise/statistics';
import { separation } from '../../src/main/reports/statistics';
import { type ClassRow, measure } from './report/measure';
import { report, startSlowEngine } from './support';

/** Thresholds were chosen on seeds 1 to 3. PENUMBRA_SEEDS=1,2,3 looks at others. */
const SEEDS = (process.env.PENUMBRA_SEEDS ?? '4,5,6,7,8,9,10,11,12,13').split(',').map(Number);
/** Encoders and masks are kept here, so that a run that broke off trains none twice. */
const FOLDER = process.env.PENUMBRA_REPORT_MODELS ?? join(tmpdir(), 'penumbra-report-models');
/** A file with a line a class: what is in it is not measured again. It holds for one state of the code only. */
const ROWS = process.env.PENUMBRA_REPORT_ROWS;
const ACCUSED = ['cue', 'background', 'mixed'];

beforeAll(startSlowEngine);

test(`${SEEDS.length} seeds of four variants`, async () => {
  const known = ROWS && existsSync(ROWS) ? readFileSync(ROWS, 'utf8').split('\n').filter(Boolean) : [];
  const rows = known
    .map((line) => JSON.parse(line) as ClassRow)
    .filter(({ seed, variant }) => SEEDS.includes(seed) && DEMO_VARIANTS.includes(variant));
  for (const seed of SEEDS)
    for (const variant of DEMO_VARIANTS) {
      if (rows.some((row) => row.seed === seed && row.variant === variant)) continue;
      const found = await measure(FOLDER, variant, seed);
      for (const row of found) report('class', row);
      if (ROWS) appendFileSync(ROWS, found.map((row) => `${JSON.stringify(row)}\n`).join(''));
      rows.push(...found);
    }
  for (const masks of [true, false]) {
    const ours = rows.filter((row) => row.masks === masks);
    const auroc = aurocOf(ours);
    const wronged = shareAccused(ours.filter(({ variant }) => variant === 'clean' || variant === 'ignored'));
    const located = median(locations(ours));
    report(masks ? 'with masks' : 'without masks', { auroc, wronged, located });
    for (const variant of DEMO_VARIANTS) report(variant, lineOf(ours, variant));
    expect(auroc).toBeGreaterThanOrEqual(masks ? 0.95 : 0.9);
    expect(wronged).toBeLessThanOrEqual(0.05);
    expect(located).toBeGreaterThanOrEqual(0.3);
  }
});

const isAccused = ({ verdict }: ClassRow) => ACCUSED.includes(verdict);
const shareAccused = (rows: ClassRow[]) => rows.filter(isAccused).length / rows.length;
const locations = (rows: ClassRow[]) =>
  rows.flatMap(({ planted, iou }) => (planted && iou !== null ? [iou] : []));

function aurocOf(rows: ClassRow[]): number {
  const scores = (planted: boolean) =>
    rows.filter((row) => row.planted === planted).map(({ score }) => score);
  return separation(scores(true), scores(false));
}

/** A variant's line of the table in docs/evaluation.md; its planted classes against the classes of `clean` and its own others. */
function lineOf(rows: ClassRow[], variant: DemoVariant): Record<string, unknown> {
  const own = rows.filter((row) => row.variant === variant);
  const compared = rows.filter((row) => row.variant === variant || row.variant === 'clean');
  const count = (planted: boolean) => {
    const those = own.filter((row) => row.planted === planted);
    return `${those.filter(isAccused).length} of ${those.length}`;
  };
  const overlaps = locations(own);
  return {
    pairs: new Set(own.map(({ seed }) => seed)).size,
    auroc: own.some(({ planted }) => planted) ? aurocOf(compared) : null,
    ...{ plantedAccused: count(true), othersAccused: count(false) },
    located: overlaps.length > 0 ? median(overlaps) : null,
    listedInData: own.filter(({ inData }) => inData.some((kind) => kind !== 'property')).length,
  };
}
