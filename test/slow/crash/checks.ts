/** @file What has to hold of a project file whose program was killed, and the count of kills. */
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { MIGRATIONS } from '../../../src/main/store/migrations';

/** Opens the file as it was left, with its log. */
export function expectIntact(file: string, version = MIGRATIONS.at(-1)!.version): void {
  const db = new Database(file, { fileMustExist: true });
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    expect(db.pragma('user_version', { simple: true })).toBe(version);
  } finally {
    db.close();
  }
}

/** PENUMBRA_SEED draws other moments. */
export const SEED = Number(process.env.PENUMBRA_SEED ?? 1);

export function tellKills(what: string, kills: number, more: Record<string, unknown> = {}): void {
  process.stdout.write(`${what}: ${JSON.stringify({ kills, seed: SEED, ...more })}\n`);
}

/** Whether the process runs; one that has ended and waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
