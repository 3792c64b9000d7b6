/** @file Pictures side by side, with a name over every column. */
import { element, escapeText, svgDocument } from './svg';

const [SIDE, GAP, TOP, LINE] = [88, 8, 46, 14];
/** Letters that fit over a picture. */
const LETTERS = 15;

/** @param columns pictures as data URIs, all of the same number @returns an SVG document */
export function gallery(title: string, columns: { title: string; images: string[] }[]): string {
  const marks = columns.flatMap(({ title: name, images }, c) => {
    const x = GAP + c * (SIDE + GAP);
    const lines = wrapped(name).map((line, i) =>
      element('text', { x, y: 14 + i * LINE, 'font-size': 11 }, escapeText(line)),
    );
    const pictures = images.map((href, r) =>
      element('image', {
        ...{ x, y: TOP + r * (SIDE + GAP), width: SIDE, height: SIDE, href },
        style: 'image-rendering:pixelated',
      }),
    );
    return [...lines, ...pictures];
  });
  const rows = Math.max(0, ...columns.map(({ images }) => images.length));
  const width = GAP + columns.length * (SIDE + GAP);
  return svgDocument(width, TOP + rows * (SIDE + GAP), title, marks.join(''));
}

function wrapped(text: string): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + word.length >= LETTERS) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.slice(0, 3);
}
