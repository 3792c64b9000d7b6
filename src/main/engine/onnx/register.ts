/** @file Registers every kernel with TensorFlow.js: recorded, shared, or run on its cpu backend. */
import type { OnnxBackend } from './backend';
import { CpuFallback, type KernelCall, mapInputs } from './fallback';
import type { GraphNode } from './graph/node';
import { KERNELS } from './kernels';
import { complex, imag, real, share } from './kernels/complex';
import { type KernelDefinition, type NodeInputs, NotInOnnx } from './kernels/kernel';
import { cast } from './kernels/shapes';
import { isNumeric, type NumericType, sizeOf, type TensorInfo, type Tf } from './types';

type KernelFunction = (call: KernelCall) => TensorInfo | TensorInfo[];

/** @returns the kernels that run on the cpu backend, with their counts */
export function registerKernels(tf: Tf, backendName: string): CpuFallback {
  const fallback = new CpuFallback(tf);
  const register = (kernelName: string, kernelFunc: KernelFunction) =>
    tf.registerKernel({ kernelName, backendName, kernelFunc: kernelFunc as never });
  const recorded = new Set(KERNELS.map(({ name }) => name));
  for (const definition of KERNELS) register(definition.name, recording(definition, fallback));
  const own = { Cast: casting(fallback), Complex: complex, Real: real, Imag: imag };
  for (const [name, run] of Object.entries(own)) register(name, run as unknown as KernelFunction);
  for (const { kernelName } of tf.getKernelsForBackend('cpu'))
    if (!recorded.has(kernelName) && !(kernelName in own))
      register(kernelName, (call) => fallback.run(kernelName, call));
  return fallback;
}

/** Kernels whose result is its input in another shape, whatever the elements are. */
const SHAPE_ONLY: Readonly<Record<string, string>> = { Identity: 'x', Reshape: 'x', ExpandDims: 'input' };

function recording(definition: KernelDefinition, fallback: CpuFallback): KernelFunction {
  return (call) => {
    const { inputs, attrs, backend } = call;
    const tensors = Object.values(inputs)
      .flat()
      .filter((x) => x !== undefined && x !== null);
    if (tensors.some(({ dtype, shape }) => !isNumeric(dtype) || sizeOf(shape) === 0))
      return definition.name === 'Identity'
        ? share(backend, inputs[SHAPE_ONLY.Identity!]!)
        : fallback.run(definition.name, call);
    const nodes = mapInputs(inputs, (x) => backend.nodeOf(x)) as NodeInputs;
    try {
      const result = definition.record(nodes, attrs);
      return Array.isArray(result)
        ? result.map((node) => store(backend, node, tensors))
        : store(backend, result, tensors);
    } catch (error) {
      if (error instanceof NotInOnnx) return fallback.run(definition.name, call);
      throw error;
    }
  };
}

/** A result that is an input in another shape shares its data id. */
function store(backend: OnnxBackend, node: GraphNode, inputs: readonly TensorInfo[]): TensorInfo {
  let origin = node;
  while (!origin.value && origin.operation?.name === 'Reshape') origin = origin.inputs[0]!;
  const same = inputs.find((input) => backend.data.get(input.dataId).node === origin);
  if (same) return share(backend, same, [...node.shape]);
  if (sizeOf(node.shape) > 0) return backend.store(node);
  const shape = [...node.shape];
  return { dataId: backend.write(null, shape, node.dtype), shape, dtype: node.dtype };
}

function casting(fallback: CpuFallback): KernelFunction {
  return (call) => {
    const { backend } = call;
    const { x } = call.inputs as { x: TensorInfo };
    const { dtype } = call.attrs as { dtype: string };
    if (x.dtype === dtype) return share(backend, x);
    if (!isNumeric(x.dtype) || !isNumeric(dtype) || sizeOf(x.shape) === 0) return fallback.run('Cast', call);
    return backend.store(cast(backend.nodeOf(x), dtype as NumericType));
  };
}
