/** @file Markup that cannot be broken out of: whatever is put into it is escaped, unless it is markup itself. */

export class Markup {
  constructor(readonly text: string) {}
}

export type Content = string | number | null | undefined | Markup | Content[];

/** html`<b>${name}</b>`: the name is escaped, in text and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(strings.map((text, i) => text + (i < values.length ? textOf(values[i]) : '')).join(''));
}

function textOf(value: Content): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(textOf).join('');
  return String(value).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
