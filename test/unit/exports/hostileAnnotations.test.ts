import { describe, expect, it } from 'vitest';
import type { AnnotationFormat } from '../../../src/contract/annotations';
import { draw, drawn, files, idOf, imported, newProject, PATHS } from './annotationSupport';

const SIZE = { width: 12, height: 9 };
const cocoWith = (segmentation: unknown, over: object = {}) =>
  JSON.stringify({
    images: [{ id: 1, file_name: PATHS[0], ...SIZE }],
    categories: [{ id: 1, name: 'object' }],
    annotations: [{ id: 7, image_id: 1, category_id: 1, segmentation, ...over }],
  });
const cvatWith = (shapes: string) =>
  `<annotations><image id="0" name="${PATHS[0]}" width="12" height="9">${shapes}</image></annotations>`;
const studioWith = (value: object, type: string) =>
  JSON.stringify([
    {
      data: { image: PATHS[0] },
      annotations: [{ result: [{ type, original_width: 12, original_height: 9, value }] }],
    },
  ]);
const deep = '['.repeat(200_000) + ']'.repeat(200_000);

/** Each is refused with one sentence that names the file, and the item where there is one. */
const REFUSED: [what: string, format: AnnotationFormat, file: string, content: string, names: RegExp][] = [
  ['text that is no JSON', 'coco', 'a.json', '{"images": [', /^"a.json": it is not JSON\.$/],
  ['JSON of endless depth', 'labelstudio', 'a.json', deep, /^"a.json": /],
  ['JSON of another kind', 'coco', 'a.json', '{"a": 1}', /^"a.json": images: /],
  [
    'an image that is not there',
    'coco',
    'a.json',
    cocoWith([[0, 0, 1, 1, 2, 0]], { image_id: 9 }),
    /annotation 7: there is no image 9\.$/,
  ],
  [
    'counts that do not fill the image',
    'coco',
    'a.json',
    cocoWith({ size: [9, 12], counts: [5] }),
    /annotation 7: .*9 x 12 pixels\.$/,
  ],
  [
    'counts that claim a huge image',
    'coco',
    'a.json',
    cocoWith({ size: [100000, 100000], counts: [1e10] }),
    /annotation 7/,
  ],
  ['counts that go back', 'coco', 'a.json', cocoWith({ size: [9, 12], counts: [200, -92] }), /annotation 7/],
  [
    'compressed counts without end',
    'coco',
    'a.json',
    cocoWith({ size: [9, 12], counts: 'o'.repeat(1000) }),
    /annotation 7/,
  ],
  [
    'numbers beyond all images',
    'coco',
    'a.json',
    cocoWith([[0, 0, 1e300, 0, 1, 1]]),
    /annotation 7, rings\.0\.1\.0: /,
  ],
  [
    'half a corner',
    'coco',
    'a.json',
    cocoWith([[0, 0, 1, 0, 1, 1, 5]]),
    /annotation 7: a polygon has a number left over\.$/,
  ],
  [
    'entities',
    'cvat',
    'a.xml',
    `<!DOCTYPE a [<!ENTITY b "${'c'.repeat(99)}">]>${cvatWith('<tag label="&b;"/>')}`,
    /^"a.xml": it has a document type/,
  ],
  ['XML that ends too early', 'cvat', 'a.xml', cvatWith('<box').slice(0, 90), /^"a.xml": it is not XML/],
  [
    'a box that is text',
    'cvat',
    'a.xml',
    cvatWith('<box label="a" xtl="x" ytl="0" xbr="1" ybr="1"/>'),
    /box 1, @xtl: it is not a number\.$/,
  ],
  [
    'a box of no width',
    'cvat',
    'a.xml',
    cvatWith('<box label="a" xtl="3" ytl="0" xbr="3" ybr="1"/>'),
    /box 1, width: /,
  ],
  [
    'runs that lie',
    'cvat',
    'a.xml',
    cvatWith('<mask label="a" rle="1, 99999" left="0" top="0" width="4" height="2"/>'),
    /mask 1.*fill its bounds\.$/,
  ],
  [
    'bounds that lie',
    'cvat',
    'a.xml',
    cvatWith('<mask label="a" rle="1" left="0" top="0" width="99999" height="99999"/>'),
    /mask 1/,
  ],
  [
    'a polygon of words',
    'voc',
    'a.xml',
    '<annotation><object><name>a</name><polygon><x1>q</x1></polygon></object></annotation>',
    /^"a.xml": annotation\.object\.0\.polygon\.0\.x1: /,
  ],
  [
    'an object without a place',
    'voc',
    'a.xml',
    '<annotation><object><name>a</name></object></annotation>',
    /^"a.xml": object 1: /,
  ],
  [
    'a line of words',
    'yolo',
    'labels/train/cat/1.txt',
    'cat 0.1 0.2 0.3 0.4',
    /line 1: it is not a class and numbers\.$/,
  ],
  ['half a corner', 'yolo', 'labels/train/cat/1.txt', '0 0.1 0.2 0.3 0.4 0.5 0.6 0.7', /line 1: /],
  ['a negative class', 'yolo', 'labels/train/cat/1.txt', '-1 0.1 0.2 0.3 0.4', /line 1: /],
  [
    'a mask that is no picture',
    'labelme',
    'train/cat/1.json',
    JSON.stringify({ shapes: [{ label: 'a', shape_type: 'mask', points: [[0, 0]], mask: 'AAAA' }] }),
    /shape 1: the mask is not a picture\.$/,
  ],
  [
    'a mask that breaks off behind its first bytes',
    'labelme',
    'train/cat/1.json',
    JSON.stringify({
      shapes: [{ label: 'a', shape_type: 'mask', points: [[0, 0]], mask: 'iVBORw0KGgoAAAANSUhEUg==' }],
    }),
    /shape 1: the picture of the mask cannot be read\.$/,
  ],
  [
    'a picture that is none',
    'mask',
    'object/train/cat/1.png',
    'not a picture',
    /^"object\/train\/cat\/1.png": the mask is not a picture/,
  ],
  [
    'a brush of another size',
    'labelstudio',
    'a.json',
    studioWith({ rle: [0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0] }, 'brushlabels'),
    /task 1, result 1: its pixels are not those/,
  ],
  [
    'a brush that ends too early',
    'labelstudio',
    'a.json',
    studioWith({ rle: [0, 0, 1, 176, 56, 0, 0, 0] }, 'brushlabels'),
    /task 1, result 1/,
  ],
  ['a table without columns', 'csv', 'a.csv', 'a,b\r\n1,2\r\n', /^"a.csv": it has no column "path"\.$/],
  ['a quote in a cell', 'csv', 'a.csv', 'path,label,outline\r\na"b,c,d\r\n', /^"a.csv": row 2: /],
  [
    'an outline of words',
    'csv',
    'a.csv',
    `path,label,outline\r\n${PATHS[0]},a,"POLYGON ((a b, c d, e f))"\r\n`,
    /row 2: its outline has corners/,
  ],
  [
    'a label of many lines',
    'csv',
    'a.csv',
    `path,label,outline\r\n${PATHS[0]},"a\nb","POLYGON ((1 1, 5 1, 5 5))"\r\n`,
    /row 2: A label is one line/,
  ],
];

