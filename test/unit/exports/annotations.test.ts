import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { AnnotationFormat, Geometry } from '../../../src/contract/annotations';
import { clip } from '../../../src/contract/geometry/clip';
import { asBrush } from '../../../src/contract/geometry/convert';
import { previewExport as previewRequest, type StartExport } from '../../../src/contract/types';
import { previewExport } from '../../../src/main/exports';
import { countsOfText } from '../../../src/main/exports/annotations/coco';
import { shapes } from '../contract/shapes';
import { temporaryFolder } from '../store/support';
import {
  type Drawing,
  draw,
  drawn,
  exported,
  HEIGHT,
  idOf,
  imported,
  near,
  newProject,
  PATHS,
  pixelsOf,
  WIDTH,
} from './annotationSupport';
import { pythonWith } from './python';

const LABELS = ['object', 'cue', 'leaf & <stalk>, "green"'];
const RING: Geometry = {
  kind: 'polygon',
  rings: [
    [
      [1, 1],
      [8, 1],
      [8, 7],
      [1, 7],
    ],
    [
      [3, 3],
      [6, 3],
      [6, 5],
      [3, 5],
    ],
  ],
};
const TRIANGLE: Geometry = {
  kind: 'polygon',
  rings: [
    [
      [0.25, 0.5],
      [11.5, 2],
      [4, 8.75],
    ],
  ],
};
const BOX: Geometry = { kind: 'box', x: 2.25, y: 1.5, width: 5.5, height: 4.25 };
const BRUSH: Geometry = { kind: 'brush', x: 3, y: 2, width: 4, height: 2, runs: [1, 2, 1, 4] };

