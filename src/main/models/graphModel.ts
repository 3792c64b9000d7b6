/** @file TensorFlow.js GraphModels as encoders. */
import type { GraphModel, io, Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { PenumbraError } from '../../contract/errors';
import { tf } from '../engine/tf';
import { bare, coarseMapNodes, type GraphNode, lastMapNode } from './graphNodes';
import { type ImportedSpec, type ImportedTopology, toModelScale } from './imported';
import { copyOf } from './parameters';
import type { NamedArrays } from './spec';
import type { TrainableEncoder } from './types';

/** The weights of a GraphModel are private to its executor; training needs variables in their place. */
interface Executor {
  weightMap: Record<string, Tensor[]>;
}

export function buildGraphModel(spec: ImportedSpec): TrainableEncoder {
  const { inputSize, embeddingSize, normalisation, classes, topology } = spec;
  const model = tf.loadGraphModelSync(artifactsOf(topology, spec.weights)) as GraphModel;
  const variables = makeTrainable(model, topology);
  const run = (x: Tensor4D, node: string): Tensor2D =>
    tf.tidy(() => pooled(model.execute(toModelScale(x, normalisation, topology.scale), node) as Tensor));
  const { features, logits } = topology;
  const last = lastMapNode(topology);
  const coarse = coarseMapNodes(topology);
  const from = (map: Tensor4D, node: string): Tensor2D =>
    tf.tidy(() => pooled(model.execute({ [last!]: map }, node) as Tensor));
  const lastMap = last !== null && {
    of: (x: Tensor4D) =>
      tf.tidy(() => model.execute(toModelScale(x, normalisation, topology.scale), last) as Tensor4D),
    embed: (map: Tensor4D) => from(map, features),
    ...(logits === null ? {} : { logits: (map: Tensor4D) => from(map, logits) }),
  };
  return {
    ...{ inputSize, embeddingSize, normalisation, classes },
    variables: [...variables.values()],
    embed: (x) => run(x, features),
    ...(logits === null ? {} : { logits: (x: Tensor4D) => run(x, logits) }),
    ...(lastMap ? { lastMap } : {}),
    ...(coarse.length > 0
      ? {
          coarseMaps: (x: Tensor4D) =>
            tf.tidy(
              () => model.execute(toModelScale(x, normalisation, topology.scale), coarse) as Tensor4D[],
            ),
        }
      : {}),
    spec: async () => {
      const weights: NamedArrays = { ...spec.weights };
      for (const [name, variable] of variables)
        weights[name] = { shape: [...variable.shape], values: await copyOf(variable) };
      return { ...spec, weights };
    },
    dispose: () => model.dispose(),
  };
}

/** Which nodes serve, and at which sizes. @throws ENCODER_UNSUPPORTED if there is no image input */
export function inspectGraph(modelTopology: object): {
  features: string[];
  logits: string | null;
  fixedSize: number | null;
} {
  const nodes = (modelTopology as { node: GraphNode[] }).node;
  const inputs = nodes.filter(({ op }) => op === 'Placeholder');
  const dims = inputs[0]?.attr?.shape?.shape?.dim?.map(({ size }) => Number(size)) ?? [];
  if (inputs.length !== 1 || dims.length !== 4 || dims[3] !== 3)
    throw new PenumbraError(
      'ENCODER_UNSUPPORTED',
      'The encoder has no single input of shape [batch, height, width, 3]; export it with one image input.',
    );
  const used = new Set(nodes.flatMap(({ input = [] }) => input.map(bare)));
  const outputs = nodes.filter(({ name, op }) => !used.has(name) && op !== 'Const');
  const named = (word: string) => outputs.find(({ name }) => bare(name).toLowerCase().includes(word))?.name;
  // Without a named output, pooled features are what the last spatial mean gives.
  const means = nodes.filter(({ op }) => op === 'Mean' || op === 'AvgPool').map(({ name }) => name);
  const features = [named('features'), named('embedding'), means.at(-1), outputs.at(-1)?.name];
  return {
    features: [...new Set(features.filter((name) => name !== undefined))],
    logits: named('logits') ?? null,
    fixedSize: dims[1]! > 0 ? dims[1]! : null,
  };
}

/** The weights as loading decodes them (quantised ones become float32). */
export async function weightsOfGraph(
  artifacts: io.ModelArtifacts,
): Promise<{ weights: NamedArrays; entries: ImportedTopology['weights'] }> {
  const model = tf.loadGraphModelSync(artifacts) as GraphModel;
  const weights: NamedArrays = {};
  const entries: ImportedTopology['weights'] = [];
  for (const [name, [tensor]] of Object.entries(
    (model as unknown as { executor: Executor }).executor.weightMap,
  )) {
    weights[name] = { shape: [...tensor!.shape], values: await copyOf(tensor!) };
    entries.push({ name, shape: [...tensor!.shape], dtype: tensor!.dtype as 'float32' });
  }
  model.dispose();
  return { weights, entries };
}

/** Puts variables in the place of every float32 weight but the running statistics of batch normalisation. */
function makeTrainable(
  model: GraphModel,
  { modelTopology, weights }: ImportedTopology,
): Map<string, Variable> {
  const nodes = (modelTopology as { node: GraphNode[] }).node;
  const fixed = new Set(
    nodes
      .filter(({ op }) => op.startsWith('FusedBatchNorm'))
      .flatMap(({ input = [] }) => input.slice(3, 5).map(bare)),
  );
  const { executor } = model as unknown as { executor: Executor };
  const variables = new Map<string, Variable>();
  const weightMap = { ...executor.weightMap };
  for (const { name, dtype } of weights) {
    const tensor = weightMap[name]?.[0];
    if (!tensor || dtype !== 'float32' || fixed.has(name)) continue;
    const variable = tf.variable(tensor);
    tensor.dispose();
    variables.set(name, variable);
    weightMap[name] = [variable];
  }
  // Through the setter, which also renews the list of tensors that must outlive a call.
  executor.weightMap = weightMap;
  return variables;
}

function artifactsOf(
  { modelTopology, weights: entries }: ImportedTopology,
  weights: NamedArrays,
): io.ModelArtifacts {
  const parts = entries.map(({ name, dtype }): Uint8Array => {
    const { values } = weights[name]!;
    const typed =
      dtype === 'int32' ? Int32Array.from(values) : dtype === 'bool' ? Uint8Array.from(values) : values;
    return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
  });
  const data = Buffer.concat(parts);
  return {
    modelTopology,
    weightSpecs: entries,
    weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.length) as ArrayBuffer,
  };
}

/** Features that still have places are averaged over them. */
function pooled(y: Tensor): Tensor2D {
  return (y.rank === 4 ? y.mean([1, 2]) : y.reshape([y.shape[0]!, -1])) as Tensor2D;
}
