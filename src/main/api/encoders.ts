/** @file The `encoders` area of the contract. */
import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { inCatalogue } from '../../contract/catalogue';
import { PenumbraError } from '../../contract/errors';
import type { EncoderCard, PixelScaleName } from '../../contract/types';
import { isImported } from '../models/encoder';
import { deserialise, serialise } from '../models/serialise';
import type { EncoderSpec } from '../models/spec';
import type { EncoderRow } from '../store/types';
import { runAside } from '../training/aside';
import { describeSpec, type EncoderCardJson, freeName } from '../training/outcome';
import type { ImportJob } from '../training/protocol';
import { fetchEntry } from './download';
import { probeEncoder } from './probe';
import type { Workspace } from './workspaceTypes';

/** Reading a model computes next to nothing; the processor is there at once. */
const DEVICE = 'cpu';

interface ImportRequest {
  path: string;
  size?: number;
  scale?: PixelScaleName;
}

interface AdjustRequest {
  encoderId: number;
  size?: number;
  scale?: PixelScaleName;
}

export const encodersApi = (workspace: Workspace) => ({
  list: (): EncoderCard[] => workspace.requireStore().encoders().map(cardOf),

  /**
   * Keeps a model in the project; one that is there already (the same content at the same size) is not kept twice.
   * @param path a file or folder, or "catalogue:NAME" (contract/catalogue.ts)
   * @throws ENCODER_UNKNOWN, ENCODER_UNREADABLE, ENCODER_UNSUPPORTED, DOWNLOAD_FAILED
   */
  import: async (
    { path, size, scale }: ImportRequest,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<EncoderCard> => {
    workspace.requireStore();
    const entry = inCatalogue(path);
    const file = entry
      ? await fetchEntry(entry, join(workspace.dataDirectory, 'encoders'), { signal })
      : resolve(path);
    return keepImported(workspace, { kind: 'import', from: file, size, scale }, nameOf(file), signal);
  },

  /**
   * An imported encoder at another size or scale, kept beside the first: maps made with that stay what they are.
   * @throws ENCODER_UNKNOWN, INVALID_INPUT, ENCODER_UNSUPPORTED
   */
  adjust: async (
    { encoderId, size, scale }: AdjustRequest,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<EncoderCard> => {
    const store = workspace.requireStore();
    const [row, bytes] = [store.encoder(encoderId), store.encoderSpec(encoderId)];
    if (!row || !bytes)
      throw new PenumbraError('ENCODER_UNKNOWN', `There is no encoder ${encoderId} in this project.`);
    const spec = deserialise<EncoderSpec>(bytes);
    if (!isImported(spec.kind) || row.calibratedFrom !== null || spec.probe)
      throw new PenumbraError(
        'INVALID_INPUT',
        'Only an encoder as it was imported can be used at another size or scale; choose the one this was made from.',
      );
    return keepImported(workspace, { kind: 'import', from: spec, size, scale }, row.name, signal);
  },

  /** @throws ENCODER_UNKNOWN, TOO_FEW_IMAGES, INVALID_INPUT, STOPPED */
  probe: async (
    wish: Parameters<typeof probeEncoder>[1],
    { signal }: { signal?: AbortSignal },
  ): Promise<EncoderCard> => cardOf(await probeEncoder(workspace, wish, signal)),
});

/** An encoder as it was tried; one that is there already (the same content, size and scale) is not kept twice. */
async function keepImported(
  workspace: Workspace,
  job: ImportJob,
  name: string,
  signal?: AbortSignal,
): Promise<EncoderCard> {
  const {
    kind: _kind,
    encoder: spec,
    ...found
  } = await runAside(job, DEVICE, { spawn: workspace.spawn, signal });
  const store = workspace.requireStore();
  const fingerprint = fingerprintOf(spec);
  const known = store.encoders().find((encoder) => encoder.fingerprint === fingerprint);
  if (known) return cardOf(known);
  const card: EncoderCardJson = {
    ...describeSpec(spec),
    ...{ accuracy: null, confusion: null, agreement: null, warnings: [] },
    ...found,
  };
  const id = store.addEncoder({
    name: freeName(store, name),
    kind: spec.kind,
    noiseReady: false,
    calibratedFrom: null,
    fingerprint,
    card: { ...card },
    spec: serialise(spec),
  });
  return cardOf(store.encoder(id)!);
}

function cardOf({ id, name, kind, noiseReady, calibratedFrom, card }: EncoderRow): EncoderCard {
  return { ...(card as EncoderCardJson), id, name, kind, noiseReady, calibratedFrom };
}

/** A model is named after its folder where the file in it is always called model.json. */
function nameOf(path: string): string {
  return basename(path.endsWith('.json') ? dirname(path) : path).replace(/\.(onnx|safetensors)$/i, '');
}

/** By content: graph, weights and the size it is used at. */
function fingerprintOf(spec: EncoderSpec): string {
  const hash = createHash('sha256').update(JSON.stringify([spec.kind, spec.inputSize, spec.topology]));
  for (const [name, { shape, values }] of Object.entries(spec.weights)) {
    hash.update(JSON.stringify([name, shape]));
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
