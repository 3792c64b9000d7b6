/** @file SVG text, element by element. */

type Attributes = Record<string, string | number>;

/** @param children inner markup, already escaped where it is text */
export function element(name: string, attributes: Attributes, children = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(value)}"`);
  return `<${name}${written.join('')}${children === '' ? '/>' : `>${children}</${name}>`}`;
}

export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Hundredths of a pixel are enough, and keep the files small. */
function attribute(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : escapeText(value);
}

/** A whole document on white. */
export function svgDocument(width: number, height: number, title: string, content: string): string {
  const ground = element('rect', { width, height, fill: '#fff' });
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'font-family': 'system-ui, sans-serif',
      'font-size': 12,
      fill: '#222',
    },
    `<title>${escapeText(title)}</title>${ground}${content}`,
  )}\n`;
}
