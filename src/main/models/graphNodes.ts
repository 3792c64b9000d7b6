/** @file What the graph of a TensorFlow.js GraphModel says without being loaded. */
import { coarseMapsBy, type GraphStep } from './finerMap';
import type { ImportedTopology } from './imported';

export interface GraphNode {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<
    string,
    { shape?: { dim?: { size: string | number }[] }; list?: { i?: (string | number)[] } }
  >;
}

/** Operations that change no number and lose no place. */
const PASSING = new Set(['Identity', 'Reshape', 'Squeeze', 'StopGradient']);

/** The node whose places the features were averaged over; null where that is not how they were made. */
export function lastMapNode({ modelTopology, features, tokens }: ImportedTopology): string | null {
  if (tokens) return null;
  const nodes = new Map((modelTopology as { node: GraphNode[] }).node.map((node) => [node.name, node]));
  const source = (name: string | undefined) => nodes.get(bare(name ?? ''));
  let node = source(features);
  while (node && PASSING.has(node.op)) node = source(node.input?.[0]);
  if (node?.op !== 'Mean' && node?.op !== 'AvgPool') return null;
  return source(node.input?.[0])?.name ?? null;
}

/** Names of the nodes whose maps a mask model may read, the finer first. */
export function coarseMapNodes(topology: ImportedTopology): string[] {
  const last = lastMapNode(topology);
  if (last === null) return [];
  const nodes = (topology.modelTopology as { node: GraphNode[] }).node;
  const steps = new Map(
    nodes.map(({ name, op, input = [], attr }): [string, GraphStep] => [
      name,
      {
        inputs: input.filter((each) => !each.startsWith('^')).map(bare),
        stride: Math.max(1, ...(attr?.strides?.list?.i ?? []).map(Number)),
        adds: op === 'Add' || op === 'AddV2',
        turns: op === 'Transpose',
      },
    ]),
  );
  return coarseMapsBy(last, (name) => steps.get(name));
}

/** Name of the node a tensor comes from: without control mark and output number. */
export function bare(name: string): string {
  return name.replace(/^\^/, '').replace(/:\d+$/, '');
}
