/** @file Matrix products, with and without bias and activation. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import type { Lowering } from '../lowering/lowering';
import { backendUtil, upcastType, util } from '../tfjs';
import { type NumericType, sameNumbers } from '../types';
import { type Activation, activate } from './activation';
import { ADD } from './binary';
import { apply } from './elementwise';
import { kernel } from './kernel';
import { cast, reshape } from './shapes';

interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

const MATMUL: Operation<MatMulAttributes> = {
  name: 'BatchMatMul',
  lower(node, to) {
    const [a, b] = node.inputs as [GraphNode, GraphNode];
    const left = matrix(to, a, node.attributes.transposeA);
    const right = matrix(to, b, node.attributes.transposeB);
    to.define(node as GraphNode, product(to, left, right, node.shape.length));
  },
};

interface Matrix {
  name: string;
  rank: number;
  transposed: boolean;
}

function product(to: Lowering, a: Matrix, b: Matrix, rank: number): string {
  if (!a.transposed && !b.transposed) return to.emit('MatMul', [a.name, b.name]);
  const flags = { transA: Number(a.transposed), transB: Number(b.transposed) };
  if (rank === 2) return to.emit('Gemm', [a.name, b.name], flags);
  if (to.device === 'cpu' || to.device === 'cuda') return to.emit('FusedMatMul', [a.name, b.name], flags);
  const [left, right] = [a, b].map((x) => (x.transposed ? to.swapLast(x.name, x.rank) : x.name));
  return to.emit('MatMul', [left!, right!]);
}

/** An operand; if it is stored transposed already, it is used as it lies. */
function matrix(to: Lowering, node: GraphNode, transposed: boolean): Matrix {
  const rank = node.shape.length;
  const swapped = [...Array(rank - 2).keys(), rank - 1, rank - 2];
  const layout = to.layoutOf(node);
  if (layout && sameNumbers(layout, swapped))
    return { name: to.inLayout(node, layout), rank, transposed: !transposed };
  return { name: to.logical(node), rank, transposed };
}

/** Batches of matrices; batch axes are broadcast. */
export function matMul(a: GraphNode, b: GraphNode, transposeA: boolean, transposeB: boolean): GraphNode {
  // Rank 2 where there is no batch: the runtime has more ways to compute a plain product.
  if ([a, b].every(({ shape }) => shape.length === 3 && shape[0] === 1)) {
    const product = matMul(
      reshape(a, a.shape.slice(1)),
      reshape(b, b.shape.slice(1)),
      transposeA,
      transposeB,
    );
    return reshape(product, [1, ...product.shape]);
  }
  util.assert(
    a.shape.length >= 2 &&
      b.shape.length >= 2 &&
      a.shape.at(transposeA ? -2 : -1) === b.shape.at(transposeB ? -1 : -2),
    () =>
      `Error in matMul: inner shapes of [${a.shape}] and [${b.shape}] with transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  const batch = backendUtil.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const dtype = upcastType(a.dtype, b.dtype) as NumericType;
  const product = createNode(
    MATMUL,
    [cast(a, 'float32'), cast(b, 'float32')],
    { transposeA, transposeB },
    [...batch, rows, columns],
    'float32',
  );
  return cast(product, dtype === 'bool' ? 'int32' : dtype);
}

interface Operands {
  a: GraphNode;
  b: GraphNode;
}

export const matMulKernels = [
  kernel<Operands, MatMulAttributes>('BatchMatMul', ({ a, b }, { transposeA, transposeB }) =>
    matMul(a, b, transposeA, transposeB),
  ),
  kernel<Operands & Activation['inputs'], MatMulAttributes & Activation['attributes']>(
    '_FusedMatMul',
    ({ a, b, bias, preluActivationWeights }, attributes) => {
      const product = matMul(a, b, attributes.transposeA, attributes.transposeB);
      const sum = bias ? apply(ADD, [product, bias], null, product.dtype) : product;
      return activate(sum, attributes, preluActivationWeights);
    },
  ),
];
