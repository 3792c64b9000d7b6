/** @file Comma-separated values (RFC 4180). */

export type Cell = string | number | null;

/** Cells with a comma, a quote or a line break are quoted, quotes doubled; lines end in CR LF. */
export function csvLine(cells: Cell[]): string {
  const text = cells.map((cell) => {
    if (typeof cell === 'number')
      return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(7)));
    return cell !== null && /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : (cell ?? '');
  });
  return `${text.join(',')}\r\n`;
}