const drawings: fc.Arbitrary<Drawing[]> = fc.array(
  fc.record({
    label: fc.constantFrom(...LABELS),
    geometry: shapes(WIDTH, HEIGHT).filter(
      (shape) => clip(shape, WIDTH, HEIGHT) !== null && asBrush(shape) !== null,
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

const FORMATS: { format: AnnotationFormat; options?: Partial<StartExport> }[] = [
  { format: 'coco' },
  { format: 'coco', options: { cocoShapes: 'rle' } },
  { format: 'coco', options: { cocoShapes: 'polygons' } },
  { format: 'voc' },
  { format: 'yolo' },
  { format: 'labelme' },
  { format: 'cvat' },
  { format: 'labelstudio' },
  { format: 'csv' },
];

describe.each(FORMATS)('$format $options', ({ format, options }) => {
  it('brings every region back, within one pixel', async () => {
    await fc.assert(
      fc.asyncProperty(drawings, async (given) => {
        const [from, to, out] = [newProject(), newProject(), temporaryFolder()];
        draw(from, PATHS[0]!, given);
        await exported(from, { formats: [format], out, ...options });
        const result = await imported(to, { path: format === 'csv' ? out : join(out, format) });
        expect(result).toMatchObject({ format, images: 1, regions: given.length, labels: [], passedOver: 0 });
        const rest = drawn(to, PATHS[0]!);
        for (const { label, geometry } of given) {
          const pixels = pixelsOf(geometry);
          const at = rest.findIndex((one) => one.label === label && near(pixelsOf(one.geometry), pixels));
          expect(at, JSON.stringify({ label, geometry, rest })).toBeGreaterThanOrEqual(0);
          rest.splice(at, 1);
        }
        from.close();
        to.close();
      }),
      { numRuns: 8, seed: 1 },
    );
  }, 60_000);
});

describe('mask', () => {
  it.each([
    ['label', 'binary'],
    ['role', 'binary'],
    ['label', 'palette'],
  ] as const)('brings the union of a %s back, pixel by pixel (%s)', async (maskOf, maskStyle) => {
    const [from, to, out] = [newProject(), newProject(), temporaryFolder()];
    draw(from, PATHS[0]!, [
      { label: 'object', geometry: TRIANGLE },
      { label: 'object', geometry: BOX },
    ]);
    draw(from, PATHS[1]!, [{ label: 'cue', geometry: RING }]);
    await exported(from, { formats: ['mask'], out, maskOf, maskStyle });
    expect(await imported(to, { path: out })).toMatchObject({ format: 'mask', images: 2, regions: 2 });
    const [[first], [second]] = [drawn(to, PATHS[0]!), drawn(to, PATHS[1]!)];
    expect([first!.label, second!.label]).toEqual(['object', 'cue']);
    const union = pixelsOf(TRIANGLE).map((bit, i) => bit | pixelsOf(BOX)[i]!);
    expect(pixelsOf(first!.geometry)).toEqual(union);
    expect(pixelsOf(second!.geometry)).toEqual(pixelsOf(RING));
    from.close();
    to.close();
  });

  it('takes a plain tree of masks, all of one label', async () => {
    const [from, to, out] = [newProject(), newProject(), temporaryFolder()];
    draw(from, PATHS[2]!, [{ label: 'object', geometry: RING }]);
    await exported(from, { formats: ['mask'], out });
    const result = await imported(to, { path: join(out, 'mask/object'), label: 'cue' });
    expect(result).toMatchObject({ images: 1, regions: 1 });
    expect(drawn(to, PATHS[2]!)[0]!.label).toBe('cue');
    from.close();
    to.close();
  });
});

describe('an export of annotations', () => {
  it("keeps the images' folders and names, and tells of no image without annotations", async () => {
    const [store, out] = [newProject(), temporaryFolder()];
    draw(store, PATHS[0]!, [{ label: 'object', geometry: BOX }]);
    draw(store, PATHS[2]!, [{ label: 'cue', geometry: BRUSH }]);
    const formats = ['mask', 'coco', 'voc', 'yolo', 'labelme', 'cvat', 'labelstudio', 'csv'] as const;
    const result = await exported(store, { formats: [...formats], out });
    expect(result).toMatchObject({ images: 3, failed: [] });
    const names = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
      .sort();
    expect(names).toEqual([
      ...['annotations.csv', 'coco/annotations.json', 'cvat/annotations.xml'],
      ...['labelme/test/dog/1.json', 'labelme/train/cat/1.json'],
      ...['labelstudio/config.xml', 'labelstudio/tasks.json', 'manifest.json', 'maps.csv'],
      ...['mask/cue/test/dog/1.png', 'mask/object/train/cat/1.png'],
      ...['voc/Annotations/test/dog/1.xml', 'voc/Annotations/train/cat/1.xml'],
      ...['voc/SegmentationClass/test/dog/1.png', 'voc/SegmentationClass/train/cat/1.png'],
      ...[
        'voc/SegmentationObject/test/dog/1.png',
        'voc/SegmentationObject/train/cat/1.png',
        'voc/labels.txt',
      ],
      ...['yolo/data.yaml', 'yolo/labels/test/dog/1.txt', 'yolo/labels/train/cat/1.txt'],
    ]);
    store.close();
  });

  it('says that there is nothing to export', async () => {
    const [store, out] = [newProject(), temporaryFolder()];
    await expect(exported(store, { formats: ['coco'], out })).rejects.toMatchObject({
      code: 'NO_ANNOTATIONS',
    });
    expect(existsSync(join(out, 'manifest.json'))).toBe(false);
    store.close();
  });
});

describe('a preview', () => {
  it('tells the files of one image as an export writes them, and writes none', async () => {
    const [store, out] = [newProject(), temporaryFolder()];
    draw(store, PATHS[0]!, [{ label: 'cue', geometry: RING }]);
    const imageId = idOf(store, PATHS[0]!);
    const formats: StartExport['formats'] = ['npy', 'mask', 'coco', 'csv'];
    const { files, failed } = await previewExport(store, previewRequest.parse({ formats, imageId }));
    expect(failed).toEqual([]);
    await exported(store, { formats: formats.slice(1), out, imageIds: [imageId] });
    expect(files.map(({ path, bytes }) => [path, bytes])).toEqual(
      ['mask/cue/train/cat/1.png', 'coco/annotations.json', 'maps.csv', 'annotations.csv'].map((path) => [
        path,
        statSync(join(out, path)).size,
      ]),
    );
    expect(files[0]!.picture).toMatch(/^data:image\/webp;base64,/);
    expect(files[1]!.text).toMatch(/^\{"info"/);
    const empty = previewRequest.parse({ formats: ['coco'], imageId: idOf(store, PATHS[1]!) });
    expect(await previewExport(store, empty)).toEqual({ files: [], failed: [] });
    store.close();
  });
});

describe('an import', () => {
  it('adds to what is there, or takes its place, as one step of each image', async () => {
    const [from, to, out] = [newProject(), newProject(), temporaryFolder()];
    draw(from, PATHS[0]!, [{ label: 'object', geometry: BOX }]);
    await exported(from, { formats: ['coco'], out });
    draw(to, PATHS[0]!, [{ label: 'cue', geometry: TRIANGLE }]);
    const path = join(out, 'coco/annotations.json');
    await imported(to, { path });
    expect(drawn(to, PATHS[0]!).map(({ label }) => label)).toEqual(['cue', 'object']);
    await imported(to, { path, replace: true });
    expect(drawn(to, PATHS[0]!)).toEqual([{ label: 'object', geometry: BOX }]);
    const id = to.images().find((image) => image.path === PATHS[0])!.id;
    expect(to.annotationHistory(id).undo).toBe('import coco');
    to.undoAnnotations(id);
    expect(drawn(to, PATHS[0]!)).toHaveLength(2);
    from.close();
    to.close();
  });

  it('makes labels that are missing, with the role that the file knows, and can only look', async () => {
    const [from, to, out] = [newProject(), newProject(), temporaryFolder()];
    from.putLabel({ name: 'dust', colour: '#123456', role: 'ignore' });
    draw(from, PATHS[0]!, [{ label: 'dust', geometry: BOX }]);
    await exported(from, { formats: ['coco'], out });
    expect(await imported(to, { path: out, dryRun: true })).toMatchObject({ labels: ['dust'], regions: 1 });
    expect([to.labels().length, drawn(to, PATHS[0]!)]).toEqual([4, []]);
    await imported(to, { path: out });
    expect(to.labels().at(-1)).toMatchObject({ name: 'dust', role: 'ignore', regions: 1 });
    from.close();
    to.close();
  });

  it('brings labelme flags back as checked and tags', async () => {
    const [from, to, out] = [newProject(), newProject(), temporaryFolder()];
    const imageId = from.images()[0]!.id;
    from.editAnnotations([{ imageId, title: 'say', state: { checked: true, addTags: ['blurred'] } }]);
    await exported(from, { formats: ['labelme'], out });
    await imported(to, { path: out });
    expect(to.annotations(to.images()[0]!.id).state).toEqual({ checked: true, tags: ['blurred'], note: '' });
    from.close();
    to.close();
  });
});

describe('VOC pictures', () => {
  it('hold numbers of labels and objects', async () => {
    const [store, out] = [newProject(), temporaryFolder()];
    draw(store, PATHS[0]!, [
      { label: 'cue', geometry: BOX },
      { label: 'ignore', geometry: BRUSH },
    ]);
    await exported(store, { formats: ['voc'], out });
    const file = join(out, 'voc/SegmentationObject/train/cat/1.png');
    // VOC's colours of 1 and 255 are (128, 0, 0) and (224, 224, 192).
    const { data } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    const seen = new Set(
      Array.from({ length: WIDTH * HEIGHT }, (_, i) => data.subarray(3 * i, 3 * i + 3).join()),
    );
    expect([...seen].sort()).toEqual(['0,0,0', '128,0,0', '224,224,192']);
    const python = pythonWith('PIL');
    if (python) {
      const program =
        'import sys,json\nfrom PIL import Image\nprint(json.dumps(sorted(set(Image.open(sys.argv[1]).getdata()))))';
      expect(python(program, file)).toEqual([0, 1, 255]);
    }
    store.close();
  });
});

describe('COCO', () => {
  it('reads compressed counts', () => {
    // cocoapi's rleToString of [0, 3, 6, 3, 100, 8], worked out by hand from its five bits a character.
    expect(countsOfText('0360n25')).toEqual([0, 3, 6, 3, 100, 8]);
  });

  it.skipIf(!pythonWith('pycocotools'))('means the same to pycocotools', async () => {
    const [store, out] = [newProject(), temporaryFolder()];
    const given = [BOX, TRIANGLE, RING, BRUSH];
    draw(
      store,
      PATHS[1]!,
      given.map((geometry) => ({ label: 'object', geometry })),
    );
    const program = `
import sys, json, io, contextlib
from pycocotools.coco import COCO
from pycocotools import mask as m
with contextlib.redirect_stdout(io.StringIO()): coco = COCO(sys.argv[1])
out = []
for a in coco.loadAnns(coco.getAnnIds()):
    rle = coco.annToRLE(a)
    out.append([coco.annToMask(a).flatten().tolist(), rle['counts'].decode()])
print(json.dumps(out))`;
    for (const cocoShapes of ['drawn', 'rle', 'polygons'] as const) {
      await exported(store, { formats: ['coco'], out, cocoShapes });
      const theirs = pythonWith('pycocotools')!(program, join(out, 'coco/annotations.json')) as [
        number[],
        string,
      ][];
      for (const [i, [bits, text]] of theirs.entries()) {
        const ours = pixelsOf(given[i]!);
        if (cocoShapes === 'rle') expect(bits).toEqual([...ours]);
        else expect(near(Uint8Array.from(bits), ours)).toBe(true);
        const columns = Uint8Array.from(ours, (_, k) => bits[(k % HEIGHT) * WIDTH + Math.floor(k / HEIGHT)]!);
        expect(countsOfText(text).reduce((a, b) => a + b)).toBe(columns.length);
      }
    }
    store.close();
  });
});
