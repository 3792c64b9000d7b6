/** @file The gate of docs/method.md 4: whether an encoder's answers under noise can be trusted. */
import type { NoiseRobustness } from './protocol';

const GATE_NOISE = '1';
const GATE = 0.85;

/**
 * The warning for an encoder whose accuracy (or, without labels, agreement with its clean self) at noise 1.0 is under
 * 0.85, or that was never made ready for noise and never measured; null where there is nothing to warn of.
 */
export function gateWarning(encoder: {
  noiseReady: boolean;
  accuracy: NoiseRobustness | null;
  agreement: NoiseRobustness | null;
}): string | null {
  const doubt = 'maps made with it may show where noise hurts, not what the model needs.';
  const measured = encoder.accuracy
    ? { what: 'accuracy', value: atNoise(encoder.accuracy) }
    : encoder.agreement
      ? { what: 'agreement with the clean encoder', value: atNoise(encoder.agreement) }
      : null;
  if (measured?.value !== undefined)
    return measured.value < GATE
      ? `The encoder's ${measured.what} at noise 1.0 is ${measured.value.toFixed(2)}, below ${GATE}: ${doubt}`
      : null;
  return encoder.noiseReady ? null : `The encoder was neither trained nor calibrated with noise: ${doubt}`;
}

/** The figure at noise 1.0, whether its key is written "1" or "1.0". */
function atNoise(robustness: NoiseRobustness): number | undefined {
  return Object.entries(robustness.at).find(([level]) => String(Number(level)) === GATE_NOISE)?.[1];
}
