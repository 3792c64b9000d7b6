/** @file The `settings` area of the contract: the program's in the data directory, `project.*` in the project. */
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from './jsonFile';
import type { ProjectWorkspace } from './workspace';

const OF_PROJECT = 'project.';

export const settingsApi = (workspace: ProjectWorkspace) => {
  const file = join(workspace.dataDirectory, 'settings.json');
  const ofProgram = (): Record<string, unknown> => {
    const parsed = z.record(z.string(), z.unknown()).safeParse(readJson(file));
    return parsed.success ? parsed.data : {};
  };
  return {
    get: (): Record<string, unknown> => ({
      ...ofProgram(),
      ...(workspace.summary() ? workspace.requireStore().settings() : {}),
    }),

    set: ({ key, value }: { key: string; value: unknown }) => {
      if (key.startsWith(OF_PROJECT)) workspace.requireStore().setSetting(key, value);
      else writeJson(file, { ...ofProgram(), [key]: value });
      return {};
    },
  };
};
