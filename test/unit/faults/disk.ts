/** @file A small disk of its own, which can be filled up, closed to writing and taken out. Needs Linux and the right to mount. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Disk {
  path: string;
  /** Leaves no room, not even for a byte. */
  fill(): void;
  /** Takes away what `fill` wrote. */
  free(): void;
  closeToWriting(): void;
  /** Pulls it out; where it was, an empty folder is left. */
  unplug(): void;
}

const run = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

export function insertDisk(megabytes: number): Disk {
  const path = mkdtempSync(join(tmpdir(), 'penumbra-disk-'));
  if (!run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path)) {
    rmdirSync(path);
    throw new Error('A disk cannot be mounted here.');
  }
  return {
    path,
    fill: () => {
      const file = openSync(join(path, '.ballast'), 'w');
      for (let size = 65_536; size >= 1; size /= 16)
        try {
          while (writeSync(file, Buffer.alloc(size)) === size);
        } catch {
          // Full, for pieces of this size.
        }
      closeSync(file);
    },
    free: () => rmSync(join(path, '.ballast')),
    closeToWriting: () => {
      if (!run('mount', '-o', 'remount,ro', path)) throw new Error('The disk is in use.');
    },
    unplug: () => {
      run('umount', '-l', path);
    },
  };
}

export function removeDisk(disk: Disk): void {
  disk.unplug();
  rmdirSync(disk.path);
}

/** Said once, where these tests are left out. */
export const canMount = (() => {
  try {
    removeDisk(insertDisk(1));
    return true;
  } catch {
    process.stdout.write('Tests of full and closed disks are skipped: nothing can be mounted here.\n');
    return false;
  }
})();
