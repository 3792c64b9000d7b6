/** @file Words that several screens share. */
import type { MaskKind } from '../../contract/noiseMap';

export const MASKS = [
  { value: 'positive', label: 'Positive', title: 'What has to stay clear for the model to see the same' },
  { value: 'negative', label: 'Negative', title: 'Where the least noise makes the model see something else' },
] as const satisfies { value: MaskKind; label: string; title: string }[];
