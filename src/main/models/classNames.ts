/**
 * Names of classes from a text: a list or an object with numbers as JSON, such an object as Python prints it ({0: 'cat', 1: 'dog'}, as
 * exporters put it into ONNX metadata), or a name a line, with or without its number before it.
 * @returns in the order of their numbers; null where there are fewer than two, or one is left out
 */
export function classNamesIn(text: string): string[] | null {
  const trimmed = text.trim();
  const names = trimmed.startsWith('[')
    ? listOf(trimmed)
    : trimmed.startsWith('{')
      ? numbered(trimmed)
      : trimmed.split(/\r?\n/).map((line) => line.replace(/^\d+\s*[:,\t]\s*/, '').trim());
  return names && names.length > 1 && names.every((name) => name !== '') ? names : null;
}

function listOf(text: string): string[] | null {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : null;
  } catch {
    return null;
  }
}

/** A number, a colon, and a name in quotes of either kind. */
const ENTRY = /["']?(\d+)["']?\s*:\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/g;

function numbered(text: string): string[] | null {
  const names = new Map<number, string>();
  for (const [, number, quoted] of text.matchAll(ENTRY))
    names.set(Number(number), quoted!.slice(1, -1).replace(/\\(.)/g, '$1'));
  const inOrder = Array.from({ length: names.size }, (_, index) => names.get(index) ?? '');
  return inOrder.length > 0 ? inOrder : null;
}
