import { describe, expect, it } from 'vitest';
import { DEMO_CLASSES, type DemoVariant } from '../../../src/main/library/demo';
import { planOf, streamOf } from '../../../src/main/library/demo/plan';
import { drawScene } from '../../../src/main/library/demo/scene';
import { TEXTURE_FAMILIES } from '../../../src/main/library/demo/textures';

const IMAGES = 10_000;
const plans = (variant: DemoVariant, split: 'train' | 'test') =>
  Array.from({ length: IMAGES }, (_, index) => planOf(variant, { seed: 1, split, index }));

/** The share lies within four standard deviations of Binomial(trials, probability) / trials. */
function expectShare(successes: number, trials: number, probability: number): void {
  const deviation = Math.sqrt((probability * (1 - probability)) / trials);
  expect(Math.abs(successes / trials - probability)).toBeLessThan(4 * deviation);
}

describe('what the variants plant', () => {
  it('leaves the texture independent of the class where nothing is tied', () => {
    for (const variant of ['clean', 'tag', 'ignored'] as const) {
      const all = plans(variant, 'train');
      for (const name of DEMO_CLASSES) {
        const own = all.filter(({ scene }) => scene.className === name);
        expect(own).toHaveLength(IMAGES / DEMO_CLASSES.length);
        for (const family of TEXTURE_FAMILIES)
          expectShare(
            own.filter(({ scene }) => scene.family === family).length,
            own.length,
            1 / TEXTURE_FAMILIES.length,
          );
      }
    }
  });

  it.each(['train', 'test'] as const)(
    'ties a texture of its own to 95 of 100 images of each class in %s',
    (split) => {
      const all = plans('background', split);
      const tied = all.filter((plan) => plan.tied);
      expectShare(tied.length, all.length, 0.95);
      const pairs = new Map(tied.map(({ scene }) => [scene.className, scene.family]));
      expect(new Set(pairs.values()).size).toBe(DEMO_CLASSES.length);
      for (const { tied, scene } of all) expect(tied).toBe(scene.family === pairs.get(scene.className));
    },
  );

  it.each(['train', 'test'] as const)('marks 97 of 100 images of one class in %s of tag', (split) => {
    const marked = plans('tag', split).filter(({ scene }) => scene.tag);
    expect(new Set(marked.map(({ scene }) => scene.className)).size).toBe(1);
    expectShare(marked.length, IMAGES / DEMO_CLASSES.length, 0.97);
  });

  it('marks a fifth of every class in train/ of ignored, and 97 of 100 images of one class in test/', () => {
    const train = plans('ignored', 'train').filter(({ scene }) => scene.tag);
    for (const name of DEMO_CLASSES) {
      const own = train.filter(({ scene }) => scene.className === name);
      expectShare(own.length, IMAGES / DEMO_CLASSES.length, 0.2);
    }
    const test = plans('ignored', 'test').filter(({ scene }) => scene.tag);
    expect(new Set(test.map(({ scene }) => scene.className)).size).toBe(1);
    expectShare(test.length, IMAGES / DEMO_CLASSES.length, 0.97);
  });
});

describe('a drawn scene', () => {
  const size = 64;

  it('differs from its backdrop on the object, and elsewhere only by the shadow close to it', async () => {
    for (let index = 0; index < 2 * DEMO_CLASSES.length; index++) {
      const place = { seed: 5, split: 'train', index } as const;
      const { rgb, backdrop, mask } = await drawScene(planOf('clean', place).scene, size, streamOf(place));
      const on = (x: number, y: number) =>
        x >= 0 && y >= 0 && x < size && y < size && mask[y * size + x] === 255;
      const near = (x: number, y: number, reach: number) => {
        for (let dy = -reach; dy <= reach; dy++)
          for (let dx = -reach; dx <= reach; dx++) if (on(x + dx, y + dy)) return true;
        return false;
      };
      let object = 0;
      let covered = 0;
      let stray = 0;
      for (let pixel = 0; pixel < mask.length; pixel++) {
        const [x, y] = [pixel % size, Math.floor(pixel / size)];
        const at = (image: Buffer) => [...image.subarray(3 * pixel, 3 * pixel + 3)];
        const [now, before] = [at(rgb), at(backdrop)];
        if (on(x, y)) {
          object++;
          if (now.some((value, c) => Math.abs(value - before[c]!) > 8)) covered++;
        } else if (!near(x, y, 5)) {
          if (now.some((value, c) => value !== before[c])) stray++;
          // A pixel that the outline's smooth edge cannot reach can only have got darker.
        } else if (!near(x, y, 2) && now.some((value, c) => value > before[c]!)) stray++;
      }
      expect(stray).toBe(0);
      expect(covered / object).toBeGreaterThan(0.9);
    }
  });

  it('is the same apart from the texture when only the texture differs', async () => {
    const place = { seed: 5, split: 'test', index: 3 } as const;
    const { scene } = planOf('clean', place);
    const [first, second] = await Promise.all(
      ['clouds', 'waves'].map((family) => drawScene({ ...scene, family }, size, streamOf(place))),
    );
    expect(first!.mask.equals(second!.mask)).toBe(true);
    expect(first!.rgb.equals(second!.rgb)).toBe(false);
  });
});
