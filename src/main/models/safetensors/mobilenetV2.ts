/** @file MobileNetV2 (Sandler et al. 2018) under the names that torchvision and timm give its layers. */
import type { GraphWriter } from './writer';

/** Blocks of each stage, and the stride of its first (table 2 of the paper). */
const STAGES = [
  { blocks: 1, stride: 1 },
  { blocks: 2, stride: 2 },
  { blocks: 3, stride: 2 },
  { blocks: 4, stride: 2 },
  { blocks: 3, stride: 1 },
  { blocks: 3, stride: 2 },
  { blocks: 1, stride: 1 },
];

interface Unit {
  name: string;
  norm: string;
}

interface Names {
  stem: Unit;
  last: Unit;
  head: string;
  /** Widening (absent in the first), depthwise and narrowing convolution of a block. */
  block(stage: number, index: number): { widen: Unit | null; depthwise: Unit; narrow: Unit };
}

const torchvision = (net: GraphWriter): Names => ({
  stem: { name: 'features.0.0', norm: 'features.0.1' },
  last: { name: 'features.18.0', norm: 'features.18.1' },
  head: 'classifier.1',
  block: (stage, index) => {
    const before = STAGES.slice(0, stage).reduce((sum, { blocks }) => sum + blocks, 0);
    const name = `features.${1 + before + index}.conv`;
    const unit = (at: number): Unit => ({ name: `${name}.${at}.0`, norm: `${name}.${at}.1` });
    const wide = net.has(`${name}.3.weight`);
    const at = wide ? 1 : 0;
    return {
      widen: wide ? unit(0) : null,
      depthwise: unit(at),
      narrow: { name: `${name}.${at + 1}`, norm: `${name}.${at + 2}` },
    };
  },
});

const timm = (net: GraphWriter): Names => ({
  stem: { name: 'conv_stem', norm: 'bn1' },
  last: { name: 'conv_head', norm: 'bn2' },
  head: 'classifier',
  block: (stage, index) => {
    const name = `blocks.${stage}.${index}`;
    const wide = net.has(`${name}.conv_pwl.weight`);
    const unit = (layer: string, norm: number): Unit => ({
      name: `${name}.${layer}`,
      norm: `${name}.bn${norm}`,
    });
    return wide
      ? { widen: unit('conv_pw', 1), depthwise: unit('conv_dw', 2), narrow: unit('conv_pwl', 3) }
      : { widen: null, depthwise: unit('conv_dw', 1), narrow: unit('conv_pw', 2) };
  },
});

/** @returns the last map, and the name of the class head */
export function writeMobilenetV2(net: GraphWriter): { map: string; head: string } {
  const names = net.has('conv_stem.weight') ? timm(net) : torchvision(net);
  let x = net.relu6(net.convolve(net.input, { ...names.stem, stride: 2 }));
  for (const [stage, { blocks, stride }] of STAGES.entries())
    for (let index = 0; index < blocks; index++)
      x = writeBlock(net, x, names.block(stage, index), index === 0 ? stride : 1, index > 0);
  return { map: net.relu6(net.convolve(x, names.last)), head: names.head };
}

/** Inverted residual: after the first of a stage the input is added. */
function writeBlock(
  net: GraphWriter,
  x: string,
  { widen, depthwise, narrow }: ReturnType<Names['block']>,
  stride: number,
  residual: boolean,
): string {
  const wide = widen ? net.relu6(net.convolve(x, widen)) : x;
  const y = net.relu6(net.convolve(wide, { ...depthwise, stride, depthwise: true }));
  const inner = net.convolve(y, narrow);
  return residual ? net.add('Add', [x, inner]) : inner;
}
