/** @file The list of projects opened before, newest first: one JSON file in the data directory. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type RecentProject, recentProject } from '../../contract/types';
import { readJson, writeJson } from './jsonFile';

const KEPT = 20;

export class Recents {
  readonly #file: string;

  constructor(dataDirectory: string) {
    this.#file = join(dataDirectory, 'recent.json');
  }

  /** Projects whose file is still there. */
  list(): RecentProject[] {
    const parsed = z.array(recentProject).safeParse(readJson(this.#file));
    return parsed.success ? parsed.data.filter(({ file }) => existsSync(file)) : [];
  }

  add(project: Omit<RecentProject, 'openedAt'>): void {
    const others = this.list().filter(({ file }) => file !== project.file);
    writeJson(this.#file, [{ ...project, openedAt: new Date().toISOString() }, ...others].slice(0, KEPT));
  }
}
