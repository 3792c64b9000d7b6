import { beforeEach, describe, expect, test } from 'vitest';
import type { Geometry, Region, RegionChange } from '../../../../src/contract/annotations';
import { applied } from '../../../../src/renderer/annotate/applied';
import { fromBrush, toBrush } from '../../../../src/renderer/annotate/geometry/brush';
import { areaOf } from '../../../../src/renderer/annotate/geometry/shapes';
import { type Spans, shift } from '../../../../src/renderer/annotate/geometry/spans';
import type { Point } from '../../../../src/renderer/annotate/geometry/strokes';
import { RegionIndex } from '../../../../src/renderer/annotate/regionIndex';
import { TOOLS } from '../../../../src/renderer/annotate/tools';
import type { Desk, Draft, Tool, Touch } from '../../../../src/renderer/annotate/tools/tool';

/** A desk without a window: regions in a list, and what was said. */
class TestDesk implements Desk {
  size = { width: 100, height: 80 };
  label = 'object';
  radius = 5;
  tolerance = 10;
  draft: Draft | null = null;
  regions: readonly Region[] = [];
  ids: readonly number[] = [];
  steps: { title: string; changes: RegionChange[] }[] = [];
  said: string[] = [];
  grown: number[] = [];
  #next = 1;

  get selected() {
    return this.regions.filter(({ id }) => this.ids.includes(id));
  }
  get #index() {
    const index = new RegionIndex();
    index.update(this.regions);
    return index;
  }
  regionAt(at: Point, slack: number) {
    return this.#index.at(at, slack);
  }
  regionsWithin(bounds: Parameters<Desk['regionsWithin']>[0]) {
    return this.#index.within(bounds);
  }
  select(ids: readonly number[]) {
    this.ids = ids;
  }
  /** A square as wide as the tolerance. */
  grow({ x, y }: Point, _pane: string, tolerance: number): Spans {
    this.grown.push(tolerance);
    return shift({ top: 0, rows: Array.from({ length: tolerance }, () => [0, tolerance]) }, x, y);
  }
  commit(title: string, changes: RegionChange[]) {
    this.steps.push({ title, changes });
    const done = applied(this.regions, changes, 1, () => this.#next++);
    this.regions = done.regions;
    return done.ids;
  }
  acceptAt() {
    return false;
  }
  say(words: string) {
    this.said.push(words);
  }

  add(geometry: Geometry, more: Partial<Region> = {}): number {
    const [id] = this.commit('given', [{ put: { label: 'object', geometry, ...more } }]);
    this.steps = [];
    return id!;
  }
  titles() {
    return this.steps.map(({ title }) => title);
  }
}

const tool = (id: string): Tool => TOOLS.find((one) => one.id === id)!;
const touch = (x: number, y: number, more: Partial<Touch> = {}): Touch => ({
  at: { x, y },
  slack: 4,
  shift: false,
  alt: false,
  pane: 'original',
  ...more,
});

function dragged(desk: Desk, id: string, points: [number, number][], more: Partial<Touch> = {}): void {
  const one = tool(id);
  const [first, ...rest] = points;
  one.press(desk, touch(...first!, more));
  for (const point of rest) one.move(desk, touch(...point, more));
  one.lift(desk, touch(...points.at(-1)!, more));
}
const click = (desk: Desk, id: string, x: number, y: number, more: Partial<Touch> = {}) =>
  dragged(desk, id, [[x, y]], more);

const box = (x: number, y: number, width: number, height: number): Geometry => ({
  kind: 'box',
  x,
  y,
  width,
  height,
});
const square = (x: number, y: number, side: number): Geometry =>
  toBrush({ top: y, rows: Array.from({ length: side }, () => [x, x + side]) })!;
const triangle: Geometry = {
  kind: 'polygon',
  rings: [
    [
      [10, 10],
      [50, 10],
      [10, 50],
    ],
  ],
};

let desk: TestDesk;
beforeEach(() => {
  for (const one of TOOLS) one.cancel(new TestDesk());
  desk = new TestDesk();
});

