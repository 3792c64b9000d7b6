import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../src/main/exports/csvText';
import { stemsOf } from '../../../src/main/exports/names';
import { readNpy, writeNpy } from '../../../src/main/exports/npy';
import { readPng16, writePng16 } from '../../../src/main/exports/png16';
import { addPngText, readPngText } from '../../../src/main/exports/pngText';
import { temporaryFolder } from '../store/support';
import { pythonWith } from './python';

const GRID = { width: 3, height: 2, values: new Float32Array([0, 1.5, -2.25, 1e-30, 3e30, 5.5]) };

describe('npy', () => {
  it('gives back what was written, bit for bit', () => {
    expect(readNpy(writeNpy(GRID))).toEqual(GRID);
  });

  it('gives back any size, also as a part of a larger buffer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (width, height) => {
        const grid = {
          width,
          height,
          values: Float32Array.from({ length: width * height }, (_, i) => i / 7),
        };
        const shifted = Buffer.concat([Buffer.from([1]), writeNpy(grid)]).subarray(1);
        expect(readNpy(shifted)).toEqual(grid);
      }),
    );
  });

  it('writes a header as the format demands: aligned to 64 bytes, ended by a line feed', () => {
    const bytes = Buffer.from(writeNpy(GRID));
    const end = 10 + bytes.readUInt16LE(8);
    expect(end % 64).toBe(0);
    expect(bytes[end - 1]).toBe(0x0a);
    expect(bytes.length).toBe(end + 24);
  });

  it('refuses other files and other arrays', () => {
    expect(() => readNpy(Buffer.from('not an array'))).toThrow(/not a \.npy/);
    const bytes = Buffer.from(writeNpy(GRID));
    expect(() => readNpy(bytes.subarray(0, bytes.length - 1))).toThrow(/truncated/);
    bytes.write("'<f8'", bytes.indexOf("'<f4'"), 'latin1');
    expect(() => readNpy(bytes)).toThrow(/float32/);
  });

  const numpy = pythonWith('numpy');
  it.skipIf(!numpy)('is read by NumPy', () => {
    const file = join(temporaryFolder(), 'a.npy');
    writeFileSync(file, writeNpy(GRID));
    const read = numpy!(
      'import sys,json,numpy; a=numpy.load(sys.argv[1]);' +
        'print(json.dumps([list(a.shape), str(a.dtype), a.ravel().tolist()]))',
      file,
    );
    expect(read).toEqual([[2, 3], 'float32', [...GRID.values]]);
  });

  it.skipIf(!numpy)('reads what NumPy writes', () => {
    const file = join(temporaryFolder(), 'b.npy');
    const bytes = numpy!(
      'import sys,json,numpy; numpy.save(sys.argv[1], numpy.arange(6, dtype="float32").reshape(2, 3));' +
        'print(json.dumps(list(open(sys.argv[1], "rb").read())))',
      file,
    );
    expect(readNpy(Uint8Array.from(bytes as number[]))).toEqual({
      ...{ width: 3, height: 2 },
      values: new Float32Array([0, 1, 2, 3, 4, 5]),
    });
  });
});

describe('png16', () => {
  const scale = { unit: 'bits', low: 0, high: 5.5 };
  const values = Float32Array.from({ length: 35 }, (_, i) => (5.5 * i) / 34);

  it('comes back within half a step of its scale, which stands in the file', async () => {
    const read = await readPng16(await writePng16({ width: 7, height: 5, values }, scale));
    expect([read.width, read.height, read.scale]).toEqual([7, 5, scale]);
    const step = 5.5 / 65_535;
    for (const [i, value] of values.entries()) {
      expect(Math.abs(read.values[i]! - value)).toBeLessThan(0.5 * step + 1e-6);
    }
  });

  it('is a 16-bit grey PNG, and clips what lies outside the scale', async () => {
    const grid = { width: 2, height: 1, values: new Float32Array([-1, 99]) };
    const png = await writePng16(grid, scale);
    expect(await sharp(png).metadata()).toMatchObject({
      format: 'png',
      depth: 'ushort',
      space: 'grey16',
      channels: 1,
    });
    expect([...(await readPng16(png)).values]).toEqual([0, 5.5]);
  });

  it('refuses a PNG without a scale', async () => {
    const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await expect(readPng16(png)).rejects.toThrow(/grey values mean/);
  });

  const pillow = pythonWith('PIL');
  it.skipIf(!pillow)('is read by Pillow with the same values and text', async () => {
    const file = join(temporaryFolder(), 'a.png');
    writeFileSync(file, await writePng16({ width: 7, height: 5, values }, scale));
    const read = pillow!(
      'import sys,json; from PIL import Image; i=Image.open(sys.argv[1]);' +
        'print(json.dumps([i.size, i.mode, list(i.getdata()), i.text["Penumbra"]]))',
      file,
    ) as [number[], string, number[], string];
    expect(read[0]).toEqual([7, 5]);
    expect(read[2]).toEqual([...values].map((value) => Math.round((value / 5.5) * 65_535)));
    expect(JSON.parse(read[3])).toEqual(scale);
  });
});

describe('PNG text chunks', () => {
  it('are found by their keyword, and leave the picture as it was', async () => {
    const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const marked = addPngText(addPngText(png, 'One', 'first'), 'Two', 'second');
    expect([readPngText(marked, 'One'), readPngText(marked, 'Two'), readPngText(marked, 'Three')]).toEqual([
      'first',
      'second',
      null,
    ]);
    const pixels = (file: Buffer) => sharp(file, { failOn: 'warning' }).raw().toBuffer();
    expect(await pixels(marked)).toEqual(await pixels(png));
  });
});

describe('csvLine', () => {
  it('quotes where RFC 4180 demands it, and ends in CR LF', () => {
    expect(csvLine(['plain', null, 'a,b', 'say "x"', 'two\nlines', 12, 0.123456789])).toBe(
      'plain,,"a,b","say ""x""","two\nlines",12,0.1234568\r\n',
    );
  });
});

describe('stemsOf', () => {
  const stems = (...paths: string[]) => [...stemsOf(paths).values()];

  it('drops the extension, keeping folders and inner dots', () => {
    expect(stems('a.jpg', 'cat/b.c.png', 'x.y/d.webp', 'e')).toEqual(['a', 'cat/b.c', 'x.y/d', 'e']);
  });

  it('keeps the extension where two images share a stem', () => {
    expect(stems('cat/a.jpg', 'cat/a.png', 'dog/a.png')).toEqual(['cat/a.jpg', 'cat/a.png', 'dog/a']);
    expect(stems('a.jpg', 'a.png', 'a.jpg.png')).toEqual(['a.jpg', 'a.png', 'a.jpg.png']);
  });

  it('tells names apart that some file systems take for one', () => {
    expect(stems('A.jpg', 'a.png')).toEqual(['A.jpg', 'a.png']);
    expect(stems('A.jpg', 'a.jpg')).toEqual(['A.jpg', 'a.jpg (2)']);
  });

  it('gives every path a name of its own', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'A', '.', 'j', 'é'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 30 }), (paths) => {
        const names = stems(...paths).map((stem) => stem.normalize('NFC').toLowerCase());
        expect(new Set(names).size).toBe(paths.length);
      }),
    );
  });
});
