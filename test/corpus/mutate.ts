/** @file Mutators for fast-check: what happens to files that are damaged, or made to do damage. */
import fc from 'fast-check';

type Edit = (bytes: Buffer) => Buffer;

/** Where, as a part of the length: the beginning, where headers are, more often. */
const place = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 0.1, noNaN: true }),
);
const at = (share: number, bytes: Buffer): number =>
  Math.min(Math.floor(share * bytes.length), Math.max(bytes.length - 1, 0));

const write =
  (share: number, piece: Buffer): Edit =>
  (bytes) => {
    const changed = Buffer.from(bytes);
    changed.set(piece.subarray(0, changed.length - at(share, bytes)), at(share, bytes));
    return changed;
  };

/** Numbers at the ends of their kinds, in both orders of bytes. */
const LIES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff].flatMap((value) => {
  const [big, little] = [Buffer.alloc(4), Buffer.alloc(4)];
  big.writeUInt32BE(value);
  little.writeUInt32LE(value);
  return [big, little];
});

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(([share, bit]) => (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    const index = at(share, bytes);
    if (changed.length > 0) changed[index] = changed[index]! ^ (1 << bit);
    return changed;
  }),
  fc
    .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 16 }))
    .map(([share, piece]) => write(share, Buffer.from(piece))),
  fc.tuple(place, fc.constantFrom(...LIES)).map(([share, piece]) => write(share, piece)),
  place.map((share) => (bytes: Buffer) => bytes.subarray(0, at(share, bytes))),
  fc.tuple(place, place).map(([from, to]) => (bytes: Buffer) => {
    const [a, b] = [at(Math.min(from, to), bytes), at(Math.max(from, to), bytes)];
    return Buffer.concat([bytes.subarray(0, a), bytes.subarray(b)]);
  }),
  fc.tuple(place, place).map(([from, to]) => (bytes: Buffer) => {
    const [a, b] = [at(Math.min(from, to), bytes), at(Math.max(from, to), bytes)];
    return Buffer.concat([bytes.subarray(0, b), bytes.subarray(a)]);
  }),
  fc.tuple(place, fc.uint8Array({ maxLength: 64 })).map(([share, piece]) => (bytes: Buffer) => {
    const index = at(share, bytes);
    return Buffer.concat([bytes.subarray(0, index), piece, bytes.subarray(index)]);
  }),
);

/** One of the files, by its name, with up to six such edits. */
export function mutated(files: Record<string, Buffer>): fc.Arbitrary<{ name: string; bytes: Buffer }> {
  return fc
    .tuple(fc.constantFrom(...Object.keys(files)), fc.array(edit, { minLength: 1, maxLength: 6 }))
    .map(([name, edits]) => ({
      name,
      bytes: edits.reduce((bytes, change) => change(bytes), files[name]!),
    }));
}

/** What somebody would write into a text to see what happens. */
const WORDS = [
  ...['-1', '0', '1e308', '1e999', '-1e999', '9007199254740993', 'NaN', '0.1', '99999999999999999999'],
  ...['null', 'true', '[]', '{}', '""', '[[[[[[[[[[', ']', '}', '"', "'", ',', ':', '\0', '\ud83d\ude00'],
  ...['__proto__', 'constructor', 'toString', '../../etc/passwd', '/etc/passwd', 'file:///etc/passwd'],
  ...['<!DOCTYPE a [<!ENTITY b "c">]>', '&b;', '&#0;', '<![CDATA[', ']]>', '<a>', '</a>', '<!--', '%s'],
  ...['\r\n', '\n\n', '\t', ' ', '=cmd()', '*a', '&a [*a]', '!!js/function "x"', '<<: *a'],
];

const textEdit: fc.Arbitrary<(text: string) => string> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...WORDS)).map(([share, word]) => (text: string) => {
    const index = Math.floor(share * text.length);
    return text.slice(0, index) + word + text.slice(index);
  }),
  // A number, a word or a string in the text gives way.
  fc.tuple(fc.nat(), fc.constantFrom(...WORDS)).map(([which, word]) => (text: string) => {
    const tokens = [...text.matchAll(/-?\d+(\.\d+)?|"[^"]*"|[A-Za-z_]+/g)];
    const token = tokens[which % Math.max(tokens.length, 1)];
    return token ? text.slice(0, token.index) + word + text.slice(token.index + token[0].length) : word;
  }),
  fc.tuple(place, place).map(([from, to]) => (text: string) => {
    const [a, b] = [from, to].map((share) => Math.floor(share * text.length)).sort((x, y) => x - y);
    return text.slice(0, a) + text.slice(b);
  }),
  fc.tuple(place, place).map(([from, to]) => (text: string) => {
    const [a, b] = [from, to].map((share) => Math.floor(share * text.length)).sort((x, y) => x - y);
    return text.slice(0, b) + text.slice(a);
  }),
);

/** One of the texts with up to four edits of words and numbers. */
export function mutatedText(files: Record<string, Buffer>): fc.Arbitrary<{ name: string; bytes: Buffer }> {
  return fc
    .tuple(fc.constantFrom(...Object.keys(files)), fc.array(textEdit, { minLength: 1, maxLength: 4 }))
    .map(([name, edits]) => ({
      name,
      bytes: Buffer.from(edits.reduce((text, change) => change(text), files[name]!.toString('utf8'))),
    }));
}
