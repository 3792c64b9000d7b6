/** @file Which files are read meanwhile: none may lie outside of the folder that was named. */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

const WATCHED = ['readFile', 'open', 'readdir', 'stat'] as const;

/** Notes every path that goes to the file system until `end`. @returns paths outside of the folder */
export function watchFiles(folder: string): { outside: string[]; end(): void } {
  const root = resolve(folder);
  const outside: string[] = [];
  const originals = WATCHED.map((name) => fs[name]);
  const writable = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const [i, name] of WATCHED.entries())
    writable[name] = (...args: unknown[]) => {
      const path = resolve(String(args[0]));
      if (path !== root && !path.startsWith(root + sep)) outside.push(path);
      return (originals[i] as (...args: unknown[]) => unknown)(...args);
    };
  syncBuiltinESMExports();
  return {
    outside,
    end: () => {
      for (const [i, name] of WATCHED.entries()) writable[name] = originals[i] as never;
      syncBuiltinESMExports();
    },
  };
}
