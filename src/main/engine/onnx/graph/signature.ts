/** @file The structural key of a graph: two graphs with one key are computed by one session, with other inputs. */
import type { GraphNode } from './node';

/**
 * @param order inputs before users @param outputs the nodes whose elements are wanted
 * @param staying those of them that stay on the device
 */
export function signature(
  order: readonly GraphNode[],
  outputs: readonly GraphNode[],
  staying: ReadonlySet<GraphNode>,
): string {
  const position = new Map<GraphNode, number>();
  const parts: string[] = [];
  for (const [index, node] of order.entries()) {
    position.set(node, index);
    parts.push(node.value ? leafKey(node) : operationKey(node, position));
  }
  parts.push(`>${outputs.map((node) => `${position.get(node)}${staying.has(node) ? '!' : ''}`)}`);
  return parts.join(';');
}

function leafKey(node: GraphNode): string {
  if (node.embedded) return `#${node.id}`;
  return `${node.dtype}[${node.shape}]${node.value!.layout}`;
}

function operationKey(node: GraphNode, position: ReadonlyMap<GraphNode, number>): string {
  if (node.keyPart === null) {
    const attributes = node.attributes === null ? '' : JSON.stringify(node.attributes, exactNumber);
    node.keyPart = `${node.operation!.name}${attributes}[${node.shape}]${node.dtype}`;
  }
  let key = node.keyPart;
  for (const input of node.inputs) key += `,${position.get(input)}`;
  return key;
}

/** JSON writes infinities and not-a-number as null. */
function exactNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
