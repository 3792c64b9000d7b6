import { Command } from 'commander';
import type { BenchReport } from '../../contract/types';
import { type CommonOptions, integer, withOutput } from './common';
import { Output } from './output';

interface Options extends CommonOptions {
  rounds: number;
}

export const benchCommand = (): Command =>
  withOutput(new Command('bench'))
    .description("time the program's own work on every engine that works here")
    .option('--rounds <n>', 'rounds, in each of which every engine takes part', integer(1, 20), 3)
    .action(bench);

async function bench(options: Options): Promise<void> {
  const { inSession } = await import('./session');
  await inSession(options, async ({ client }) => {
    const report = await client.device.bench({ rounds: options.rounds });
    new Output(options.json).result(report, report.results.map(describe));
  });
}

function describe({ name, ours, ours_ms, peer, peer_ms, ratio }: BenchReport['results'][number]): string {
  const mine = `${name}: ${ours} ${ours_ms.toFixed(1)} ms`;
  return peer === null
    ? `${mine}; no other engine works here`
    : `${mine}, ${peer} ${peer_ms!.toFixed(1)} ms; ratio ${ratio!.toFixed(2)}`;
}
