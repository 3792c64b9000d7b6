/** @file The linear probe of the `encoders` area: from an encoder of the project to one with scores for the folder's classes. */
import { PenumbraError } from '../../contract/errors';
import type { DeviceName } from '../../contract/types';
import { deserialise, serialise } from '../models/serialise';
import type { EncoderSpec } from '../models/spec';
import type { EncoderRow, ProjectStore } from '../store/types';
import { runAside } from '../training/aside';
import { gateWarning } from '../training/gate';
import { type EncoderCardJson, freeName } from '../training/outcome';
import { type ProbeWish, planProbe } from '../training/planProbe';
import type { ProbeJob } from '../training/protocol';
import type { Workspace } from './workspaceTypes';

/**
 * One made the same way from the same data is not made again.
 * @throws ENCODER_UNKNOWN, TOO_FEW_IMAGES, INVALID_INPUT (unknown split), STOPPED
 */
export async function probeEncoder(
  workspace: Workspace,
  wish: ProbeWish & { encoderId: number; device: DeviceName },
  signal: AbortSignal | undefined,
): Promise<EncoderRow> {
  const store = workspace.requireStore();
  const { row, spec } = subject(store, wish.encoderId);
  const { images, classes, fingerprint } = planProbe(store, wish, row.fingerprint);
  const known = store.encoders().find((encoder) => encoder.fingerprint === fingerprint);
  if (known) return known;

  const job: ProbeJob = { kind: 'probe', encoder: spec, images, classes };
  const total = images.filter(({ held }) => !held).length;
  const tell = (done: number, finished: boolean) => workspace.emit({ type: 'probe', done, total, finished });
  try {
    const { encoder, accuracy, confusion, warnings } = await runAside(job, wish.device, {
      ...{ spawn: workspace.spawn, signal },
      onMessage: (message) => message.type === 'progress' && tell(message.step, false),
    });
    const { noiseReady, calibratedFrom, kind, name } = row;
    const source = row.card as EncoderCardJson;
    const gate = gateWarning({ noiseReady, accuracy, agreement: source.agreement });
    const card: EncoderCardJson = {
      ...source,
      ...{ classes, classCount: classes.length, accuracy, confusion },
      warnings: gate ? [...warnings, gate] : warnings,
    };
    const id = store.addEncoder({
      name: freeName(store, `${name} (probe)`),
      ...{ kind, noiseReady, calibratedFrom, fingerprint, card },
      spec: serialise(encoder),
    });
    return store.encoder(id)!;
  } finally {
    tell(total, true);
  }
}

function subject(store: ProjectStore, id: number): { row: EncoderRow; spec: EncoderSpec } {
  const row = store.encoder(id);
  const spec = store.encoderSpec(id);
  if (!row || !spec)
    throw new PenumbraError(
      'ENCODER_UNKNOWN',
      `There is no encoder ${id} in this project; import or train it first.`,
    );
  return { row, spec: deserialise<EncoderSpec>(spec) };
}
