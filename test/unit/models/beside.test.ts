import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { readBeside } from '../../../src/main/models/beside';
import { classNamesIn } from '../../../src/main/models/classNames';
import { adjustEncoder, importEncoder } from '../../../src/main/models/encoder';
import type { ImportedTopology } from '../../../src/main/models/imported';
import { CLASSIFIER, onnxFile } from './onnxFiles';

await tf.setBackend('cpu');

const root = mkdtempSync(join(tmpdir(), 'penumbra-beside-'));
afterAll(() => rmSync(root, { recursive: true }));

let made = 0;
/** A folder with these files; objects as JSON. */
function folderOf(files: Record<string, unknown>): string {
  const folder = join(root, `${++made}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files))
    writeFileSync(
      join(folder, name),
      typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
    );
  return folder;
}

describe('names of classes', () => {
  const cases: [string, string[] | null][] = [
    ['["cat", "dog"]', ['cat', 'dog']],
    ['{"1": "dog", "0": "cat"}', ['cat', 'dog']],
    [`{0: 'cat', 1: "dog's", 2: 'a\\'b'}`, ['cat', "dog's", "a'b"]],
    ['cat\ndog\n', ['cat', 'dog']],
    ['0: cat\r\n1: dog, hound', ['cat', 'dog, hound']],
    ['{0: "cat", 2: "dog"}', null],
    ['["cat", 3]', null],
    ['[', null],
    ['cat\n\ndog', null],
    ['cat', null],
    ['', null],
  ];
  test.each(cases)('%j', (text, names) => expect(classNamesIn(text)).toEqual(names));
});

describe('what lies beside a model', () => {
  const nothing = { size: null, scale: null, classes: null };

  test("Hugging Face's files tell size, scale and classes; the crop is what the network sees", async () => {
    const folder = folderOf({
      'preprocessor_config.json': {
        ...{ image_mean: [0.5, 0.5, 0.5], image_std: [0.25, 0.25, 0.25] },
        ...{ size: { shortest_edge: 256 }, crop_size: { height: 224, width: 224 } },
      },
      'config.json': { id2label: { 0: 'cat', 1: 'dog' } },
    });
    expect(await readBeside(folder)).toEqual({
      size: 224,
      scale: { mean: [127.5, 127.5, 127.5], std: [63.75, 63.75, 63.75] },
      classes: ['cat', 'dog'],
    });
  });

  test("timm's file does too", async () => {
    const folder = folderOf({
      'config.json': {
        label_names: ['cat', 'dog'],
        pretrained_cfg: { mean: [0, 0, 0], std: [1, 1, 1], input_size: [3, 96, 96] },
      },
    });
    expect(await readBeside(folder)).toEqual({
      ...{ size: 96, classes: ['cat', 'dog'] },
      scale: { mean: [0, 0, 0], std: [255, 255, 255] },
    });
  });

  test('files that are damaged, or ask for what cannot be, tell nothing', async () => {
    expect(await readBeside(folderOf({ 'config.json': '{', 'preprocessor_config.json': [] }))).toEqual(
      nothing,
    );
    const zero = { image_mean: [0, 0, 0], image_std: [0, 1, 1] };
    expect(await readBeside(folderOf({ 'preprocessor_config.json': zero }))).toEqual(nothing);
    expect(await readBeside(folderOf({ 'preprocessor_config.json': { size: 1e9 } }))).toEqual(nothing);
    expect(await readBeside(join(root, 'absent'))).toEqual(nothing);
  });
});

describe('an imported encoder', () => {
  const topology = (spec: { topology: unknown }) => spec.topology as ImportedTopology;

  test('is used as the files beside it say, unless the person says otherwise', async () => {
    const folder = folderOf({
      'model.onnx': onnxFile(CLASSIFIER),
      'classes.txt': 'cup\nfish\nkey',
      'preprocessor_config.json': { image_mean: [0, 0, 0], image_std: [1, 1, 1], size: 48 },
    });
    const { spec } = await importEncoder(folder);
    expect(spec).toMatchObject({ inputSize: 48, classes: ['cup', 'fish', 'key'] });
    expect(topology(spec).scale).toEqual({ mean: [0, 0, 0], std: [255, 255, 255] });
    const { spec: own } = await importEncoder(folder, { size: 32, scale: 'symmetric' });
    expect(own.inputSize).toBe(32);
    expect(topology(own).scale!.mean).toEqual([127.5, 127.5, 127.5]);
  });

  test('has the classes that its metadata name, if there are as many as scores', async () => {
    const named = (names: string) =>
      onnxFile({
        ...CLASSIFIER,
        damage: (message) => Object.assign(message, { metadata: [{ key: 'names', value: names }] }),
      });
    const three = folderOf({ 'model.onnx': named("{0: 'cup', 1: 'fish', 2: 'key'}") });
    expect((await importEncoder(three)).spec.classes).toEqual(['cup', 'fish', 'key']);
    const two = folderOf({ 'model.onnx': named("{0: 'cup', 1: 'fish'}") });
    expect((await importEncoder(two)).spec.classes).toBeNull();
  });

  test('can be tried at another size and scale, with the same weights', async () => {
    const { spec } = await importEncoder(folderOf({ 'model.onnx': onnxFile(CLASSIFIER) }), { size: 64 });
    const { spec: other, forwardOnly } = await adjustEncoder(spec, { size: 40, scale: 'unit' });
    expect(forwardOnly).toBeNull();
    expect(other).toMatchObject({ inputSize: 40, embeddingSize: spec.embeddingSize });
    expect(topology(other).scale!.std).toEqual([255, 255, 255]);
    expect(other.weights).toEqual(spec.weights);
    const { spec: same } = await adjustEncoder(spec, {});
    expect(same).toEqual(spec);
  });
});
