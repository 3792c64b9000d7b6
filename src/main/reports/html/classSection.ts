/** @file One class of the page: verdict, evidence, images. */
import type { ClassReport, Comparison, Figure, ReportReview, SuspectRegion } from '../../../contract/reports';
import { html, type Markup } from './markup';
import { altered, checked, type ReportPictures, tile } from './pictures';

export const VERDICTS: Record<ClassReport['verdict'], string> = {
  object: 'relies on the object',
  cue: 'relies on a cue',
  background: 'relies on the background',
  mixed: 'relies on the object and on something else',
  insufficient: 'not enough data',
};

const SOURCES: Record<SuspectRegion['source'], string> = {
  map: 'A place where the maps of this class are hotter',
  colour: 'A place where the pixels of this class differ',
  pattern: 'A small picture that recurs',
  outside: 'The hottest place outside the object',
  annotated: 'A cue that a person marked',
};

const signed = (text: string): string => text.replace('-', '−');
const percent = (value: number): string => `${signed(String(Math.round(100 * value)))} %`;
const decimal = (value: number): string => signed(value.toFixed(2));

export const interval = ({ mean, low, high, images }: Figure): Markup =>
  html`${percent(mean)} <span class="soft">(${signed(String(Math.round(100 * low)))} to ${percent(high)}, n ${images})</span>`;

/** For figures that are no shares. */
export const range = (mean: number, low: number, high: number, images: number): Markup =>
  html`${decimal(mean)} <span class="soft">(${decimal(low)} to ${decimal(high)}, n ${images})</span>`;

export function bar(mean: number, low: number, high: number): Markup {
  const at = (value: number) => `${(100 * Math.min(1, Math.max(0, value))).toFixed(1)}%`;
  return html`<div class="bar"><i class="range" style="left:${at(low)};width:${at(Math.max(0, high - low))}"></i><i class="mean" style="left:${at(mean)}"></i></div>`;
}

export function classSection(
  one: ClassReport,
  reviews: ReportReview[],
  pictures: ReportPictures,
  anchor: string,
): Markup {
  const { name, verdict, images, right, reasons, accuracy, ranked, score, interval: ends, scored } = one;
  return html`<section id="${anchor}">
<h2>${name}: <span class="verdict ${verdict}">${VERDICTS[verdict]}</span></h2>
<p class="soft">${images} images, ${right} answered right (${interval(accuracy)}). Score ${range(score, ...ends, scored)}.</p>
<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
${reviewsOf(one, reviews)}
${averagesOf(one, pictures)}
${placeNote(one)}
${one.regions.map((region) => regionCard(region, pictures))}
${backgroundCard(one, pictures)}
${noiseTable(one)}
${strategiesCard(one, pictures)}
<h3>Most suspicious images</h3><div class="row">${ranked.suspicious.slice(0, 8).map((id) => tile(pictures, id))}</div>
<h3>Most typical maps</h3><div class="row">${ranked.typical.slice(0, 8).map((id) => tile(pictures, id))}</div>
<h3>Least typical maps</h3><div class="row">${ranked.unusual.slice(0, 8).map((id) => tile(pictures, id))}</div>
</section>`;
}

function reviewsOf({ name }: ClassReport, reviews: ReportReview[]): Markup[] {
  const newest = new Map(
    reviews.filter(({ className }) => className === name).map((one) => [one.claim, one]),
  );
  return [...newest.values()].map(
    ({ claim, decision, comment }) =>
      html`<p class="note">Review of the ${claim.replace(/:\d+$/, '')}: ${decision === 'accept' ? 'accepted' : decision === 'reject' ? 'rejected' : 'commented'}${comment ? html`. ${comment}` : null}</p>`,
  );
}

function averagesOf({ name }: ClassReport, { averages }: ReportPictures): Markup | null {
  const found = averages.get(name);
  if (!found) return null;
  const figure = (url: string, caption: string) =>
    html`<figure><img class="average" src="${checked(url)}" alt="${caption}"><figcaption>${caption}</figcaption></figure>`;
  return html`<div class="row">${figure(found.positive, 'average, positive')}${found.negative ? figure(found.negative, 'average, negative') : null}</div>`;
}

function placeNote({ place }: ClassReport): Markup | null {
  if (!place) return null;
  const { z, p, kept, keptByOthers } = place;
  return html`<p>The place where its maps are hottest against other classes holds ${interval(kept)} of an image's kept information, and ${interval(keptByOthers)} in the others (z ${z.toFixed(1)}, p ${shownP(p)} over all places and classes).</p>`;
}

export const shownP = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

