#!/usr/bin/env node
/**
 * `npm run dist`: installers by electron-builder. Where Electron's binary cannot be had, electron-builder packs the program around a
 * stand-in for it instead, and what would ship is checked and reported: `dist/` then holds a report, no installer.
 *
 *   node bin/dist.js [--check]     only that, also where Electron is here
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, Platform } from 'electron-builder';

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
/** Opened by path, which an archive cannot give. */
const NATIVE = /\.(node|wasm|so(\.\d+)*|dylib|dll)$/;

/** What belongs to the program. */
const OURS = /^((node_modules|resources|out\/(main|preload|renderer))\/|(package\.json|LICENSE)$)/;

if (!options.check && hasElectron()) await build({ projectDir: root, publish: 'never' });
else {
  const report = await checkPackage();
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'dist', 'files.json'), `${JSON.stringify(report, null, 2)}\n`);
  console.log(described(report));
  if (report.faults.length > 0) process.exitCode = 1;
}

/** Electron's package fetches its binary when it is asked for and not there. */
function hasElectron() {
  try {
    return existsSync(require('electron'));
  } catch {
    return false;
  }
}

async function checkPackage() {
  const work = mkdtempSync(join(tmpdir(), 'penumbra-dist-'));
  try {
    const output = join(work, 'out');
    await build({
      projectDir: root,
      publish: 'never',
      targets: Platform.LINUX.createTarget('dir'),
      config: {
        extends: join(root, 'electron-builder.yml'),
        directories: { output },
        electronDist: standIn(join(work, 'electron')),
        // These two change the binary that is not here.
        electronFuses: null,
        npmRebuild: false,
      },
    });
    return contentsOf(join(output, 'linux-unpacked', 'resources'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A folder like Electron's, with nothing in it that runs. */
function standIn(folder) {
  const { version } = require('electron/package.json');
  for (const [path, content] of Object.entries({
    electron: 'a stand-in',
    version,
    LICENSE: '',
    'LICENSES.chromium.html': '',
    'locales/en-US.pak': '',
  })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode: 0o755 });
  }
  mkdirSync(join(folder, 'resources'));
  return folder;
}

/** What electron-builder has packed, and what of it is not as it should be. */
function contentsOf(resources) {
  const files = [...entriesOf(headerOf(join(resources, 'app.asar')).files, '')];
  const paths = new Set(files.map(({ path }) => path));
  const faults = [
    ...[
      'out/main/index.js',
      'out/main/worker.js',
      'out/preload/index.cjs',
      'out/renderer/index.html',
      'package.json',
      'LICENSE',
    ]
      .filter((path) => !paths.has(path))
      .map((path) => `${path} is missing.`),
    ...files
      .filter(({ path, unpacked }) => NATIVE.test(path) && !unpacked)
      .map(({ path }) => `${path} lies inside the archive.`),
    ...files
      .filter(({ path, unpacked }) => unpacked && !existsSync(join(resources, 'app.asar.unpacked', path)))
      .map(({ path }) => `${path} is not beside the archive.`),
    ...files
      .filter(({ path }) => !OURS.test(path))
      .map(({ path }) => `${path} does not belong to the program.`),
    ...fuseFaults(),
  ];
  const total = (some) => some.reduce((sum, { size }) => sum + size, 0);
  const outside = files.filter(({ unpacked }) => unpacked);
  return {
    files: files.length,
    bytes: total(files),
    archiveBytes: statSync(join(resources, 'app.asar')).size,
    outside: { files: outside.length, bytes: total(outside) },
    native: outside.filter(({ path }) => NATIVE.test(path)).map(({ path, size }) => ({ path, size })),
    largest: largestOf(files),
    faults,
  };
}

/** The header of an archive: its size as the fourth number of 32 bits, then JSON (https://github.com/electron/asar#format). */
function headerOf(archive) {
  const file = openSync(archive, 'r');
  const sizes = Buffer.alloc(16);
  readSync(file, sizes, 0, 16, 0);
  const header = Buffer.alloc(sizes.readUInt32LE(12));
  readSync(file, header, 0, header.length, 16);
  return JSON.parse(header.toString('utf8'));
}

function* entriesOf(files, above) {
  for (const [name, entry] of Object.entries(files)) {
    const path = above === '' ? name : `${above}/${name}`;
    if (entry.files) yield* entriesOf(entry.files, path);
    else if (entry.link === undefined) yield { path, size: entry.size, unpacked: entry.unpacked === true };
  }
}

/** Sizes by package, the largest first. */
function largestOf(files) {
  const sizes = new Map();
  for (const { path, size } of files) {
    const name = /^node_modules\/((@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.split('/').slice(0, 2).join('/');
    sizes.set(name, (sizes.get(name) ?? 0) + size);
  }
  return [...sizes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 12)
    .map(([name, bytes]) => ({ name, bytes }));
}

/** The fuses that the configuration sets, as far as that can be seen without a binary to set them in. */
function fuseFaults() {
  const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
  const wanted = {
    ...{ runAsNode: false, enableCookieEncryption: true, enableNodeOptionsEnvironmentVariable: false },
    ...{ enableNodeCliInspectArguments: false, enableEmbeddedAsarIntegrityValidation: true },
    ...{ onlyLoadAppFromAsar: true, grantFileProtocolExtraPrivileges: false },
  };
  return Object.entries(wanted)
    .filter(([name, value]) => !new RegExp(`^ {2}${name}: ${value}$`, 'm').test(text))
    .map(([name, value]) => `The fuse ${name} is not set to ${value}.`);
}

function described({ files, bytes, archiveBytes, outside, native, largest, faults }) {
  const mb = (size) => `${(size / 2 ** 20).toFixed(1)} MB`;
  return [
    'Nothing was built that runs. What would ship beside Electron:',
    `${files} files, ${mb(bytes)}: ${mb(archiveBytes)} in the archive, ${outside.files} files (${mb(outside.bytes)}) outside of it`,
    ...largest.map(({ name, bytes: size }) => `  ${mb(size).padStart(9)}  ${name}`),
    'Native modules and WebAssembly, all outside of the archive:',
    ...native.map(({ path, size }) => `  ${mb(size).padStart(9)}  ${path}`),
    ...(faults.length > 0
      ? faults
      : ['Fuses are configured; every check holds. dist/files.json has the report.']),
  ].join('\n');
}
