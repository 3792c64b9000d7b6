/** @file Pictures of a report: every image once in the style sheet, however often it is shown. */
import type { ReportBox, ReportExample } from '../../../contract/reports';
import { type Content, html, Markup } from './markup';

export interface ReportPicture {
  path: string;
  /** data: URLs. The map has colours with the transparency of where it says nothing. */
  image: string;
  map: string | null;
}

export interface ReportPictures {
  images: Map<number, ReportPicture>;
  /** Average maps by class: positive, negative, then the strategies' averages. */
  averages: Map<string, { positive: string; negative: string | null; strategies: string[] }>;
}

const DATA_URL = /^data:image\/(webp|png);base64,[A-Za-z0-9+/=]*$/;

/** The style rules that hold the pictures. */
export function pictureRules({ images }: ReportPictures): Markup {
  const rules = [...images].flatMap(([id, { image, map }]) => [
    `.i${id}{background-image:url(${checked(image)})}`,
    ...(map ? [`.m${id}{background-image:url(${checked(map)})}`] : []),
  ]);
  return new Markup(rules.join('\n'));
}

export function checked(url: string): string {
  if (!DATA_URL.test(url)) throw new Error('a picture of a report is not a data URL of our own');
  return url;
}

const inPercent = (value: number): string => `${(100 * value).toFixed(2)}%`;

function frame({ x, y, width, height }: ReportBox): Markup {
  return html`<i class="box" style="left:${inPercent(x)};top:${inPercent(y)};width:${inPercent(width)};height:${inPercent(height)}"></i>`;
}

/** An image with its map over it, and a box. */
export function tile(
  pictures: ReportPictures,
  id: number,
  box: ReportBox | null = null,
  caption: Content = null,
): Markup {
  const picture = pictures.images.get(id);
  if (!picture) return html``;
  return html`<figure><div class="pic i${id}" role="img" aria-label="${picture.path}">${picture.map ? html`<i class="map m${id}"></i>` : null}${box ? frame(box) : null}</div><figcaption title="${picture.path}">${caption ?? picture.path.split('/').at(-1)}</figcaption></figure>`;
}

/** What an intervention made: the image, with the donor's content inside the box. */
export function altered(pictures: ReportPictures, { imageId, donorId, box, changed }: ReportExample): Markup {
  const [image, donor] = [pictures.images.get(imageId), pictures.images.get(donorId)];
  if (!image || !donor) return html``;
  const inset = [box.y, 1 - box.x - box.width, 1 - box.y - box.height, box.x].map(inPercent).join(' ');
  return html`<figure><div class="pic i${imageId}" role="img" aria-label="${image.path}, with a part of ${donor.path}"><i class="patch i${donorId}" style="clip-path:inset(${inset})"></i>${frame(box)}</div><figcaption>${changed ? 'answer changes' : 'answer stays'}</figcaption></figure>`;
}
