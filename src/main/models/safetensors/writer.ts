/** @file Writes a network down as the graph that an ONNX file would hold, over weights by name. */
import type { Graph, Node } from '../onnxModel/read';
import type { NamedArrays } from '../spec';

/** Weights and names do not make the network they seem to. */
export class UnknownNetwork extends Error {}

interface Convolution {
  /** Name of the layer whose weights they are. */
  name: string;
  /** Name of its batch normalisation; where that has no weights, it is folded into the convolution, which then has a bias. */
  norm: string;
  stride?: number;
  /** `each` channel by itself, or all together. */
  depthwise?: boolean;
}

const INPUT = 'input';

export class GraphWriter {
  readonly #weights: NamedArrays;
  readonly #nodes: Node[] = [];
  readonly #used = new Set<string>();

  constructor(weights: NamedArrays) {
    this.#weights = weights;
  }

  readonly input = INPUT;

  has(name: string): boolean {
    return this.#weights[name] !== undefined;
  }

  /** @throws UnknownNetwork if there is no such tensor, or it has not the shape */
  shape(name: string, rank: number): number[] {
    const shape = this.#weights[name]?.shape;
    if (shape?.length !== rank)
      throw new UnknownNetwork(`"${name}" is ${shape ? `[${shape.join(', ')}]` : 'missing'}`);
    return shape;
  }

  add(op: string, inputs: string[], attributes: Node['attributes'] = {}): string {
    const output = `${op} ${this.#nodes.length}`;
    this.#nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  /** Convolution with padding that keeps the size, divided by the stride, and batch normalisation. */
  convolve(x: string, { name, norm, stride = 1, depthwise = false }: Convolution): string {
    const [to, inGroup, height, width] = this.shape(`${name}.weight`, 4) as [number, number, number, number];
    if (depthwise && inGroup !== 1) throw new UnknownNetwork(`"${name}" is not depthwise`);
    const pads = [height, width, height, width].map((side) => (side - 1) / 2);
    const inputs = [`${name}.weight`, ...(this.has(`${name}.bias`) ? [`${name}.bias`] : [])];
    const y = this.add('Conv', [x, ...this.#use(inputs)], {
      ...{ pads, strides: [stride, stride], group: depthwise ? to : 1 },
    });
    if (!this.has(`${norm}.weight`) && this.has(`${name}.bias`)) return y;
    const parts = ['weight', 'bias', 'running_mean', 'running_var'].map((part) => `${norm}.${part}`);
    for (const part of parts)
      if (this.shape(part, 1)[0] !== to) throw new UnknownNetwork(`"${part}" has not ${to} values`);
    return this.add('BatchNormalization', [y, ...this.#use(parts)], { epsilon: 1e-5 });
  }

  relu6(x: string): string {
    return this.add('Clip', [x], { min: 0, max: 6 });
  }

  /** Pooling and, where it is there, the class head. @returns the finished graph @throws UnknownNetwork if weights are left over */
  finish(map: string, head: string): Graph {
    const features = this.add('Flatten', [this.add('GlobalAveragePool', [map])]);
    const hasHead = this.has(`${head}.weight`);
    if (hasHead) this.shape(`${head}.weight`, 2);
    const output = hasHead
      ? this.add('Gemm', [features, ...this.#use([`${head}.weight`, `${head}.bias`])], { transB: 1 })
      : features;
    const unused = Object.keys(this.#weights).filter((name) => !this.#used.has(name));
    if (unused.length > 0) throw new UnknownNetwork(`"${unused[0]}" has no place in it`);
    return { nodes: this.#nodes, input: INPUT, outputs: [output], fixedSize: null, opset: 13 };
  }

  #use(names: string[]): string[] {
    for (const name of names) {
      if (!this.has(name)) throw new UnknownNetwork(`"${name}" is missing`);
      this.#used.add(name);
    }
    return names;
  }
}
