/** @file Words that several screens share. */
import type { MaskKind } from '../../contract/noiseMap';

export const MASKS = [
  { value: 'positive', label: 'Positive', title: 'What has to stay clear for the model to see the same' },
  { value: 'negative', label: 'Negative', title: 'Where the least noise makes the model see something else' },
] as const satisfies { value: MaskKind; label: string; title: string }[];

/** What the spread of a map says (contract/spread). */
export const spreadMeans = (mask: MaskKind): string =>
  `Half of ${mask === 'positive' ? 'the information that has to stay' : 'the noise that hurts'} lies in this share of the image: the less, the more one spot decides`;
