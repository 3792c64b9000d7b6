/** @file An experiment's tables and claims as lines for people. */
import type { LabClaim, LabTable } from '../../contract/types';

/** Columns of numbers end where their heads do; the first, of names, begins with its head. */
export function linesOf({ title, columns, rows, note }: LabTable): string[] {
  const widths = columns.map((head, c) => Math.max(head.length, ...rows.map((row) => row[c]!.length)));
  const line = (cells: string[]): string =>
    cells.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  ');
  return [title, line(columns), ...rows.map(line), ...(note ? [note] : []), ''];
}

export function claimLines(claims: LabClaim[]): string[] {
  return claims.map(({ paper, ours, holds }) => `${holds ? 'holds' : 'FAILS'}  ${paper}: ${ours}`);
}
