/** @file `penumbra bench`: the program's own work on every engine that works here, in turns. */
import type { BenchReport, DeviceName } from '../../contract/types';
import { median } from '../noise/statistics';
import { type AsideOptions, runAside } from './aside';
import { TrainingHost } from './host';
import type { BenchResult } from './protocol';

/** The standard recipe's images and batch. */
export const WORK = { size: 64, batch: 32 } as const;
/** Steps of a round; the first of the first round compiles and is not counted. */
const STEPS = 5;

interface Contestant {
  name: string;
  host: TrainingHost;
  stepMs: number[];
  mapsMs: number[];
}

/**
 * Each engine has a process of its own and all take part in each round, so that whatever else the machine does hits
 * all of them.
 * @throws STOPPED when the signal is aborted
 */
export async function timeEngines(
  rounds: number,
  { spawn, signal }: Omit<AsideOptions, 'onMessage'>,
): Promise<BenchReport['results']> {
  const { report } = await runAside({ kind: 'doctor', selfTest: false }, 'cpu', { spawn, signal });
  // The engine that "auto" takes comes first: the others are its peers.
  const engines = report.engines
    .filter(({ available }) => available)
    .sort((a, b) => Number(b.name === report.chosen) - Number(a.name === report.chosen));
  const contestants: (Contestant & { device: DeviceName })[] = engines.map(({ name, device }) => ({
    ...{ name, device, host: new TrainingHost({ spawn }), stepMs: [], mapsMs: [] },
  }));
  const stop = (): void => {
    for (const { host } of contestants) host.close();
  };
  signal?.addEventListener('abort', stop);
  try {
    for (let round = 0; round < rounds; round++)
      for (const one of contestants) {
        const config = { ...WORK, steps: STEPS };
        const done = await one.host.run({ kind: 'bench', config }, one.device, null, () => {});
        const { stepMs, mapsMs } = done as BenchResult & typeof done;
        one.stepMs.push(...stepMs);
        one.mapsMs.push(...mapsMs);
      }
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
  return [
    ...compare('mask-training step, 64 px, batch 32', contestants, ({ stepMs }) => median(stepMs)),
    ...compare('map of an image, 64 px', contestants, ({ mapsMs }) => median(mapsMs) / WORK.batch),
  ];
}

function compare(
  name: string,
  [ours, ...peers]: Contestant[],
  ms: (contestant: Contestant) => number,
): BenchReport['results'] {
  const mine = { name, ours: ours!.name, ours_ms: ms(ours!) };
  if (peers.length === 0) return [{ ...mine, peer: null, peer_ms: null, ratio: null }];
  return peers.map((peer) => ({
    ...mine,
    peer: peer.name,
    peer_ms: ms(peer),
    ratio: mine.ours_ms / ms(peer),
  }));
}
