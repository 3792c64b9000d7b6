/** Real processes: a report that is killed half-way goes on, and says what an unbroken one says. */
import { spawn } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReport } from '../../../src/contract/reports';
import { startTraining } from '../../../src/contract/types';
import { reportsApi } from '../../../src/main/api/reports';
import { openProject } from '../../../src/main/store/project';
import { planTraining } from '../../../src/main/training/plan';
import { createRunQueue } from '../../../src/main/training/queue';
import { forkWorker } from '../../../src/main/training/spawn';
import { Events } from '../training/fakes';
import { buildEntries } from '../training/fixtures/build';
import { picturesProject } from '../training/fixtures/project';

let built: string;
beforeAll(async () => {
  built = await buildEntries([
    'src/main/training/worker.ts',
    'test/unit/reports/fixtures/reportUntilHalf.ts',
  ]);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

const workerFile = (): string => join(built, 'worker.js');

/** @returns what the report says, and how many of its parts were made now */
async function reportOn(file: string) {
  const store = openProject(file);
  let parts = 0;
  const api = reportsApi({
    ...{ dataDirectory: '', queue: null, warm: null, requireStore: () => store, emit: () => {} },
    spawn: () => {
      const worker = forkWorker(workerFile());
      const onMessage: typeof worker.onMessage = (listener) =>
        worker.onMessage((message) => {
          parts += Number(message.type === 'checkpoint');
          listener(message);
        });
      return { ...worker, onMessage };
    },
  });
  const before = api.list().map(({ finishedAt }) => finishedAt !== null);
  const { id: _, seconds: __, ...said } = await api.run(startReport.parse({}));
  const after = api.list().map(({ finishedAt }) => finishedAt !== null);
  store.close();
  return { said, parts, before, after };
}

test('the parts that were kept are not made again, and the report is the same', async () => {
  const store = await picturesProject(12);
  const queue = createRunQueue({ store, emit: new Events().emit, workerFile: workerFile() });
  const overrides = { maskSteps: 4, encoderEpochs: 2, batch: 8 };
  queue.add(
    planTraining(store, startTraining.parse({ masks: ['positive'], preset: 'draft', size: 32, overrides })),
  );
  await queue.settled();
  await queue.close();
  const { file } = store;
  store.close();
  const copy = `${file}.copy.penumbra`;
  copyFileSync(file, copy);

  const child = spawn(process.execPath, [join(built, 'reportUntilHalf.js'), file, workerFile()], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    expect(line).toBe('half');
    break;
  }
  const gone = new Promise((resolve) => child.on('exit', resolve));
  process.kill(-child.pid!, 'SIGKILL');
  await gone;

  const resumed = await reportOn(file);
  const unbroken = await reportOn(copy);
  expect([resumed.before, resumed.after]).toEqual([[false], [true]]);
  expect(resumed.parts).toBe(unbroken.parts - 2);
  expect(resumed.said).toEqual(unbroken.said);
}, 240_000);
