/** @file What a question is about: the images, the encoder that answers, the size at which it sees them. */
import { PenumbraError } from '../../contract/errors';
import type { Prediction } from '../../contract/explain';
import { deserialise } from '../models/serialise';
import type { EncoderSpec } from '../models/spec';
import type { ProjectStore, RunRow } from '../store/types';
import { jobImages } from '../training/dataset';
import type { JobImage } from '../training/protocol';

export interface Subject {
  run: RunRow | null;
  encoder: { id: number; name: string };
  classes: string[] | null;
  /** Side of the square that the encoder sees. */
  size: number;
  ask: { encoderId: number; encoder: () => EncoderSpec };
}

/**
 * The encoder of a mask run, at the size the mask was trained for; without a run, the one that was made last.
 * @throws RUN_UNKNOWN, ENCODER_UNKNOWN
 */
export function subjectOf(store: ProjectStore, runId: number | undefined): Subject {
  const run = runId === undefined ? null : store.run(runId);
  if (runId !== undefined && !run)
    throw new PenumbraError('RUN_UNKNOWN', `There is no run ${runId} in this project.`);
  const row = run?.encoderId ? store.encoder(run.encoderId) : store.encoders().at(-1);
  if (!row)
    throw new PenumbraError(
      'ENCODER_UNKNOWN',
      'There is no encoder in this project to ask; train or import one first.',
    );
  const card = row.card as { inputSize: number; classes: string[] | null };
  const training = run?.config.training as { size?: number } | undefined;
  return {
    ...{ run, encoder: { id: row.id, name: row.name }, classes: card.classes },
    size: training?.size ?? card.inputSize,
    ask: {
      encoderId: row.id,
      encoder: () => deserialise<EncoderSpec>(store.encoderSpec(row.id)!),
    },
  };
}

/** @throws IMAGE_UNKNOWN */
export function imagesOf(store: ProjectStore, ids: number[]): JobImage[] {
  const rows = store.images({ ids });
  const missing = ids.find((id) => !rows.some((row) => row.id === id));
  if (missing !== undefined)
    throw new PenumbraError('IMAGE_UNKNOWN', `There is no image ${missing} in this project.`);
  return jobImages(store, rows, null);
}

const SHOWN = 5;

/** The classes that are likely with or without noise, the likeliest of the clean image first. */
export function topFive(
  clean: number[],
  noised: number[] | null,
  classes: string[] | null,
): NonNullable<Prediction['answers']> {
  return clean
    .map((value, i) => ({ name: classes?.[i] ?? `class ${i}`, clean: value, noised: noised?.[i] ?? null }))
    .toSorted((a, b) => Math.max(b.clean, b.noised ?? 0) - Math.max(a.clean, a.noised ?? 0))
    .slice(0, SHOWN)
    .toSorted((a, b) => b.clean - a.clean);
}
