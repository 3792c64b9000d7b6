/**
 * @file Whether an encoder has maps that a mask model may read (models/unet): the last one, which was pooled into the embedding, and
 * the one before the image was halved for the last time.
 */
import { PenumbraError } from '../../contract/errors';
import { coarseMapNodes } from './graphNodes';
import type { ImportedTopology } from './imported';
import { coarseMapNames, type Stored } from './onnxModel/outputs';
import type { EncoderSpec } from './spec';

/** As `coarseMaps` of the encoder that is built from it, without building it. */
export function hasCoarseMaps({ kind, topology }: Pick<EncoderSpec, 'kind' | 'topology'>): boolean {
  if ((topology as ImportedTopology).tokens) return false;
  switch (kind) {
    case 'classifier':
    case 'simclr':
      return true;
    case 'layers-model':
      return false;
    case 'graph-model':
      return coarseMapNodes(topology as ImportedTopology).length > 0;
    case 'onnx-model':
    case 'safetensors':
      return coarseMapNames((topology as ImportedTopology).modelTopology as Stored).length > 0;
  }
}

/** What a mask model that reads the encoder is answered where there is nothing to read. */
export const nothingToRead = (): PenumbraError =>
  new PenumbraError(
    'INVALID_INPUT',
    'The mask model unet-encoder reads feature maps of the encoder, and this encoder has none; choose unet-small.',
  );
