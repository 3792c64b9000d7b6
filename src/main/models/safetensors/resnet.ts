/** @file Residual networks for ImageNet (He et al. 2016) under the names that torchvision and timm give their layers. */
import type { GraphWriter } from './writer';
import { UnknownNetwork } from './writer';

const STAGES = [1, 2, 3, 4];

/** ResNet-18 and 34 (two convolutions a block), 50, 101 and 152 (three; the stride is in the second). @returns the last map */
export function writeResnet(net: GraphWriter): string {
  if (net.shape('conv1.weight', 4)[2] !== 7) throw new UnknownNetwork('its first convolution is not 7 x 7');
  const stem = net.add('Relu', [net.convolve(net.input, { name: 'conv1', norm: 'bn1', stride: 2 })]);
  let x = net.add('MaxPool', [stem], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  for (const stage of STAGES)
    for (let block = 0; net.has(`layer${stage}.${block}.conv1.weight`); block++)
      x = writeBlock(net, x, `layer${stage}.${block}`, stage > 1 && block === 0 ? 2 : 1);
  return x;
}

function writeBlock(net: GraphWriter, x: string, name: string, stride: number): string {
  const unit = (number: number, input: string, step = 1) =>
    net.convolve(input, { name: `${name}.conv${number}`, norm: `${name}.bn${number}`, stride: step });
  const bottleneck = net.has(`${name}.conv3.weight`);
  const first = net.add('Relu', [unit(1, x, bottleneck ? 1 : stride)]);
  const second = unit(2, first, bottleneck ? stride : 1);
  const inner = bottleneck ? unit(3, net.add('Relu', [second])) : second;
  const around = net.has(`${name}.downsample.0.weight`)
    ? net.convolve(x, { name: `${name}.downsample.0`, norm: `${name}.downsample.1`, stride })
    : x;
  return net.add('Relu', [net.add('Add', [inner, around])]);
}
