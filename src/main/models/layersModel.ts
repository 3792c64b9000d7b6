/** @file TensorFlow.js LayersModels (Keras) as encoders. */
import type { io, LayersModel, SymbolicTensor, Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { PenumbraError } from '../../contract/errors';
import { tf } from '../engine/tf';
import { type ImportedSpec, type ImportedTopology, toModelScale } from './imported';
import { copyOf } from './parameters';
import type { NamedArrays } from './spec';
import type { TrainableEncoder } from './types';

export async function buildLayersModel(spec: ImportedSpec): Promise<TrainableEncoder> {
  const { inputSize, embeddingSize, normalisation, classes, topology } = spec;
  const model = await load({ modelTopology: topology.modelTopology });
  setWeights(model, spec.weights);
  const run = (output: string) => {
    const part = tf.model({ inputs: model.inputs, outputs: symbolOf(model, output) });
    return (x: Tensor4D): Tensor2D =>
      tf.tidy(() =>
        pooled(part.apply(toModelScale(x, normalisation, topology.scale), { training: false }) as Tensor),
      );
  };
  const variables = model.trainableWeights.map(({ name }) => [name, variableOf(model, name)] as const);
  return {
    ...{ inputSize, embeddingSize, normalisation, classes },
    variables: variables.map(([, variable]) => variable),
    embed: run(topology.features),
    ...(topology.logits === null ? {} : { logits: run(topology.logits) }),
    spec: async () => ({ ...spec, weights: await arraysOf(model) }),
    dispose: () => model.dispose(),
  };
}

/** @throws ENCODER_UNSUPPORTED if the model has no single image input */
export async function inspectLayers(artifacts: io.ModelArtifacts): Promise<{
  topology: ImportedTopology;
  weights: NamedArrays;
  fixedSize: number | null;
}> {
  const model = await load(artifacts);
  const [, height, , channels] = model.inputs[0]!.shape;
  if (model.inputs.length !== 1 || model.inputs[0]!.shape.length !== 4 || channels !== 3)
    throw new PenumbraError(
      'ENCODER_UNSUPPORTED',
      'The encoder has no single input of shape [batch, height, width, 3]; export it with one image input.',
    );
  const weights = await arraysOf(model);
  const topology: ImportedTopology = {
    modelTopology: artifacts.modelTopology as object,
    weights: model.weights.map(({ name, shape }) => ({ name, shape: shape as number[], dtype: 'float32' })),
    ...outputsOf(model),
  };
  model.dispose();
  return { topology, weights, fixedSize: height ?? null };
}

/** The last layers that are only a class head (dense, activation, dropout) do not belong to the embedding. */
function outputsOf(model: LayersModel): Pick<ImportedTopology, 'features' | 'logits'> {
  const head = new Set(['Dense', 'Activation', 'Softmax', 'Dropout', 'ReLU']);
  let index = model.layers.length - 1;
  while (index > 0 && head.has(model.layers[index]!.getClassName())) index--;
  const last = model.layers.at(-1)!;
  const hasHead = index < model.layers.length - 1 && last.getClassName() === 'Dense';
  const linear = hasHead && (last.getConfig() as { activation?: string }).activation === 'linear';
  return { features: model.layers[index]!.name, logits: linear ? last.name : null };
}

function load(artifacts: io.ModelArtifacts): Promise<LayersModel> {
  return tf.loadLayersModel(tf.io.fromMemory(artifacts), { strict: artifacts.weightData !== undefined });
}

function symbolOf(model: LayersModel, layer: string): SymbolicTensor {
  return model.getLayer(layer).output as SymbolicTensor;
}

function variableOf(model: LayersModel, name: string): Variable {
  // LayerVariable keeps the tf.Variable it wraps to itself.
  return (model.weights.find((weight) => weight.name === name) as unknown as { val: Variable }).val;
}

function setWeights(model: LayersModel, arrays: NamedArrays): void {
  tf.tidy(() => {
    model.setWeights(Object.values(arrays).map(({ shape, values }) => tf.tensor(values, shape)));
  });
}

async function arraysOf(model: LayersModel): Promise<NamedArrays> {
  const arrays: NamedArrays = {};
  for (const [index, tensor] of model.getWeights().entries()) {
    const { name } = model.weights[index]!;
    arrays[`${index} ${name}`] = { shape: [...tensor.shape], values: await copyOf(tensor) };
  }
  return arrays;
}

function pooled(y: Tensor): Tensor2D {
  return (y.rank === 4 ? y.mean([1, 2]) : y.reshape([y.shape[0]!, -1])) as Tensor2D;
}
