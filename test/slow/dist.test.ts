/** What electron-builder packs: the program whole, native code outside of the archive, nothing of the workshop. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Report {
  files: number;
  bytes: number;
  archiveBytes: number;
  outside: { files: number; bytes: number };
  native: { path: string; size: number }[];
  faults: string[];
}

test('the package holds what it should', () => {
  execFileSync(process.execPath, ['bin/dist.js', '--check'], { stdio: 'ignore' });
  const report = JSON.parse(readFileSync('dist/files.json', 'utf8')) as Report;
  expect(report.faults).toEqual([]);
  const native = report.native.map(({ path }) => path).join('\n');
  for (const name of [
    /better_sqlite3\.node$/m,
    /onnxruntime_binding\.node$/m,
    /sharp.*\.node$/m,
    /tfjs-backend-wasm.*\.wasm$/m,
  ])
    expect(native).toMatch(name);
  // Libraries of other systems would be three times as much.
  expect(native).not.toMatch(/\/(darwin|win32)\//);
  process.stdout.write(
    `package: ${JSON.stringify({ files: report.files, bytes: report.bytes, archive: report.archiveBytes, outside: report.outside })}\n`,
  );
});
