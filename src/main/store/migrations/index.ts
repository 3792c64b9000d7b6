import { migration001 } from './001';
import { migration002 } from './002';
import { migration003 } from './003';
import { migration004 } from './004';
import { migration005 } from './005';
import { migration006 } from './006';
import type { Migration } from './types';

/** Every step of the schema, in order; a new one is one file and one line. */
export const MIGRATIONS: Migration[] = [
  migration001,
  migration002,
  migration003,
  migration004,
  migration005,
  migration006,
];