describe('brush', () => {
  test('a stroke is one step, and the next goes on in the same region', () => {
    dragged(desk, 'brush', [
      [20, 20],
      [40, 20],
    ]);
    expect(desk.titles()).toEqual(['brush stroke']);
    const area = areaOf(desk.regions[0]!.geometry);
    dragged(desk, 'brush', [
      [40, 20],
      [40, 40],
    ]);
    expect(desk.regions).toHaveLength(1);
    expect(areaOf(desk.regions[0]!.geometry)).toBeGreaterThan(area);
    expect(desk.draft).toBeNull();
  });

  test('with nothing selected, or another label, a new region begins', () => {
    click(desk, 'brush', 20, 20);
    desk.select([]);
    click(desk, 'brush', 60, 20);
    expect(desk.regions).toHaveLength(2);
    desk.label = 'cue';
    click(desk, 'brush', 60, 60);
    expect(desk.regions.map(({ label }) => label)).toEqual(['object', 'object', 'cue']);
  });

  test('over what is painted already nothing is kept, and off the image nothing is painted', () => {
    click(desk, 'brush', 20, 20);
    click(desk, 'brush', 20, 20);
    desk.select([]);
    click(desk, 'brush', -50, 20);
    expect(desk.titles()).toEqual(['brush stroke']);
  });

  test('with Shift a straight line from where the last stroke ended', () => {
    click(desk, 'brush', 20, 20);
    click(desk, 'brush', 70, 20, { shift: true });
    const spans = fromBrush(desk.regions[0]!.geometry as never);
    expect(spans.rows[20 - spans.top]).toEqual([15, 75]);
  });

  test('Escape leaves no trace of a stroke', () => {
    const brush = tool('brush');
    brush.press(desk, touch(20, 20));
    expect(desk.draft?.kind).toBe('stroke');
    expect(brush.cancel(desk)).toBe(true);
    brush.lift(desk, touch(20, 20));
    expect([desk.draft, desk.steps]).toEqual([null, []]);
  });
});

describe('eraser', () => {
  test('takes from every painted region it meets, as one step, but not from locked, hidden or drawn ones', () => {
    const left = desk.add(square(10, 10, 20));
    const right = desk.add(square(30, 10, 20));
    const others = [
      desk.add(square(10, 20, 40), { locked: true }),
      desk.add(square(10, 20, 40), { hidden: true }),
      desk.add(box(10, 10, 40, 20)),
    ];
    dragged(desk, 'eraser', [
      [20, 20],
      [40, 20],
    ]);
    const changed = desk.steps.map(({ changes }) =>
      changes.map((change) => 'put' in change && change.put.id),
    );
    expect(changed).toEqual([[left, right]]);
    expect(others.every((id) => !changed.flat().includes(id))).toBe(true);
  });

  test('what is left of nothing is deleted', () => {
    const id = desk.add(square(20, 20, 4));
    click(desk, 'eraser', 22, 22);
    expect(desk.steps).toEqual([{ title: 'eraser stroke', changes: [{ remove: id }] }]);
  });

  test('from a selected box it takes pixels', () => {
    desk.select([desk.add(box(10, 10, 40, 20))]);
    desk.add(square(10, 10, 20));
    click(desk, 'eraser', 10, 10);
    const [region, other] = desk.regions;
    expect(region!.geometry.kind).toBe('brush');
    expect(areaOf(region!.geometry)).toBeLessThan(40 * 20);
    expect(areaOf(other!.geometry)).toBe(400);
  });

  test('a locked region says so', () => {
    desk.select([desk.add(square(10, 10, 20), { locked: true })]);
    click(desk, 'eraser', 20, 20);
    expect(desk.steps).toEqual([]);
    expect(desk.said.join()).toContain('locked');
  });
});

describe('polygon', () => {
  const corners: [number, number][] = [
    [10, 10],
    [60, 10],
    [60, 60],
  ];
  const ringOf = () => (desk.regions.at(-1)!.geometry as Extract<Geometry, { kind: 'polygon' }>).rings[0]!;

  for (const [how, close] of [
    ['Enter', () => tool('polygon').finish!(desk)],
    ['the first corner', () => click(desk, 'polygon', 12, 11)],
    [
      'a double click',
      () => {
        click(desk, 'polygon', 61, 60);
        tool('polygon').twice!(desk);
      },
    ],
  ] as const)
    test(`clicks are its corners, closed by ${how}`, () => {
      for (const [x, y] of corners) click(desk, 'polygon', x, y);
      expect(desk.steps).toEqual([]);
      close();
      expect(desk.titles()).toEqual(['draw polygon']);
      expect(ringOf()).toEqual(corners);
      expect(desk.selected).toHaveLength(1);
    });

  test('Backspace takes the last corner back, and two are no polygon', () => {
    for (const [x, y] of corners) click(desk, 'polygon', x, y);
    expect(tool('polygon').back!(desk)).toBe(true);
    tool('polygon').finish!(desk);
    expect(desk.steps).toEqual([]);
    expect(desk.said.join()).toContain('three corners');
    expect(tool('polygon').cancel(desk)).toBe(true);
    expect(tool('polygon').back!(desk)).toBe(false);
  });

  test('corners are pulled, inserted between two others, and removed with Alt', () => {
    desk.select([desk.add(triangle)]);
    dragged(desk, 'polygon', [
      [50, 10],
      [70, 20],
    ]);
    expect(ringOf()).toEqual([
      [10, 10],
      [70, 20],
      [10, 50],
    ]);
    dragged(desk, 'select', [
      [40, 35],
      [60, 60],
    ]);
    expect(ringOf()).toEqual([
      [10, 10],
      [70, 20],
      [60, 60],
      [10, 50],
    ]);
    click(desk, 'select', 10, 10, { alt: true });
    expect(ringOf()).toEqual([
      [70, 20],
      [60, 60],
      [10, 50],
    ]);
    click(desk, 'select', 70, 20, { alt: true });
    expect(ringOf()).toHaveLength(3);
    expect(desk.titles()).toEqual(['move corner', 'insert corner', 'remove corner']);
  });

  test('corners stay in the image', () => {
    desk.select([desk.add(triangle)]);
    dragged(desk, 'polygon', [
      [50, 10],
      [500, -10],
    ]);
    expect(ringOf()[1]).toEqual([100, 0]);
  });
});

