import { expect, it } from 'vitest';
import type { AppEvent, RunStatus, RunSummary } from '../../../src/contract/types';
import type { Session } from '../../../src/main/commands/session';
import { chooseEncoder, unfinishedRuns, waitForRuns } from '../../../src/main/commands/steps';

function run(id: number, status: RunStatus, error: RunSummary['error'] = null): RunSummary {
  return {
    ...{ id, status, error, kind: 'mask', mask: 'positive', title: `Run ${id}`, encoderId: null },
    ...{ step: 0, steps: 1, secondsLeft: null, startedAt: null, finishedAt: null, engine: null },
    ...{ warnings: [], config: {}, after: null, place: id },
  };
}

/** A session whose runs are what the test says, and tell of their changes. */
function fakeSession(runs: RunSummary[]) {
  const listeners: ((event: AppEvent) => boolean)[] = [];
  const calls: unknown[] = [];
  const client = {
    training: { runs: async () => runs },
    encoders: {
      list: async () => [{ id: 5, name: 'mine' }],
      import: async (input: unknown) => {
        calls.push(input);
        return { id: 9 };
      },
    },
  };
  const session = {
    client,
    follow: (listener: (event: AppEvent) => boolean) => void listeners.push(listener),
  };
  const become = (changed: RunSummary): void => {
    runs[runs.findIndex(({ id }) => id === changed.id)] = changed;
    for (const listener of listeners) listener({ type: 'run', run: changed });
  };
  return { session: session as unknown as Session, become, calls };
}

it('waits until every run is done, whichever order the project lists them in', async () => {
  const { session, become } = fakeSession([run(3, 'queued'), run(2, 'running'), run(1, 'done')]);
  const waiting = waitForRuns(session, [1, 2, 3]);
  become(run(2, 'done'));
  become(run(3, 'running'));
  become(run(3, 'done'));
  expect((await waiting).map(({ id }) => id)).toEqual([1, 2, 3]);
});

it('has nothing to wait for without runs', async () => {
  expect(await waitForRuns(fakeSession([]).session, [])).toEqual([]);
});

it('tells why the first run failed, not that others needed it', async () => {
  const { session, become } = fakeSession([run(2, 'queued'), run(1, 'running')]);
  const waiting = waitForRuns(session, [1, 2]);
  become(run(1, 'failed', { code: 'WORKER_DIED', message: 'The process ended.' }));
  become(run(2, 'failed', { code: 'WORKER_DIED', message: 'It needs "Run 1".' }));
  await expect(waiting).rejects.toMatchObject({ code: 'WORKER_DIED', message: 'Run 1: The process ended.' });
});

it('goes on with runs that were broken off, oldest first', async () => {
  const { session } = fakeSession([
    run(4, 'stopped'),
    run(3, 'interrupted'),
    run(2, 'failed'),
    run(1, 'done'),
  ]);
  expect((await unfinishedRuns(session)).map(({ id }) => id)).toEqual([3, 4]);
});

it('takes --encoder as a kind to train, an encoder of the project, or a file, in this order', async () => {
  const { session, calls } = fakeSession([]);
  expect(await chooseEncoder(session, undefined)).toEqual({ ownEncoder: 'auto' });
  expect(await chooseEncoder(session, 'simclr')).toEqual({ ownEncoder: 'simclr' });
  expect(await chooseEncoder(session, 'mine')).toEqual({ encoderId: 5 });
  expect(await chooseEncoder(session, import.meta.dirname, { size: 96 })).toEqual({ encoderId: 9 });
  expect(calls).toEqual([{ path: import.meta.dirname, size: 96 }]);
  await expect(chooseEncoder(session, 'nothing')).rejects.toMatchObject({
    code: 'ENCODER_UNKNOWN',
  });
});
