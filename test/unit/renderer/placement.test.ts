import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FITTED,
  imagePoint,
  kept,
  type Look,
  panePoint,
  panned,
  placementOf,
  toImage,
  toPane,
  zoomed,
} from '../../../src/renderer/drawing/placement';

const side = fc.integer({ min: 1, max: 6000 });
const size = fc.record({ width: side, height: side });
const pane = fc.record({
  width: fc.integer({ min: 40, max: 2000 }),
  height: fc.integer({ min: 40, max: 2000 }),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });
const look = fc.record({
  zoom: fc.double({ min: 1, max: 64, noNaN: true }),
  centre: fc.record({ u: share, v: share }),
});

describe('an image in a pane', () => {
  it('lies in the middle with 8 px around it when it is fitted', () => {
    // 400 x 200 into 216 x 300: (216 - 16) / 400 = 0.5 CSS pixels a pixel, 100 px high, 100 px above it.
    expect(placementOf(FITTED, { width: 400, height: 200 }, { width: 216, height: 300 })).toEqual({
      ...{ scale: 0.5, left: 8, top: 100 },
    });
  });

  it('is found again by the way back', () => {
    fc.assert(
      fc.property(look, size, pane, share, share, (l, image, room, u, v) => {
        const placement = placementOf(l, image, room);
        const there = toPane(placement, imagePoint(u * image.width, v * image.height));
        const back = toImage(placement, there);
        expect(back.x / image.width).toBeCloseTo(u, 6);
        expect(back.y / image.height).toBeCloseTo(v, 6);
      }),
    );
  });
});

describe('zooming', () => {
  it('keeps the point under the pointer, where the edge of the image allows it', () => {
    const [image, room] = [
      { width: 400, height: 400 },
      { width: 416, height: 416 },
    ];
    const at = panePoint(120, 300);
    const before = toImage(placementOf(FITTED, image, room), at);
    const after = zoomed(FITTED, 4, at, image, room, 1);
    expect(after.zoom).toBe(4);
    const under = toImage(placementOf(after, image, room), at);
    expect(under.x).toBeCloseTo(before.x, 9);
    expect(under.y).toBeCloseTo(before.y, 9);
  });

  it('ends at the fitted image, or at its own pixels where those are smaller', () => {
    const room = { width: 816, height: 816 };
    const middle = panePoint(408, 408);
    const far = (side: number) => zoomed(FITTED, 1e-9, middle, { width: side, height: side }, room, 1).zoom;
    expect(far(1600)).toBe(1);
    // 100 px fill 800: their own size is an eighth of that.
    expect(far(100)).toBeCloseTo(1 / 8, 12);
  });

  it('reaches four screen pixels a pixel of the largest images', () => {
    const image = { width: 100_000, height: 100_000 };
    const room = { width: 116, height: 116 };
    const near = zoomed(FITTED, 1e9, panePoint(58, 58), image, room, 1);
    expect(placementOf(near, image, room).scale).toBeCloseTo(4, 9);
  });
});

describe('panning', () => {
  const bounds = (l: Look, image: { width: number; height: number }, room: typeof image) => {
    const { scale, left, top } = placementOf(l, image, room);
    return { left, top, right: left + image.width * scale, bottom: top + image.height * scale };
  };

  it('moves the image by what the pointer moves', () => {
    const [image, room] = [
      { width: 400, height: 400 },
      { width: 416, height: 416 },
    ];
    const near = zoomed(FITTED, 8, panePoint(208, 208), image, room, 1);
    const moved = panned(near, 30, -12, image, room);
    expect(bounds(moved, image, room).left - bounds(near, image, room).left).toBeCloseTo(30, 9);
    expect(bounds(moved, image, room).top - bounds(near, image, room).top).toBeCloseTo(-12, 9);
  });

  it('never leaves a gap on one side while the other is cut off', () => {
    fc.assert(
      fc.property(look, size, pane, fc.integer(), fc.integer(), (l, image, room, dx, dy) => {
        const { left, right, top, bottom } = bounds(
          panned(kept(l, image, room), dx, dy, image, room),
          image,
          room,
        );
        const slack = 1e-6 * Math.max(right - left, bottom - top, 1);
        expect(left > slack && right > room.width + slack).toBe(false);
        expect(right < room.width - slack && left < -slack).toBe(false);
        expect(top > slack && bottom > room.height + slack).toBe(false);
      }),
    );
  });
});
