/** @file ONNX models as encoders. */
import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { PenumbraError } from '../../../contract/errors';
import { tf } from '../../engine/tf';
import { type Candidate, type ImportedSpec, toModelScale } from '../imported';
import { copyOf } from '../parameters';
import type { NamedArrays } from '../spec';
import type { TrainableEncoder } from '../types';
import { missingOperators, Network } from './network';
import { chooseOutputs, coarseMapNames, type Stored } from './outputs';
import { type Graph, readOnnx } from './read';
import { host, type Value } from './value';

/** @throws ENCODER_UNKNOWN, ENCODER_UNREADABLE, ENCODER_UNSUPPORTED naming the operators that are missing */
export async function inspectOnnx(file: string): Promise<Candidate> {
  const { graph, weights, entries, classes } = await readOnnx(file);
  const missing = missingOperators(graph);
  if (missing.length > 0)
    throw new PenumbraError(
      'ENCODER_UNSUPPORTED',
      `The encoder ${file} uses operators that are not known here: ${missing.join(', ')}; export it with others, or as a TensorFlow.js model.`,
    );
  const { features, logits, lastMap } = chooseOutputs(graph, new Set(Object.keys(weights)));
  const stored: Stored = { ...graph, lastMap };
  return {
    topology: { modelTopology: stored, weights: entries, features, logits },
    weights,
    fixedSize: graph.fixedSize,
    classes,
  };
}

export function buildOnnxModel(spec: ImportedSpec): TrainableEncoder {
  const { inputSize, embeddingSize, normalisation, classes, topology } = spec;
  const graph = topology.modelTopology as Stored;
  const { constants, variables, fixed } = constantsOf(graph, spec);
  const network = new Network(graph, constants);
  const image = (x: Tensor4D) => ({
    name: graph.input,
    value: toModelScale(x, normalisation, topology.scale).transpose([0, 3, 1, 2]),
  });
  const run = (wanted: string) => (x: Tensor4D) => tf.tidy(() => pooled(network.run(wanted, image(x))));
  const { features, logits } = topology;
  const lastMap = topology.tokens ? null : graph.lastMap;
  const coarse = coarseMapNames(graph);
  const mapOf = (name: string, x: Tensor4D) =>
    network.run(name, image(x)).transpose([0, 2, 3, 1]) as Tensor4D;
  const from = (wanted: string) => (map: Tensor4D) =>
    tf.tidy(() => pooled(network.run(wanted, { name: lastMap!, value: map.transpose([0, 3, 1, 2]) })));
  return {
    ...{ inputSize, embeddingSize, normalisation, classes },
    variables: [...variables.values()],
    embed: run(features),
    ...(logits === null ? {} : { logits: run(logits) }),
    ...(lastMap === null
      ? {}
      : {
          lastMap: {
            of: (x: Tensor4D) => tf.tidy(() => mapOf(lastMap, x)),
            embed: from(features),
            ...(logits === null ? {} : { logits: from(logits) }),
          },
          coarseMaps: (x: Tensor4D) => tf.tidy(() => coarse.map((name) => mapOf(name, x))),
        }),
    spec: async () => {
      const weights: NamedArrays = { ...spec.weights };
      for (const [name, variable] of variables)
        weights[name] = { shape: [...variable.shape], values: await copyOf(variable) };
      return { ...spec, weights };
    },
    dispose: () => {
      tf.dispose([...variables.values()]);
      tf.dispose(fixed);
    },
  };
}

/** Weights that training may change are variables; running statistics and single numbers are not; shapes stay on the host. */
function constantsOf({ nodes }: Graph, { topology, weights }: ImportedSpec) {
  const statistics = new Set(
    nodes.filter(({ op }) => op === 'BatchNormalization').flatMap(({ inputs }) => inputs.slice(3, 5)),
  );
  const constants = new Map<string, Value>();
  const variables = new Map<string, Variable>();
  const fixed: Tensor[] = [];
  for (const { name, shape, dtype } of topology.weights) {
    const { values } = weights[name]!;
    if (dtype === 'int32') {
      constants.set(name, host([...values], shape));
      continue;
    }
    const tensor = tf.tensor(values, shape, 'float32');
    if (values.length > 1 && !statistics.has(name)) {
      const variable = tf.variable(tensor);
      tensor.dispose();
      variables.set(name, variable);
      constants.set(name, variable);
    } else {
      fixed.push(tensor);
      constants.set(name, tensor);
    }
  }
  return { constants, variables, fixed };
}

/** Features that still have places, or are told apart by tokens, are averaged over them. */
function pooled(y: Tensor): Tensor2D {
  if (y.rank === 4) return y.mean([2, 3]) as Tensor2D;
  if (y.rank === 3) return y.mean(1) as Tensor2D;
  return y.reshape([y.shape[0]!, -1]) as Tensor2D;
}
