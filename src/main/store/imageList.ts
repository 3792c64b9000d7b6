/** @file The list of images that people see: narrowed, sorted, a page at a time, and what there is to narrow and sort by. */
import type Database from 'better-sqlite3';
import type { ImageItem, ImageQuery, LibraryFacets } from '../../contract/types';
import type { ProjectStore } from './types';

type ListArea = Pick<ProjectStore, 'listImages' | 'imageIds' | 'facets'>;

/** Rows are chosen and cut in the index first; only those that are shown are looked up in full. */
const ITEM = `SELECT images.id, path, classes.name AS className, split, width, height,
    positive_bits AS positiveBits, negative_bits AS negativeBits,
    positive_spread AS positiveSpread, negative_spread AS negativeSpread, disagreement, suspicion, regions, checked,
    (SELECT json_group_array(tag) FROM sheet_tags JOIN annotation_sheets ON annotation_sheets.id = sheet_id
     WHERE image_id = images.id) AS tags,
    (SELECT json_group_array(message) FROM image_warnings WHERE image_id = images.id) AS warnings
  FROM images LEFT JOIN classes ON classes.id = class_id`;

const SORT_COLUMN = {
  name: 'path',
  positiveBits: 'positive_bits',
  negativeBits: 'negative_bits',
  positiveSpread: 'positive_spread',
  negativeSpread: 'negative_spread',
  disagreement: 'disagreement',
  suspicion: 'suspicion',
} as const satisfies Record<ImageQuery['sort'], string>;

/** One form for what is stored and what is typed: macOS writes names decomposed, people type them composed. */
export const searchForm = (text: string): string => text.normalize('NFC').toLowerCase();

export function imageListArea(db: Database.Database): ListArea {
  const sortable = Object.values(SORT_COLUMN).filter((column) => column !== 'path');
  const facets = db.prepare(
    `SELECT (SELECT count(*) FROM images WHERE checked = 1) AS checked,
       (SELECT count(*) FROM images WHERE (regions > 0) = 1) AS annotated,
       (SELECT count(DISTINCT image_id) FROM image_warnings) AS warnings,
       ${sortable.map((column) => `(SELECT count(*) FROM images WHERE ${column} IS NOT NULL) AS ${column}`).join(', ')}`,
  );
  return {
    listImages: (query) => listImages(db, query),
    imageIds: (query) => {
      const { where, order, values } = viewOf(query);
      return db
        .prepare(`SELECT id FROM images ${where} ORDER BY ${order} LIMIT @limit OFFSET @offset`)
        .pluck()
        .all(values) as number[];
    },
    facets: () => {
      const found = facets.get() as Record<string, number>;
      const counts = Object.entries(SORT_COLUMN).map(([sort, column]) => [sort, found[column] ?? 0]);
      const { checked, annotated, warnings } = found as Pick<
        LibraryFacets,
        'checked' | 'annotated' | 'warnings'
      >;
      return { checked, annotated, warnings, sortable: Object.fromEntries(counts) };
    },
  };
}

/** One page and the number of all that match; images without a value come last when sorted by it. */
function listImages(db: Database.Database, query: ImageQuery): { total: number; images: ImageItem[] } {
  const { where, order, values } = viewOf(query);
  const page = `SELECT id FROM images ${where} ORDER BY ${order} LIMIT @limit OFFSET @offset`;
  type Raw = Omit<ImageItem, 'checked' | 'tags' | 'warnings'> & {
    checked: number;
    tags: string;
    warnings: string;
  };
  const items = db.prepare(`${ITEM} WHERE images.id IN (${page}) ORDER BY ${order}`).all(values) as Raw[];
  return {
    total: db.prepare(`SELECT count(*) FROM images ${where}`).pluck().get(values) as number,
    images: items.map(({ checked, tags, warnings, ...item }) => ({
      ...item,
      checked: checked === 1,
      tags: JSON.parse(tags) as string[],
      warnings: JSON.parse(warnings) as string[],
    })),
  };
}

/** Conditions as the indices have them. */
const CONDITIONS = {
  className: 'class_id = (SELECT id FROM classes WHERE name = @className)',
  split: 'split = @split',
  search: 'instr(search, @search) > 0',
  checked: 'checked = @checked',
  annotated: '(regions > 0) = @annotated',
  warning: '(images.id IN (SELECT image_id FROM image_warnings)) = @warning',
  tag: `images.id IN (SELECT image_id FROM annotation_sheets JOIN sheet_tags ON sheet_id = annotation_sheets.id
    WHERE tag = @tag)`,
  groupId: 'images.id IN (SELECT image_id FROM image_group_members WHERE group_id = @groupId)',
  ids: 'images.id IN (SELECT value FROM json_each(@ids))',
} as const satisfies Partial<Record<keyof ImageQuery, string>>;

function viewOf({ sort, descending, limit, offset, search, ...filters }: ImageQuery) {
  const given = { ...filters, search: search ? searchForm(search) : undefined };
  const values: Record<string, unknown> = { limit, offset };
  const conditions: string[] = [];
  for (const [name, condition] of Object.entries(CONDITIONS)) {
    const value = given[name as keyof typeof given];
    if (value === undefined) continue;
    conditions.push(condition);
    values[name] =
      typeof value === 'boolean' ? Number(value) : Array.isArray(value) ? JSON.stringify(value) : value;
  }
  const direction = descending ? 'DESC' : 'ASC';
  const column = SORT_COLUMN[sort];
  return {
    where: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
    order: column === 'path' ? `path ${direction}` : `${column} ${direction} NULLS LAST, path ${direction}`,
    values,
  };
}
