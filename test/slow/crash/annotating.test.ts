/** Killed while drawing, setting and judging: whatever the program has answered for is there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPORT_VERSION, type ReportContent } from '../../../src/contract/reports';
import { readJson } from '../../../src/main/api/jsonFile';
import { Random } from '../../../src/main/noise/random';
import { openProject } from '../../../src/main/store/project';
import type { ProjectStore } from '../../../src/main/store/types';
import { maskRun, scanned } from '../../unit/store/support';
import { expectIntact, SEED, tellKills } from './checks';
import { killedAfter, type Served } from './served';

const ROUNDS = 60;
const IMAGES = 5;
const SIDE = 200;

let directory: string;
let file: string;
let reportId: number;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'penumbra-crash-'));
  file = join(directory, 'drawn.penumbra');
  const store = openProject(file, { folder: directory });
  store.putImages(
    Array.from({ length: IMAGES }, (_, i) => scanned(`${i}.png`, { width: SIDE, height: SIDE })),
  );
  const encoderId = store.addEncoder({
    ...{ name: 'encoder', kind: 'classifier', noiseReady: true, calibratedFrom: null, fingerprint: '' },
    ...{ card: {}, spec: new Uint8Array(1) },
  });
  const runId = maskRun(store, 'positive');
  reportId = store.addReport({ fingerprint: 'of a test', encoderId, runId });
  store.finishReport(reportId, { version: REPORT_VERSION, classes: [] } as unknown as ReportContent);
  store.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a person can see of an image: its strokes by their names, and what was said of it. */
interface Page {
  strokes: Record<string, unknown>;
  note: string;
  checked: boolean;
}
interface Kept {
  pages: { now: Page; past: Page[]; future: Page[] }[];
  settings: Record<string, unknown>;
  verdicts: Record<string, string>;
}
interface Change {
  /** Of what is kept, once it is answered for. */
  apply(kept: Kept): void;
  call(served: Served): Promise<unknown>;
}

/** A brush stroke of random rows, or a box. */
function shape(random: Random) {
  const [x, y] = [random.below(SIDE - 40), random.below(SIDE - 40)];
  const [width, height] = [2 + random.below(30), 2 + random.below(30)];
  if (random.below(2)) return { kind: 'box', x, y, width, height };
  return { kind: 'brush', x, y, width, height, runs: [0, width * height] };
}

function nextChange(kept: Kept, random: Random, serial: number): Change {
  const at = random.below(IMAGES);
  const imageId = at + 1;
  const { now, past, future } = kept.pages[at]!;
  const turn = (page: Page) => (state: Kept) => {
    state.pages[at] = { now: page, past: [...past, now], future: [] };
  };
  switch (random.below(8)) {
    case 0: {
      const note = `note ${serial}`;
      const checked = random.below(2) === 1;
      return {
        apply: turn({ ...now, note, checked }),
        call: (served) => served.call('annotations/setState', { imageIds: [imageId], note, checked }),
      };
    }
    case 1:
      if (past.length === 0) break;
      return {
        apply: ({ pages }) => {
          pages[at] = { now: past.at(-1)!, past: past.slice(0, -1), future: [now, ...future] };
        },
        call: (served) => served.call('annotations/undo', { imageId }),
      };
    case 2:
      if (future.length === 0) break;
      return {
        apply: ({ pages }) => {
          pages[at] = { now: future[0]!, past: [...past, now], future: future.slice(1) };
        },
        call: (served) => served.call('annotations/redo', { imageId }),
      };
    case 3: {
      const key = `${random.below(2) ? 'project.' : ''}crash.${random.below(4)}`;
      return {
        apply: ({ settings }) => {
          settings[key] = serial;
        },
        call: (served) => served.call('settings/set', { key, value: serial }),
      };
    }
    case 4: {
      const claim = `region:${random.below(5)}`;
      const decision = random.below(2) ? 'accept' : 'reject';
      const comment = `because ${serial}`;
      return {
        apply: ({ verdicts }) => {
          verdicts[claim] = `${decision} ${comment}`;
        },
        call: (served) =>
          served.call('reports/review', { id: reportId, className: 'cat', claim, decision, comment }),
      };
    }
  }
  const geometry = shape(random);
  const name = `stroke ${serial}`;
  return {
    apply: turn({ ...now, strokes: { ...now.strokes, [name]: geometry } }),
    call: (served) =>
      served.call('annotations/change', {
        imageId,
        title: name,
        changes: [{ put: { label: 'object', name, geometry } }],
      }),
  };
}

const visible = ({ pages, settings, verdicts }: Kept) => ({
  pages: pages.map(({ now }) => now),
  settings,
  verdicts,
});

function found(store: ProjectStore): ReturnType<typeof visible> {
  const pages = Array.from({ length: IMAGES }, (_, i) => {
    const { regions, state } = store.annotations(i + 1);
    const strokes = Object.fromEntries(regions.map(({ name, geometry }) => [name, geometry]));
    return { strokes, note: state.note, checked: state.checked };
  });
  const ofProgram = (readJson(join(directory, 'data', 'settings.json')) ?? {}) as Record<string, unknown>;
  const verdicts = Object.fromEntries(
    store.reviews(reportId).map(({ claim, decision, comment }) => [claim, `${decision} ${comment}`]),
  );
  return { pages, settings: { ...ofProgram, ...store.settings() }, verdicts };
}

test('every acknowledged stroke, undo, setting and verdict outlives the program', async () => {
  const blank = (): Page => ({ strokes: {}, note: '', checked: false });
  let kept: Kept = {
    pages: Array.from({ length: IMAGES }, () => ({ now: blank(), past: [], future: [] })),
    ...{ settings: {}, verdicts: {} },
  };
  let serial = 0;
  let acknowledged = 0;
  let underWay = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const random = new Random(SEED, round, 'annotating');
    let asked: Change | null = null;
    await killedAfter(
      random.uniform(0, 500),
      directory,
      round % 2 ? 'all' : 'program',
      async (served) => {
        for (;;) {
          asked = nextChange(kept, random, serial++);
          await asked.call(served);
          asked.apply(kept);
          asked = null;
          acknowledged++;
        }
      },
      (served) => served.call('project/openFile', { file }),
    );
    expectIntact(file);
    const store = openProject(file);
    const there = found(store);
    store.close();
    // Of a change that was under way all may be there, or nothing.
    const further = structuredClone(kept);
    (asked as Change | null)?.apply(further);
    if (asked && isDeepStrictEqual(there, visible(further))) {
      underWay++;
      kept = further;
    }
    expect(there, `round ${round}`).toEqual(visible(kept));
  }
  expect(acknowledged).toBeGreaterThan(ROUNDS);
  tellKills('annotating', ROUNDS, { acknowledged, underWay });
});