describe('box', () => {
  test('is drawn from any corner to the opposite one', () => {
    dragged(desk, 'box', [
      [50, 40],
      [20, 10],
    ]);
    expect(desk.regions[0]!.geometry).toEqual(box(20, 10, 30, 30));
  });

  test('a click draws none', () => {
    dragged(desk, 'box', [
      [50, 40],
      [51, 41],
    ]);
    expect(desk.steps).toEqual([]);
  });

  test('sides and corners are pulled, also past the opposite one', () => {
    desk.select([desk.add(box(20, 10, 30, 30))]);
    dragged(desk, 'box', [
      [50, 25],
      [60, 70],
    ]);
    expect(desk.regions[0]!.geometry).toEqual(box(20, 10, 40, 30));
    dragged(desk, 'box', [
      [20, 10],
      [80, 50],
    ]);
    expect(desk.regions[0]!.geometry).toEqual(box(60, 40, 20, 10));
    expect(desk.titles()).toEqual(['resize box', 'resize box']);
  });

  test('Enter puts one in the middle, for those without a pointer', () => {
    tool('box').finish!(desk);
    expect(desk.regions[0]!.geometry).toEqual(box(38, 30, 25, 20));
  });
});

describe('select', () => {
  test('the smallest region under the pointer; Shift takes more, and takes away', () => {
    const large = desk.add(box(0, 0, 90, 70));
    const small = desk.add(box(20, 20, 10, 10));
    desk.add(box(15, 15, 30, 30), { hidden: true });
    click(desk, 'select', 25, 25);
    expect(desk.ids).toEqual([small]);
    click(desk, 'select', 60, 60, { shift: true });
    expect(desk.ids).toEqual([small, large]);
    click(desk, 'select', 60, 60, { shift: true });
    expect(desk.ids).toEqual([small]);
  });

  test('beside all regions the press is left to the pane, which pans', () => {
    desk.select([desk.add(box(20, 20, 10, 10))]);
    expect(tool('select').press(desk, touch(70, 70))).toBe(false);
    expect(desk.ids).toEqual([]);
  });

  test('what is selected is moved together, by whole pixels, to the edge and no further', () => {
    desk.select([desk.add(square(20, 20, 10)), desk.add(triangle)]);
    dragged(desk, 'select', [
      [25, 25],
      [30, 25],
      [25.4, 125],
    ]);
    const [brush, polygon] = desk.regions.map(({ geometry }) => geometry);
    expect(brush).toMatchObject({ x: 20, y: 70 });
    expect(polygon).toMatchObject({
      rings: [
        [
          [10, 40],
          [50, 40],
          [10, 80],
        ],
      ],
    });
    expect(desk.titles()).toEqual(['move regions']);
  });

  test('a hand that trembles moves nothing', () => {
    desk.add(box(20, 20, 30, 30));
    dragged(desk, 'select', [
      [35, 35],
      [36, 35],
    ]);
    expect(desk.steps).toEqual([]);
  });

  test('Shift and a frame over several', () => {
    const ids = [desk.add(box(20, 20, 10, 10)), desk.add(box(40, 20, 10, 10))];
    desk.add(box(80, 60, 10, 10));
    dragged(
      desk,
      'select',
      [
        [10, 10],
        [45, 35],
      ],
      { shift: true },
    );
    expect(desk.ids).toEqual(ids);
  });

  test('what is locked stays', () => {
    desk.add(box(20, 20, 40, 40), { locked: true });
    dragged(desk, 'select', [
      [40, 40],
      [60, 60],
    ]);
    expect(desk.steps).toEqual([]);
    expect(desk.said.join()).toContain('locked');
  });
});

describe('wand', () => {
  test('grows while it is dragged, and is one step', () => {
    dragged(desk, 'wand', [
      [20, 20],
      [28, 20],
    ]);
    // Two steps of tolerance for every slack of 4.
    expect(desk.grown).toEqual([10, 14]);
    expect(areaOf(desk.regions[0]!.geometry)).toBe(14 * 14);
    expect(desk.titles()).toEqual(['wand']);
  });

  test('Shift adds to the selected region, Alt takes from it', () => {
    desk.select([desk.add(box(20, 20, 10, 10))]);
    click(desk, 'wand', 30, 20, { shift: true });
    expect(areaOf(desk.regions[0]!.geometry)).toBe(200);
    click(desk, 'wand', 25, 20, { alt: true });
    expect(areaOf(desk.regions[0]!.geometry)).toBe(100);
    expect(desk.regions).toHaveLength(1);
  });
});

test('every tool has a key of its own', () => {
  expect(TOOLS.map(({ key }) => key).join('')).toBe('vbeprwt');
});