describe('an import refuses', () => {
  it.each(REFUSED)(
    '%s (%s), and leaves the project as it was',
    async (_what, format, file, content, names) => {
      const store = newProject();
      draw(store, PATHS[0]!, [{ label: 'cue', geometry: { kind: 'box', x: 1, y: 1, width: 2, height: 2 } }]);
      const before = JSON.stringify([store.labels(), store.annotations(idOf(store, PATHS[0]!))]);
      await expect(imported(store, { path: files({ [file]: content }), format })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(names),
      });
      expect(JSON.stringify([store.labels(), store.annotations(idOf(store, PATHS[0]!))])).toBe(before);
      store.close();
    },
  );

  it('all of it when the last file is damaged', async () => {
    const store = newProject();
    const whole = JSON.stringify({
      shapes: [
        {
          label: 'new',
          points: [
            [1, 1],
            [5, 1],
            [5, 5],
          ],
        },
      ],
    });
    const path = files({
      'test/dog/1.json': whole,
      'train/cat/1.json': whole,
      'train/cat/2.json': whole.slice(0, 30),
    });
    await expect(imported(store, { path, format: 'labelme' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(PATHS.flatMap((image) => drawn(store, image))).toEqual([]);
    expect(store.labels()).toHaveLength(4);
    store.close();
  });

  it('folders without annotations, and places that do not exist', async () => {
    const store = newProject();
    await expect(imported(store, { path: files({ 'a.mp3': '' }) })).rejects.toThrow(/holds no annotations/);
    await expect(imported(store, { path: '/nowhere/at/all' })).rejects.toThrow(/does not exist/);
    store.close();
  });
});

describe('an import passes over, and says so', () => {
  it('images that the project does not have, or has twice, or in another size', async () => {
    const store = newProject();
    const images = ['other/1.jpg', '1.jpg', '../../etc/passwd', PATHS[0]!].map((file_name, i) => ({
      ...{ id: i, file_name, width: i === 3 ? 24 : 12, height: 9 },
    }));
    const annotations = images.map(({ id }) => ({ image_id: id, category_id: 1, bbox: [1, 1, 2, 2] }));
    const path = files({
      'a.json': JSON.stringify({ images, categories: [{ id: 1, name: 'x' }], annotations }),
    });
    const result = await imported(store, { path });
    expect(result).toMatchObject({ images: 0, regions: 0, labels: [], passedOver: 4 });
    expect(result.skipped.map(({ item }) => item)).toEqual(images.map(({ file_name }) => file_name));
    expect(result.skipped[3]!.reason).toMatch(/24 x 9, but the image is 12 x 9/);
    store.close();
  });

  it('regions outside of their image and shapes that enclose nothing', async () => {
    const store = newProject();
    const shapes = [
      {
        label: 'a',
        shape_type: 'line',
        points: [
          [1, 1],
          [2, 2],
        ],
      },
      {
        label: 'a',
        shape_type: 'rectangle',
        points: [
          [50, 50],
          [60, 60],
        ],
      },
      {
        label: 'a',
        shape_type: 'circle',
        points: [
          [5, 4],
          [7, 4],
        ],
      },
    ];
    const path = files({ 'train/cat/1.json': JSON.stringify({ shapes }) });
    expect(await imported(store, { path })).toMatchObject({ regions: 1, passedOver: 2 });
    store.close();
  });
});

describe('an image is found', () => {
  it.each([
    ['/home/me/photos/train/cat/2.jpg', PATHS[1]],
    ['C:\\photos\\train\\cat\\2.jpg', PATHS[1]],
    ['/data/local-files/?d=set/train/cat/2.jpg', PATHS[1]],
    ['https://host/train/cat/2.JPG', PATHS[1]],
    ['cat/2.jpg', PATHS[1]],
    ['2.png', PATHS[1]],
    ['1.jpg', null],
    ['dog/2.jpg', null],
  ])('by %s', async (file_name, expected) => {
    const store = newProject();
    const content = cocoWith([[1, 1, 5, 1, 5, 5]]).replace(PATHS[0]!, JSON.stringify(file_name).slice(1, -1));
    await imported(store, { path: files({ 'a.json': content }) });
    expect(PATHS.filter((path) => drawn(store, path).length > 0)).toEqual(expected ? [expected] : []);
    store.close();
  });
});
