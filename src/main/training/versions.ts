import { createRequire } from 'node:module';
import { version } from '../../../package.json';

/** Versions that decide what a run computes; kept in its config. */
export function versions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const versionOf = (name: string) => (require(`${name}/package.json`) as { version: string }).version;
  return {
    penumbra: version,
    node: process.versions.node,
    tensorflow: versionOf('@tensorflow/tfjs'),
    onnxruntime: versionOf('onnxruntime-node'),
  };
}
