import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeFull, decodeSquare } from '../../../src/main/library/decode';
import { temporaryFolder } from '../store/support';
import {
  BLUE,
  corners,
  cornersPixels,
  GREEN,
  GREY,
  noisyJpeg,
  oriented,
  patches,
  put,
  RED,
} from './pictures';

/** Lossy formats and colour conversion may be off by a little; a wrong picture is off by much more. */
function expectColours(found: number[][], wanted: number[][], tolerance = 12): void {
  for (const [i, colour] of wanted.entries()) {
    for (const [channel, value] of colour.entries()) {
      expect(Math.abs(found[i]![channel]! - value), `patch ${i}, channel ${channel}`).toBeLessThanOrEqual(
        tolerance,
      );
    }
  }
}

async function decoded(content: Uint8Array | string, name = 'picture.png') {
  return decodeFull(put(temporaryFolder(), name, content));
}

const sentence = (work: Promise<unknown>): Promise<{ code: string; message: string }> =>
  work.then(
    () => expect.fail('nothing was thrown'),
    (error) => error,
  );

describe('decodeFull', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('shows a picture of EXIF orientation %i upright', async (orientation) => {
    const { width, height, rgb } = await decoded(await oriented(orientation), 'turned.jpg');
    expect([width, height, rgb.length]).toEqual([48, 32, 48 * 32 * 3]);
    expectColours(patches(rgb, width, height), [RED, GREEN, BLUE]);
  });

  it('gives the bytes of an 8-bit RGB PNG exactly', async () => {
    const { rgb } = await decoded(await corners().png().toBuffer());
    expect(Buffer.from(rgb).equals(Buffer.from(cornersPixels()))).toBe(true);
  });

  it.each([
    ['16-bit RGB', () => corners().toColourspace('rgb16').png()],
    ['a palette', () => corners().png({ palette: true })],
    ['CMYK JPEG', () => corners().toColourspace('cmyk').jpeg({ quality: 95, chromaSubsampling: '4:4:4' })],
    ['WebP', () => corners().webp({ quality: 95 })],
    ['TIFF', () => corners().tiff({ compression: 'lzw' })],
    ['AVIF', () => corners().avif({ quality: 80, chromaSubsampling: '4:4:4' })],
    ['GIF', () => corners().gif()],
  ])('reads %s as sRGB bytes', async (_name, make) => {
    const { width, height, rgb } = await decoded(await make().toBuffer());
    // CMYK without a profile has no one true colour; it has to be recognisable.
    expectColours(patches(rgb, width, height), [RED, GREEN, BLUE], 90);
  });

  it('reads grey pictures of 8 and 16 bit as three equal channels', async () => {
    for (const space of ['b-w', 'grey16']) {
      const grey = sharp(new Uint8Array(64).fill(99), { raw: { width: 8, height: 8, channels: 1 } });
      const { rgb } = await decoded(await grey.toColourspace(space).png().toBuffer());
      expect(rgb.length).toBe(192);
      expectColours([[...rgb.subarray(0, 3)]], [[99, 99, 99]], 1);
    }
  });

  it('lays transparent pixels on grey', async () => {
    const rgba = new Uint8Array(4 * 16).map((_, i) => (i % 4 === 3 ? 0 : 255));
    const image = sharp(rgba, { raw: { width: 4, height: 4, channels: 4 } });
    const { rgb } = await decoded(await image.png().toBuffer());
    expectColours([[...rgb.subarray(0, 3)]], [GREY], 1);
  });

  it('takes the first frame of an animation', async () => {
    const frames = [RED, GREEN].map((colour) => ({
      create: {
        width: 8,
        height: 8,
        channels: 3 as const,
        background: { r: colour[0], g: colour[1], b: colour[2] },
      },
    }));
    const stills = await Promise.all(frames.map((frame) => sharp(frame).png().toBuffer()));
    const gif = await sharp(stills, { join: { animated: true } })
      .gif({ delay: [50, 50] })
      .toBuffer();
    expect((await sharp(gif).metadata()).pages).toBe(2);
    const { width, height, rgb } = await decoded(gif, 'moving.gif');
    expect([width, height]).toEqual([8, 8]);
    expectColours([[...rgb.subarray(0, 3)]], [RED]);
  });

  it('goes by the content, not by the name', async () => {
    const { width } = await decoded(await corners().jpeg().toBuffer(), 'really-a-jpeg.png');
    expect(width).toBe(48);
  });
});

