/** @file Which values of a graph serve: class scores, the features before them, and the last map. */
import { coarseMapsBy, type GraphStep } from '../finerMap';
import type { Graph, Node } from './read';

export interface Chosen {
  features: string;
  logits: string | null;
  lastMap: string | null;
}

/** A network as it is stored, with what was chosen. */
export interface Stored extends Graph, Pick<Chosen, 'lastMap'> {}

const AFTER_SCORES = new Set([
  'Softmax',
  'LogSoftmax',
  'Identity',
  'Dropout',
  'Squeeze',
  'Flatten',
  'Reshape',
]);
const POOLS = new Set(['GlobalAveragePool', 'ReduceMean', 'AveragePool', 'GlobalMaxPool']);
/** Before these there is no pooling any more that only the features look at. */
const ENDS = new Set(['Conv', 'Concat', 'MaxPool', 'Gather', 'Split', 'Slice']);

/** @param constants names of weights */
export function chooseOutputs({ nodes, outputs, input }: Graph, constants: ReadonlySet<string>): Chosen {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const named = (words: string[]) =>
    outputs.find((name) => words.some((word) => name.toLowerCase().includes(word)));
  const scores = named(['logit', 'class', 'score', 'prob']) ?? outputs[0]!;
  const embedding = named(['feature', 'embed']);
  const head = headOf(scores, producers, constants);
  const features = embedding ?? head?.features ?? scores;
  return { features, logits: head?.logits ?? null, lastMap: lastMapOf(features, producers, input) };
}

/** A fully connected layer at the end, with or without a softmax behind it. */
function headOf(
  output: string,
  producers: ReadonlyMap<string, Node>,
  constants: ReadonlySet<string>,
): { features: string; logits: string } | null {
  let name = output;
  let node = producers.get(name);
  for (let hops = producers.size; node && AFTER_SCORES.has(node.op) && hops > 0; hops--) {
    name = node.inputs[0]!;
    node = producers.get(name);
  }
  if (node?.op === 'Gemm' && constants.has(node.inputs[1]!))
    return { features: node.inputs[0]!, logits: name };
  // A product and a bias, in either order.
  const product =
    node?.op === 'Add'
      ? node.inputs.map((each) => producers.get(each)).find((each) => each?.op === 'MatMul')
      : node;
  if (product?.op === 'MatMul' && constants.has(product.inputs[1]!))
    return { features: product.inputs[0]!, logits: name };
  return null;
}

/** The value that was pooled over its places on the way to the features. */
function lastMapOf(features: string, producers: ReadonlyMap<string, Node>, input: string): string | null {
  let node = producers.get(features);
  // A damaged file may lead in circles.
  for (let hops = producers.size; node && hops > 0; hops--) {
    if (POOLS.has(node.op)) return node.inputs[0] === input ? null : node.inputs[0]!;
    if (ENDS.has(node.op)) return null;
    node = producers.get(node.inputs[0]!);
  }
  return null;
}

/** Names of the maps that a mask model may read, the finer first. */
export function coarseMapNames({ nodes, lastMap }: Stored): string[] {
  if (lastMap === null) return [];
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const step = (name: string): GraphStep | undefined => {
    const node = producers.get(name);
    if (!node) return undefined;
    const strides = node.attributes.strides;
    const stride = Array.isArray(strides) ? Math.max(...strides) : 1;
    return { inputs: node.inputs, stride, adds: node.op === 'Add', turns: node.op === 'Transpose' };
  };
  return coarseMapsBy(lastMap, step);
}
