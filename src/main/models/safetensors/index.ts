/** @file Weights in safetensors, whose network is recognised by the names and shapes of its tensors. */
import { PenumbraError } from '../../../contract/errors';
import type { Candidate } from '../imported';
import { chooseOutputs } from '../onnxModel/outputs';
import type { Graph } from '../onnxModel/read';
import type { NamedArrays } from '../spec';
import { writeMobilenetV2 } from './mobilenetV2';
import { readSafetensors } from './read';
import { writeResnet } from './resnet';
import { GraphWriter, UnknownNetwork } from './writer';

/** @throws ENCODER_UNKNOWN, ENCODER_UNREADABLE, ENCODER_UNSUPPORTED saying what does not fit */
export async function inspectSafetensors(file: string): Promise<Candidate> {
  const weights = await readSafetensors(file);
  const graph = recognise(file, weights);
  const { features, logits, lastMap } = chooseOutputs(graph, new Set(Object.keys(weights)));
  const entries = Object.entries(weights).map(([name, { shape }]) => ({
    name,
    shape,
    dtype: 'float32' as const,
  }));
  return {
    topology: { modelTopology: { ...graph, lastMap }, weights: entries, features, logits },
    weights,
    fixedSize: null,
  };
}

function recognise(file: string, weights: NamedArrays): Graph {
  const net = new GraphWriter(weights);
  try {
    if (net.has('layer1.0.conv1.weight')) return net.finish(writeResnet(net), 'fc');
    if (net.has('conv_stem.weight') || net.has('features.0.0.weight')) {
      const { map, head } = writeMobilenetV2(net);
      return net.finish(map, head);
    }
    throw new UnknownNetwork('its tensors have other names');
  } catch (error) {
    if (!(error instanceof UnknownNetwork)) throw error;
    throw new PenumbraError(
      'ENCODER_UNSUPPORTED',
      `The weights in ${file} are not those of a ResNet or MobileNetV2 as torchvision and timm name them (${error.message}); export the network as ONNX instead.`,
      { cause: error },
    );
  }
}
