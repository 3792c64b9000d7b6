import { tf } from '../tf';
import { type KernelCall, registerWasmKernel } from './backend';
import { compiled } from './compile';
import { addressOf } from './padding';
import { type ReductionAxis, reductionCode } from './reductionCode';
import type { TensorInfo } from './types';

interface Inputs {
  x: TensorInfo;
}
interface Attributes {
  axis: number | number[];
  keepDims: boolean;
}

function reduce({ inputs, attrs, backend }: KernelCall<Inputs, Attributes>, mean: boolean): TensorInfo {
  const { x } = inputs;
  const reducedAxes = new Set(tf.util.parseAxisParam(attrs.axis, x.shape));
  const kept = x.shape.map((size, i) => (reducedAxes.has(i) ? 1 : size));
  const outShape = attrs.keepDims ? kept : kept.filter((_, i) => !reducedAxes.has(i));
  const out = backend.makeOutput(outShape, 'float32');
  const axes: ReductionAxis[] = [];
  x.shape.forEach((size, i) => {
    const reduced = reducedAxes.has(i);
    const outer = axes.at(-1);
    if (outer?.reduced === reduced) outer.size *= size;
    else if (size > 1) axes.push({ size, reduced });
  });
  if (axes.length === 0) axes.push({ size: 1, reduced: false });
  const summands = x.shape.reduce((product, size, i) => (reducedAxes.has(i) ? product * size : product), 1);
  const factor = mean ? 1 / summands : 1;
  const key = `reduction ${factor} ${axes.map(({ size, reduced }) => `${reduced ? '+' : ''}${size}`).join()}`;
  const run = compiled(backend, key, () => reductionCode(axes, factor));
  run(addressOf(backend, x), addressOf(backend, out));
  return out;
}

/** The backend's own kernels reduce trailing axes only and transpose everything else first. */
export function registerReductions(): void {
  for (const name of ['Sum', 'Mean'])
    registerWasmKernel<Inputs, Attributes>(name, (call, original) => {
      const { x } = call.inputs;
      if (x.dtype !== 'float32' || tf.util.sizeFromShape(x.shape) === 0) return original(call);
      return reduce(call, name === 'Mean');
    });
}
