/** @file What the program computes on: devices, what the doctor finds, and how fast it is. */
import { z } from 'zod';

export const deviceName = z.enum(['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml', 'wasm', 'tensorflow']);
export type DeviceName = z.infer<typeof deviceName>;

export const doctorReport = z.object({
  versions: z.record(z.string(), z.string()),
  machine: z.object({
    platform: z.string(),
    cpu: z.string(),
    threads: z.number().int(),
    memoryGb: z.number(),
  }),
  /** The engine `auto` would use now. */
  chosen: z.string(),
  engines: z.array(
    z.object({
      name: z.string(),
      device: deviceName,
      available: z.boolean(),
      /** One sentence: why it is or is not used, and what to install to get better. */
      why: z.string(),
      selfTest: z.object({ ok: z.boolean(), error: z.number(), gflops: z.number() }).nullable(),
    }),
  ),
  /** The program's own work on the chosen engine: part of the self-test. */
  work: z
    .object({
      /** Milliseconds of one mask-training step (64 px, batch 32), median. */
      stepMs: z.number(),
      /** Milliseconds of one image's map. */
      mapMs: z.number(),
      /** Megabytes in memory: when it was done, and at most. */
      residentMb: z.number(),
      peakMb: z.number(),
      /** How often each kernel that the engine lacks ran in plain JavaScript, which is slow. */
      fallbacks: z.record(z.string(), z.number().int()),
    })
    .nullable(),
  electron: z.object({ available: z.boolean(), why: z.string() }),
});
export type DoctorReport = z.infer<typeof doctorReport>;

export const benchReport = z.object({
  /** `ratio` = ours / peer: below 1, the engine in use is the faster one. */
  results: z.array(
    z.object({
      name: z.string(),
      ours: z.string(),
      ours_ms: z.number(),
      peer: z.string().nullable(),
      peer_ms: z.number().nullable(),
      ratio: z.number().nullable(),
    }),
  ),
});
export type BenchReport = z.infer<typeof benchReport>;
