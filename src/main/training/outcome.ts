/** @file What becomes of a finished job: an encoder, a mask model or a list of failures, kept in the project. */
import type { EncoderCard } from '../../contract/types';
import type { ImportedTopology } from '../models/imported';
import { serialise } from '../models/serialise';
import type { EncoderSpec } from '../models/spec';
import type { EncoderRow, ProjectStore, RunPatch, RunRow } from '../store/types';
import { gateWarning } from './gate';
import type { JobResult } from './protocol';
import { configOf } from './runConfig';

/** The part of an encoder's card that its row does not already say. */
export type EncoderCardJson = Omit<EncoderCard, 'id' | 'name' | 'kind' | 'noiseReady' | 'calibratedFrom'>;

const FAILURES_NAMED = 5;

/** Stores the result and ends the run as done. */
export function keepResult(store: ProjectStore, row: RunRow, result: JobResult, patch: RunPatch): void {
  switch (result.kind) {
    case 'encoder': {
      const { name, fingerprint, training } = configOf(row, 'encoder');
      const noiseReady = training.noise > 0;
      const encoderId = addEncoder(store, result, { name, fingerprint, noiseReady, calibratedFrom: null });
      store.finishRun(row.id, null, { ...patch, encoderId, warnings: warningsOf(row, result) });
      break;
    }
    case 'calibration': {
      // Until now the run's encoder was the one to calibrate; from here on it is the copy.
      const source = store.encoder(row.encoderId!)!;
      const encoderId = addEncoder(store, result, {
        name: `${source.name} (calibrated)`,
        fingerprint: configOf(row, 'calibration').fingerprint,
        noiseReady: true,
        calibratedFrom: source.id,
      });
      store.finishRun(row.id, null, { ...patch, encoderId, warnings: warningsOf(row, result) });
      break;
    }
    case 'mask':
      store.finishRun(row.id, serialise(result.model), {
        ...patch,
        warnings: warningsOf(row, result),
      });
      break;
    case 'maps':
      for (const { id, code } of result.failed) if (code === 'IMAGE_CHANGED') store.doubtImage(id);
      store.putMapWarnings(
        result.failed.map(({ id, message }) => ({ imageId: id, message: `It has no map: ${message}` })),
      );
      store.finishRun(row.id, null, {
        ...patch,
        warnings: [...row.warnings, ...describeFailures(store, result.failed)],
      });
      break;
  }
}

function addEncoder(
  store: ProjectStore,
  result: Extract<JobResult, { kind: 'encoder' | 'calibration' }>,
  identity: Pick<EncoderRow, 'name' | 'fingerprint' | 'noiseReady' | 'calibratedFrom'>,
): number {
  const { accuracy, confusion, agreement, encoder } = result;
  const gate = gateWarning({ noiseReady: identity.noiseReady, accuracy, agreement });
  return store.addEncoder({
    ...identity,
    name: freeName(store, identity.name),
    kind: encoder.kind,
    card: {
      ...describeSpec(encoder),
      ...{ accuracy, confusion, agreement },
      ...{ gradientError: null, forwardOnly: null },
      warnings: gate ? [...result.warnings, gate] : result.warnings,
    },
    spec: serialise(encoder),
  });
}

export function describeSpec(
  spec: EncoderSpec,
): Pick<
  EncoderCardJson,
  'inputSize' | 'embeddingSize' | 'classes' | 'classCount' | 'pixelScale' | 'parameters'
> {
  return {
    inputSize: spec.inputSize,
    embeddingSize: spec.embeddingSize,
    classes: spec.classes,
    classCount: spec.classes?.length ?? null,
    pixelScale: (spec.topology as Partial<ImportedTopology> | null)?.scale ?? null,
    parameters: Object.values(spec.weights).reduce((sum, { values }) => sum + values.length, 0),
  };
}

/** Encoders are chosen by name, so no two of a project share one. */
export function freeName(store: ProjectStore, wanted: string): string {
  const taken = new Set(store.encoders().map(({ name }) => name));
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted} ${count}`;
  return name;
}

function warningsOf(row: RunRow, result: { warnings: string[] }): string[] {
  return [...new Set([...row.warnings, ...result.warnings])];
}

function describeFailures(
  store: ProjectStore,
  failed: Extract<JobResult, { kind: 'maps' }>['failed'],
): string[] {
  if (failed.length === 0) return [];
  const named = failed
    .slice(0, FAILURES_NAMED)
    .map(({ id, message }) => `${store.image(id)?.path ?? `image ${id}`}: ${message}`);
  const more = failed.length > FAILURES_NAMED ? ` And ${failed.length - FAILURES_NAMED} more.` : '';
  return [`${failed.length} images have no map. ${named.join(' ')}${more}`];
}
