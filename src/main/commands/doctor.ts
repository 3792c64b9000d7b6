import { Command } from 'commander';
import type { DoctorReport } from '../../contract/types';
import { type CommonOptions, withOutput } from './common';
import { Output } from './output';

interface Options extends CommonOptions {
  selfTest: boolean;
}

export const doctorCommand = (): Command =>
  withOutput(new Command('doctor'))
    .description('say what this machine can compute on, and why')
    .option('--self-test', 'let every engine compute something and check the result', false)
    .action(doctor);

async function doctor(options: Options): Promise<void> {
  const { inSession } = await import('./session');
  await inSession(options, async ({ client }) => {
    const report = await client.device.doctor({ selfTest: options.selfTest });
    new Output(options.json).result(report, describeReport(report));
  });
}

function describeReport({ versions, machine, chosen, engines, work, electron }: DoctorReport): string[] {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Versions ${names.join(', ')}`,
    `Machine  ${machine.platform}, ${machine.cpu}, ${machine.threads} threads, ${machine.memoryGb} GB`,
    `Engine   ${chosen}`,
    ...engines.flatMap(({ name, available, why, selfTest }) => [
      `${available ? '  yes' : '  no '}    ${name}: ${why}`,
      ...(selfTest
        ? [
            `         self-test ${selfTest.ok ? 'passed' : 'FAILED'}, ${selfTest.gflops.toFixed(1)} GFLOPS, error ${selfTest.error.toExponential(1)}`,
          ]
        : []),
    ]),
    ...(work
      ? [
          `Work     a mask-training step takes ${work.stepMs.toFixed(0)} ms (64 px, batch 32), a map ${work.mapMs.toFixed(2)} ms`,
          `Memory   ${work.residentMb} MB, at most ${work.peakMb} MB`,
          `Slow     ${fallbacksIn(work.fallbacks)}`,
        ]
      : []),
    `Window   ${electron.why}`,
  ];
}

/** Kernels that run in plain JavaScript under the chosen engine. */
function fallbacksIn(counts: Record<string, number>): string {
  const kernels = Object.entries(counts).map(([name, count]) => `${name} (${count})`);
  return kernels.length === 0
    ? 'no kernel of this work fell back to plain JavaScript'
    : `these kernels fell back to plain JavaScript: ${kernels.join(', ')}`;
}
