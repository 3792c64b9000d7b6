import { expect, test } from 'vitest';
import { Random } from '../../../src/main/noise/random';
import { maskOfBoxes } from '../../../src/main/reports/boxes';
import { composed, filled, transplanted } from '../../../src/main/reports/edits';
import { noisePicture, SIZE } from './pictures';

test('decoded pixels are Buffers, and no intervention writes to them', () => {
  const picture = Buffer.from(noisePicture(1));
  const before = noisePicture(1);
  const box = { x: 4, y: 4, width: 8, height: 8 };
  const mask = maskOfBoxes([box], SIZE);
  const donor = Buffer.from(noisePicture(2));
  for (const edited of [
    transplanted(picture, donor, box, SIZE),
    composed(donor, mask, picture),
    filled(picture, mask, SIZE, new Random(1, 0, 'test')),
  ])
    expect(edited).not.toEqual(before);
  expect(new Uint8Array(picture)).toEqual(before);
});
