/** @file A report as a table, one row a class. */
import type { ClassReport, Figure, ReportContent, ReportReview } from '../../contract/reports';

const triple = (name: string): string[] => [name, `${name}_low`, `${name}_high`];

const COLUMNS = [
  ...['class', 'verdict', 'review', 'images', 'answered_right'],
  ...triple('score'),
  ...triple('accuracy'),
  ...triple('kept_outside_object'),
  ...['region', 'region_proven'],
  ...triple('answers_lost_without_region'),
  ...triple('answers_lost_without_control'),
  ...triple('answers_won_by_region'),
  ...triple('answers_won_by_control'),
  'region_p',
  ...['background_proven'],
  ...triple('answers_following_background'),
  ...['background_p', 'strategies', 'hot_place_z', 'hot_place_p'],
];

export function csvOf({ classes }: ReportContent, reviews: ReportReview[]): string {
  return `${[COLUMNS, ...classes.map((one) => row(one, reviews))].map((cells) => cells.map(cell).join(',')).join('\n')}\n`;
}

type Cell = string | number | boolean | null;

function row(one: ClassReport, reviews: ReportReview[]): Cell[] {
  const review = reviews.findLast(({ className, claim }) => className === one.name && claim === 'verdict');
  const region = one.regions[0] ?? null;
  const { background, outside, place, strategies } = one;
  return [
    ...[one.name, one.verdict, review?.decision ?? null, one.images, one.right],
    ...[one.score, ...one.interval],
    ...figure(one.accuracy),
    ...figure(outside?.kept),
    ...[region?.source ?? null, region?.proven ?? null],
    ...figure(region?.removed.region),
    ...figure(region?.removed.control),
    ...figure(region?.pasted.region),
    ...figure(region?.pasted.control),
    ...[region?.removed.p ?? null, background?.proven ?? null],
    ...figure(background?.followsGround),
    ...[background?.left.p ?? null, strategies?.count ?? null, place?.z ?? null, place?.p ?? null],
  ];
}

const figure = (value: Figure | undefined): Cell[] =>
  value ? [value.mean, value.low, value.high] : [null, null, null];

/** Quoted where it must be; a name that a spreadsheet would take for a formula is put in quotes as text. */
function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
