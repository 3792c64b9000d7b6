/** @file The program's log: unexpected faults only, in one file of the data directory that cannot grow for ever. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LARGEST = 1_000_000;

export const logFile = (dataDirectory: string): string => join(dataDirectory, 'penumbra.log');

/** Appends the fault with its stack and causes. Never throws: a log that cannot be written must not hide the fault. */
export function logFault(file: string, where: string, fault: unknown): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST) renameSync(file, `${file}.1`);
    appendFileSync(file, `${new Date().toISOString()} ${where}: ${describeFault(fault)}\n`, { mode: 0o600 });
  } catch {
    console.error(fault);
  }
}

function describeFault(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const cause = fault.cause === undefined ? '' : `\n  caused by: ${describeFault(fault.cause)}`;
  return `${fault.stack ?? fault.message}${cause}`;
}
