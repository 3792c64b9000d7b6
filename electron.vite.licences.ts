/** @file What is shipped with the program and under which licences: an asset of the window, made at every build. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { Plugin } from 'vite';

interface PackageJson {
  name: string;
  version: string;
  license?: string | { type: string };
  licenses?: { type: string }[];
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/**
 * Adds `licences.json` to the window's files: every package whose code is in the bundle, and every package that is installed
 * with the program because it, or one of its dependencies, is asked for in package.json.
 * @param root the folder of package.json
 */
export function licences(root: string): Plugin {
  return {
    name: 'penumbra-licences',
    generateBundle(_options, bundle) {
      const folders = new Set(shipped(root));
      for (const chunk of Object.values(bundle))
        if (chunk.type === 'chunk')
          for (const id of Object.keys(chunk.modules)) {
            const folder = packageFolder(id);
            if (folder) folders.add(folder);
          }
      const list = [...folders].map(describe).sort((a, b) => a.name.localeCompare(b.name, 'en'));
      const source = JSON.stringify(list);
      this.emitFile({ type: 'asset', fileName: 'licences.json', source });
    },
  };
}

/** Folders of the packages that are installed with the program. */
function shipped(root: string): Set<string> {
  const found = new Set<string>();
  const visit = (folder: string): void => {
    const { dependencies = {}, optionalDependencies = {} } = read(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const at = resolveFrom(folder, name);
      // An optional one may not be installed here.
      if (!at || found.has(at)) continue;
      found.add(at);
      visit(at);
    }
  };
  visit(root);
  return found;
}

/** As Node finds a package: in the nearest node_modules upwards. */
function resolveFrom(folder: string, name: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (dirname(at) === at) return null;
  }
}

/** The package a bundled module belongs to; null for our own files and for what a plugin made up. */
function packageFolder(id: string): string | null {
  const path = id.split('?')[0]!.replaceAll('/', sep).replace('\0', '');
  const marker = `${sep}node_modules${sep}`;
  const at = path.lastIndexOf(marker);
  if (at < 0) return null;
  const parts = path.slice(at + marker.length).split(sep);
  const [first = '', second = ''] = parts;
  const name = first.startsWith('@') ? join(first, second) : first;
  const folder = join(path.slice(0, at), 'node_modules', name);
  return existsSync(join(folder, 'package.json')) ? folder : null;
}

const read = (folder: string): PackageJson =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson;

/** As Licences.svelte reads it. */
function describe(folder: string) {
  const { name, version, license, licenses } = read(folder);
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  return {
    name,
    version,
    licence:
      (typeof license === 'object' ? license.type : license) ??
      licenses?.map(({ type }) => type).join(' or ') ??
      'see its text',
    text: file ? readFileSync(join(folder, file), 'utf8') : null,
  };
}
