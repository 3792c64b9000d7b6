/** @file Attributions as they come from the program. */
import type { Attribution } from '../../contract/explain';
import type { Grid } from '../../contract/noiseMap';

export function gridOf({ width, height, values }: Attribution): Grid {
  const bytes = Uint8Array.from(atob(values), (character) => character.charCodeAt(0));
  return { width, height, values: new Float32Array(bytes.buffer) };
}
