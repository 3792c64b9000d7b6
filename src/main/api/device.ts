/** @file The `device` area of the contract: what this machine can do, and why. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { BenchReport, DoctorReport } from '../../contract/types';
import { median } from '../noise/statistics';
import { type AsideOptions, runAside } from '../training/aside';
import { timeEngines, WORK } from '../training/bench';
import { versions } from '../training/versions';
import type { Workspace } from './workspaceTypes';

const ELECTRON_NEEDS = [22, 12] as const;

export const deviceApi = ({ spawn }: Pick<Workspace, 'spawn'>) => ({
  doctor: async (
    { selfTest }: { selfTest: boolean },
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<DoctorReport> => ({
    versions: versions(),
    machine: {
      platform: `${process.platform} ${process.arch} ${release()}`,
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      threads: availableParallelism(),
      memoryGb: Math.round(totalmem() / 2 ** 30),
    },
    ...(await runAside({ kind: 'doctor', selfTest }, 'cpu', { spawn, signal })).report,
    work: selfTest ? await work({ spawn, signal }) : null,
    electron: inspectElectron(),
  }),

  bench: async (
    { rounds }: { rounds: number },
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<BenchReport> => ({ results: await timeEngines(rounds, { spawn, signal }) }),
});

/** What the engine that `auto` chooses makes of the program's own work. */
async function work(options: AsideOptions): Promise<DoctorReport['work']> {
  const done = await runAside({ kind: 'bench', config: { ...WORK, steps: 5 } }, 'auto', options);
  const { fallbacks, residentMb, peakMb } = done;
  const mapMs = median(done.mapsMs) / WORK.batch;
  return { stepMs: median(done.stepMs), mapMs, fallbacks, residentMb, peakMb };
}

function inspectElectron(): DoctorReport['electron'] {
  if (process.versions.electron)
    return { available: true, why: `This is Electron ${process.versions.electron}.` };
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < ELECTRON_NEEDS[0] || (major === ELECTRON_NEEDS[0] && minor < ELECTRON_NEEDS[1]))
    return {
      available: false,
      why: `Electron starts under Node ${ELECTRON_NEEDS.join('.')} or newer, and this is ${process.versions.node}; the window is served to a browser instead.`,
    };
  const folder = electronFolder();
  if (!folder)
    return { available: false, why: 'Electron is not installed; the window is served to a browser.' };
  return existsSync(join(folder, 'path.txt'))
    ? { available: true, why: 'Electron is installed; "npm start" opens the desktop window.' }
    : {
        available: false,
        why: 'Electron downloads its binary when "npm start" is used for the first time; until then the window is served to a browser.',
      };
}

function electronFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return null;
  }
}
