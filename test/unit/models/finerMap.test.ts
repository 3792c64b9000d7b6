import { expect, test } from 'vitest';
import { finerMap, type GraphStep } from '../../../src/main/models/finerMap';

/** A graph by lines such as "b/2 = a" (b halves a), "c+ = a b" (c is their sum) and "d% = c" (d is c turned); "w" is a weight, "x" the image. */
function graph(...lines: string[]): (name: string) => GraphStep | undefined {
  const steps = new Map(
    lines.map((line): [string, GraphStep] => {
      const [made, from] = line.split(' = ') as [string, string];
      const [name, stride = '1'] = made.replace(/[+%]/, '').split('/');
      const step = { inputs: from.split(' '), stride: Number(stride) };
      return [name!, { ...step, adds: made.includes('+'), turns: made.includes('%') }];
    }),
  );
  return (name) => steps.get(name);
}

test('is what the nearest halving before the last map was made from', () => {
  expect(finerMap('e', graph('a/2 = x', 'b = a', 'c/2 = b', 'd = c w', 'e = d'))).toBe('b');
});

test('of two ways around a block it is the shorter one that tells', () => {
  // A bottleneck: 1 x 1, then 3 x 3 with the stride, then 1 x 1; beside it one strided 1 x 1.
  const steps = graph('m = x', 'n1 = m', 'n2/2 = n1', 'n3 = n2', 's/2 = m', 'y+ = n3 s');
  expect(finerMap('y', steps)).toBe('m');
});

test('is the sum before a block that widens its map before it halves it', () => {
  // MobileNetV2: the sum, a wide 1 x 1 convolution with bias and activation, then the strided one.
  const steps = graph('a = x', 'b = a', 's+ = a b', 'c = s w', 'd = c w', 'e = d', 'f/2 = e w', 'g = f');
  expect(finerMap('g', steps)).toBe('s');
});

test('takes no bias for the end of a block, and none from before another halving', () => {
  expect(finerMap('d', graph('a = x', 'b+ = a w', 'c/2 = b', 'd = c'))).toBe('b');
  expect(finerMap('e', graph('a = x', 'b = a', 's+ = a b', 'c/2 = s', 'd/2 = c', 'e = d'))).toBe('c');
});

test('is none from before dimensions were turned', () => {
  // ConvNeXt sums with the channels last, and turns them before it halves.
  expect(finerMap('d', graph('a = x', 'b = a', 's+ = a b', 't% = s', 'c/2 = t', 'd = c'))).toBe('t');
});

test('is none where only the image itself is halved', () => {
  expect(finerMap('b', graph('a/2 = x', 'b = a'))).toBeNull();
});

test('is none where nothing halves, even if a damaged file leads in circles', () => {
  expect(finerMap('b', graph('a = x', 'b = a'))).toBeNull();
  expect(finerMap('b', graph('a = b', 'b = a'))).toBeNull();
  expect(finerMap('c', graph('a = b', 'b = a', 'c/2 = a'))).toBe('a');
});
