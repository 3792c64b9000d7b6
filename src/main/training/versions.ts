import { createRequire } from 'node:module';
import { version } from '../../../package.json';

/** Versions that decide what a run computes; kept in its config. */
export function versions(): Record<string, string> {
  const tensorflow = createRequire(import.meta.url)('@tensorflow/tfjs/package.json') as { version: string };
  return { penumbra: version, node: process.versions.node, tensorflow: tensorflow.version };
}
