/** @file The choice of a compute engine. Everything else uses TensorFlow.js and does not know which one runs it. */
import { PenumbraError } from '../../contract/errors';
import type { DeviceName } from '../../contract/types';
import { CANDIDATES, type Candidate } from './candidates';
import { onnxFallbackCounts } from './onnxRuntime';
import { fallbackCounts as wasmFallbackCounts } from './wasm';

/** How often each kernel that the engine in use lacks ran in plain JavaScript, since the program started. */
export function fallbackCounts(): Record<string, number> {
  const counts = { ...wasmFallbackCounts() };
  for (const [name, count] of Object.entries(onnxFallbackCounts()))
    counts[name] = (counts[name] ?? 0) + count;
  return counts;
}

export interface EngineInfo {
  /** To show, e.g. "TensorFlow.js wasm (SIMD)". */
  name: string;
  device: DeviceName;
  /** One sentence: why this one. */
  why: string;
}

/**
 * Selects the backend of TensorFlow.js and waits until it is ready.
 * @throws PenumbraError DEVICE_UNAVAILABLE if a named device cannot be used here
 */
export async function startEngine(device: DeviceName): Promise<EngineInfo> {
  const { candidate, reasons } = await firstUsable(candidatesFor(device), device);
  if (candidate) return { name: await candidate.start(), device: candidate.device, why: reasons.at(-1)! };
  const because = reasons.length > 0 ? ` ${reasons.join(' ')}` : ' No engine of this version supports it.';
  throw new PenumbraError(
    'DEVICE_UNAVAILABLE',
    `The device "${device}" cannot be used on this machine.${because} Choose "auto" to use the best one there is.`,
  );
}

/**
 * The first of the candidates that works here and, if the user named none, is worth it.
 * @returns it, or null, with a sentence for each that was looked at
 */
export async function firstUsable(
  candidates: readonly Candidate[],
  device: DeviceName,
): Promise<{ candidate: Candidate | null; reasons: string[] }> {
  const reasons: string[] = [];
  for (const candidate of candidates) {
    const { available, worthwhile = true, why } = await candidate.probe();
    reasons.push(why);
    if (available && (worthwhile || device !== 'auto')) return { candidate, reasons };
  }
  return { candidate: null, reasons };
}

/** The engines that may serve a device, in the order they are tried. */
export function candidatesFor(device: DeviceName): Candidate[] {
  if (device === 'auto') return CANDIDATES.filter((candidate) => candidate.automatic);
  const named = CANDIDATES.filter((candidate) => candidate.device === device);
  // wasm computes on the processor too: it answers for `cpu` where nothing faster does.
  return device === 'cpu'
    ? [...named, ...CANDIDATES.filter((candidate) => candidate.device === 'wasm')]
    : named;
}