const comparisonRow = (what: string, { region, control, difference, p }: Comparison): Markup =>
  html`<tr><td>${what}</td><td>${interval(region)}</td><td>${interval(control)}</td><td>${interval(difference)}</td><td class="n">${shownP(p)}</td></tr>`;

const HEAD = html`<tr><th></th><th>intervention</th><th>control</th><th>difference</th><th class="n">p</th></tr>`;

function regionCard(region: SuspectRegion, pictures: ReportPictures): Markup {
  const { source, why, removed, pasted, proven, boxes } = region;
  const shown = removed.examples.slice(0, 3);
  return html`<h3>${SOURCES[source]}: ${proven ? 'proved' : 'not proved'}</h3>
<p class="soft">${why}</p>
<table>${HEAD}${comparisonRow('Replaced by what other classes have there: answer lost', removed)}${comparisonRow('Put onto images of other classes: answer won', pasted)}</table>
<div class="row">${boxes.slice(0, 3).map(({ imageId, box }) => tile(pictures, imageId, box))}${shown.map((example) => altered(pictures, example))}${pasted.examples.slice(0, 2).map((example) => altered(pictures, example))}</div>`;
}

function backgroundCard({ background }: ClassReport, pictures: ReportPictures): Markup | null {
  if (!background) return null;
  const {
    object,
    followsGround,
    left,
    withoutObject,
    withoutObjectOthers,
    regionsThatCanGo,
    proven,
    images,
  } = background;
  const what = object === 'drawn' ? 'Objects' : 'Hottest quarters of maps';
  return html`<h3>Surroundings exchanged: ${proven ? 'proved' : 'not proved'}</h3>
<table>${HEAD}${comparisonRow(`${what} on other surroundings: answer lost`, left)}</table>
<p>The other surroundings are those of other classes, the control's are of the same class${object === 'drawn' ? null : '; no object is drawn, so the hottest quarter of the map stands in for it'}. There the answer is that of the surroundings in ${interval(followsGround)}. Without its object an image is still answered as this class in ${interval(withoutObject)}; other classes' images without theirs in ${interval(withoutObjectOthers)}.${regionsThatCanGo ? html` Of nine regions of half the side, ${interval(regionsThatCanGo)} can be filled from the rest without changing the answer.` : null}</p>
<p class="soft">Images that were tested, those whose answer follows the surroundings most first:</p><div class="row">${images.slice(0, 4).map((id) => tile(pictures, id))}</div>`;
}

function noiseTable({ noise, background }: ClassReport): Markup | null {
  if (noise.length === 0) return null;
  const inside =
    background?.object === 'drawn' ? 'on the boxed object' : 'on the box around the hottest quarter';
  return html`<h3>Accuracy under noise</h3><table><tr><th>noise (deviations; bits a pixel)</th><th>${inside}</th><th>around it</th><th>RFS</th></tr>
${noise.map(({ sigma, bits, object, background: around, rfs }) => html`<tr><td>${sigma} (${bits.toFixed(1)} bits)</td><td>${interval(object)}</td><td>${interval(around)}</td><td>${range(rfs.mean, rfs.low, rfs.high, rfs.images)}</td></tr>`)}</table>`;
}

const list = (values: number[]): string => values.map((value) => decimal(value)).join(', ');

const HUES = [210, 25, 130, 280, 340, 60];

function strategiesCard({ name, strategies }: ClassReport, pictures: ReportPictures): Markup | null {
  if (!strategies) return null;
  const { count, points, groups, silhouettes, eigengaps } = strategies;
  const dots = points.map(
    ({ x, y, group }) =>
      html`<circle cx="${(10 + 240 * x).toFixed(1)}" cy="${(10 + 240 * y).toFixed(1)}" r="4" fill="hsl(${HUES[group % HUES.length]} 60% 50%)" fill-opacity=".75"/>`,
  );
  const averages = pictures.averages.get(name)?.strategies ?? [];
  return html`<h3>Ways of recognising it: ${count === 1 ? 'one' : String(count)}</h3>
<p class="soft">${count === 1 ? 'The maps fall into no groups that are clearly apart' : `The maps fall into ${count} groups`}. Mean silhouettes of 2, 3, … groups: ${list(silhouettes)}; eigengaps after 1, 2, … groups: ${list(eigengaps)}.</p>
<div class="row whole"><svg class="points" viewBox="0 0 260 260" role="img" aria-label="maps in two dimensions">${dots}</svg>
${count > 1 ? groups.map(({ silhouette }, group) => html`<figure><img class="average" src="${checked(averages[group]!)}" alt="average of group ${group + 1}"><figcaption>group ${group + 1}: silhouette ${range(silhouette.mean, silhouette.low, silhouette.high, silhouette.images)}</figcaption></figure>`) : null}</div>`;
}
