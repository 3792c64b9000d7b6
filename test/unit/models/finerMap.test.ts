import { expect, test } from 'vitest';
import { finerMap, type GraphStep } from '../../../src/main/models/finerMap';

/** A graph by lines such as "b/2 = a" (b halves a) and "b~ = a" (b pads a). */
function graph(...lines: string[]): (name: string) => GraphStep | undefined {
  const steps = new Map(
    lines.map((line): [string, GraphStep] => {
      const [made, from] = line.split(' = ') as [string, string];
      const [name, stride = '1'] = made.replace('~', '').split('/');
      return [name!, { inputs: from.split(' '), stride: Number(stride), pads: made.includes('~') }];
    }),
  );
  return (name) => steps.get(name);
}

test('is what the nearest halving before the last map was made from', () => {
  expect(finerMap('e', graph('a/2 = x', 'b = a', 'c/2 = b', 'd = c w', 'e = d'))).toBe('b');
});

test('of two ways around a block it is the shorter one that tells', () => {
  // A bottleneck: 1 x 1, then 3 x 3 with the stride, then 1 x 1; beside it one strided 1 x 1.
  const steps = graph('m = x', 'n1 = m', 'n2/2 = n1', 'n3 = n2', 's/2 = m', 'y = n3 s');
  expect(finerMap('y', steps)).toBe('m');
});

test('is found behind a border that was added for the stride', () => {
  expect(finerMap('c', graph('a = x', 'p~ = a', 'c/2 = p'))).toBe('a');
});

test('is none where only the image itself is halved', () => {
  expect(finerMap('b', graph('a/2 = x', 'b = a'))).toBeNull();
  expect(finerMap('b', graph('p~ = x', 'a/2 = p', 'b = a'))).toBeNull();
});

test('is none where nothing halves, even if a damaged file leads in circles', () => {
  expect(finerMap('b', graph('a = x', 'b = a'))).toBeNull();
  expect(finerMap('b', graph('a = b', 'b = a'))).toBeNull();
});
