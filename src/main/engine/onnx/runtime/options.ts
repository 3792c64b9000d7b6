import type { OnnxDevice } from '../types';

export interface SessionSettings {
  device: OnnxDevice;
  threads: number;
  /** Begins the path of a profile that ONNX Runtime writes for each session. */
  profilePath?: string;
}

/**
 * Options of onnxruntime-node's native session.
 * @param resident names of outputs that stay on the device
 */
export function sessionOptions(
  { device, threads, profilePath }: SessionSettings,
  resident: readonly string[] = [],
): object {
  return {
    // What a device cannot compute runs on the processor.
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Planning memory patterns costs memory and brings no speed for graphs of fixed shapes.
    enableMemPattern: false,
    enableCpuMemArena: true,
    logSeverityLevel: 4,
    // Between two runs JavaScript needs the processor that waiting threads would keep busy.
    extra: { session: { force_spinning_stop: '1' } },
    ...(resident.length > 0
      ? { preferredOutputLocation: Object.fromEntries(resident.map((name) => [name, 'gpu-buffer'])) }
      : {}),
    ...(profilePath ? { enableProfiling: true, profileFilePrefix: profilePath } : {}),
  };
}