describe('decodeSquare', () => {
  it('turns, then stretches to the square', async () => {
    const file = put(temporaryFolder(), 'turned.jpg', await oriented(6));
    const rgb = await decodeSquare(file, 20);
    expect(rgb.length).toBe(20 * 20 * 3);
    expectColours(patches(rgb, 20, 20), [RED, GREEN, BLUE]);
  });

  it('enlarges small pictures', async () => {
    const file = put(temporaryFolder(), 'dot.png', await corners().resize(1, 1).png().toBuffer());
    expect((await decodeSquare(file, 32)).length).toBe(32 * 32 * 3);
  });
});

describe('what cannot be decoded says why', () => {
  it.each([
    ['empty.jpg', async () => '', /"empty\.jpg" .*empty/],
    ['text.png', async () => 'hello, I am a text', /"text\.png" .*not an image/],
    [
      'drawing.png',
      async () => '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      /not an image/,
    ],
    ['half.jpg', async () => (await noisyJpeg()).subarray(0, 4000), /truncated/],
    ['head.jpg', async () => (await noisyJpeg()).subarray(0, 60), /truncated/],
    ['half.png', async () => (await corners().png().toBuffer()).subarray(0, 120), /truncated/],
    ['half.webp', async () => (await corners().webp().toBuffer()).subarray(0, 60), /truncated/],
    ['half.gif', async () => (await corners().gif().toBuffer()).subarray(0, 60), /truncated/],
    ['broken.png', async () => withBrokenByte(await corners().png().toBuffer()), /damaged/],
    ['thumbnail.jpg', async () => withSegment(await noisyJpeg()).subarray(0, 4000), /truncated/],
    ['old.bmp', async () => `BM${'\0'.repeat(60)}`, /BMP files are not supported/],
  ])('%s', async (name, make, reason) => {
    const file = put(temporaryFolder(), name, await make());
    const { code, message } = await sentence(decodeSquare(file, 8));
    expect(code).toBe('IMAGE_UNREADABLE');
    expect(message).toMatch(reason);
  });

  it('many damaged files at once, each with its own reason', async () => {
    const folder = temporaryFolder();
    const half = (await noisyJpeg()).subarray(0, 3000);
    const broken = withBrokenByte(await corners().png().toBuffer());
    const reasons = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const file = put(folder, i % 2 ? `${i}.jpg` : `${i}.png`, i % 2 ? half : broken);
        return (await sentence(decodeSquare(file, 8))).message;
      }),
    );
    for (const [i, reason] of reasons.entries()) expect(reason).toMatch(i % 2 ? /truncated/ : /damaged/);
  });

  it('a file that is gone, and a folder', async () => {
    const folder = temporaryFolder();
    expect((await sentence(decodeFull(`${folder}/gone.jpg`))).message).toMatch(
      /"gone\.jpg" .*does not exist/,
    );
    expect((await sentence(decodeFull(folder))).message).toMatch(/a folder/);
  });

  it('a picture of too many pixels, before any of them is decoded', async () => {
    const png = await corners().png().toBuffer();
    // Width and height in the header chunk; its check sum made to fit.
    png.writeUInt32BE(40_000, 16);
    png.writeUInt32BE(40_000, 20);
    const { crc32 } = await import('node:zlib');
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    const file = put(temporaryFolder(), 'vast.png', png);
    expect(await sentence(decodeSquare(file, 8))).toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });
});

/** One bit of the PNG's picture data is wrong, so that its check sum fails. */
function withBrokenByte(png: Buffer): Buffer {
  const at = png.indexOf('IDAT') + 12;
  png[at] = png[at]! ^ 1;
  return png;
}

/** The JPEG with a segment before its picture that holds an end of image, as a thumbnail does. */
function withSegment(jpeg: Buffer): Buffer {
  const segment = Buffer.from([0xff, 0xe1, 0, 6, 1, 2, 0xff, 0xd9]);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}
