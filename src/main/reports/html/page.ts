/** @file The report as one page that needs nothing else: images inside, no script, readable on paper. */
import type { ReportContent, ReportReview } from '../../../contract/reports';
import { bar, classSection, interval, range, shownP, VERDICTS } from './classSection';
import { html, Markup } from './markup';
import { METHOD } from './method';
import { pictureRules, type ReportPictures, tile } from './pictures';
import { STYLE } from './style';

export interface Page {
  content: ReportContent;
  reviews: ReportReview[];
  pictures: ReportPictures;
  folder: string;
}

export function pageOf({ content, reviews, pictures, folder }: Page): string {
  const { classes, encoder, summary, warnings, size, seed, split, objectsFrom } = content;
  const title = `What ${folder.split(/[\\/]/).at(-1)} is recognised by`;
  const body = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title><style>${new Markup(STYLE)}${pictureRules(pictures)}</style></head><body>
<h1>${title}</h1>
<p class="soft">${folder} · encoder ${encoder.name} (${encoder.answers === 'head' ? 'its own answers' : 'answers by the nearest class mean'}) · ${split === null ? 'all images' : `images of "${split}"`} at ${size} px · seed ${seed}${objectsFrom ? html` · objects from ${objectsFrom}` : null}</p>
${summary.map((sentence) => html`<p>${sentence}</p>`)}
${warnings.map((warning) => html`<p class="note">${warning}</p>`)}
<table><tr><th>class</th><th>verdict</th><th>score</th><th></th><th class="n">images</th><th class="n">right</th></tr>
${classes.map(({ name, verdict, score, interval: [low, high], scored, images, right }, i) => html`<tr><td><a href="#class-${i}">${name}</a></td><td class="verdict ${verdict}">${VERDICTS[verdict]}</td><td>${bar(score, low, high)}</td><td>${range(score, low, high, scored)}</td><td class="n">${images}</td><td class="n">${right}</td></tr>`)}</table>
${classes.map((one, i) => classSection(one, reviews, pictures, `class-${i}`))}
${dataSection(content, pictures)}
${foldersSection(content, pictures)}
${METHOD}
</body></html>
`;
  return body.text;
}

const DUPLICATES = 12;
const ACROSS = { classes: 'other class', splits: 'other split', both: 'class and split' } as const;

function dataSection({ dataProperties }: ReportContent, pictures: ReportPictures): Markup {
  if (dataProperties.length === 0) return html``;
  return html`<section><h2>In the data, whether or not the encoder uses it</h2>
${dataProperties.map(({ className, sentence, images, box }) => html`<p><b>${className}</b>: ${sentence}</p><div class="row">${images.slice(0, 4).map((id) => tile(pictures, id, box))}</div>`)}</section>`;
}

function foldersSection(
  { accuracy, confusion, properties, duplicates }: ReportContent,
  pictures: ReportPictures,
): Markup {
  return html`<section><h2>The whole folder</h2>
<p>${interval(accuracy)} of the images are answered right. Rows are the images' classes, columns the answers.</p>
<table><tr><th></th>${confusion.classes.map((name) => html`<th class="n">${name}</th>`)}</tr>
${confusion.counts.map((row, i) => html`<tr><td>${confusion.classes[i]}</td>${row.map((count) => html`<td class="n">${count}</td>`)}</tr>`)}</table>
${
  properties.length > 0
    ? html`<h3>Simple properties of the images</h3><table><tr><th>property</th><th>tells the class of</th><th>largest class</th><th class="n">p</th></tr>
${properties.map(({ name, accuracy: share, majority, p }) => html`<tr><td>${name}</td><td>${interval(share)}</td><td>${Math.round(100 * majority)} %</td><td class="n">${shownP(p)}</td></tr>`)}</table>`
    : null
}
${
  duplicates.length > 0
    ? html`<h3>Nearly equal images in different classes or splits</h3>
<div class="row pairs">${duplicates.slice(0, DUPLICATES).map(({ images, across }) => html`<div class="pair">${images.map((id) => tile(pictures, id, null, ACROSS[across]))}</div>`)}</div>
<p class="soft">${duplicates.length > DUPLICATES ? `The ${DUPLICATES} most alike of ${duplicates.length} pairs.` : null}</p>`
    : null
}</section>`;
}
