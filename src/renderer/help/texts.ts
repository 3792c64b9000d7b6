/** @file The ideas of the paper and of this program, two sentences each. */
export interface HelpText {
  title: string;
  words: string;
}

export const HELP = {
  noiseMask: {
    title: 'Noise as a mask',
    words:
      'A mask here is a map of noise: how strong the Gaussian noise is that is added to each pixel. Noise takes information away in bits that can be counted, which darkening or blurring a pixel does not.',
  },
  positive: {
    title: 'Positive mask',
    words:
      'It pours a fixed amount of noise over the image so that the encoder’s answer changes as little as possible. What it leaves clear is what the encoder needs.',
  },
  negative: {
    title: 'Negative mask',
    words:
      'It spends a small amount of noise so that the encoder’s answer changes as much as possible. Where it puts that noise is where the answer is easiest to break.',
  },
  budget: {
    title: 'Budget',
    words:
      'The budget is the mean amount of noise over an image, from 0 (none) to 1 (the most everywhere). One mask is trained for a range of budgets, and in Inspect any of them is shown at once without training again.',
  },
  entropy: {
    title: 'Entropy in bits',
    words:
      'The entropy of a pixel’s noise says how much of it is unknown: 0 bits is known exactly, 8 bits is any of the 256 values. A budget fixes its mean over the image, so only where it lies tells images apart.',
  },
  spread: {
    title: 'Spread',
    words:
      'The smallest share of the image that holds half of what its map says is important. It is the number on a tile, and the library can be sorted by it: the less it is, the more one spot decides.',
  },
  kept: {
    title: 'Kept information',
    words:
      'How many bits of a pixel still get through its noise, as the capacity of a Gaussian channel. The heat map of a positive mask shows it: bright pixels are those that had to be kept.',
  },
  encoder: {
    title: 'Encoder',
    words:
      'The encoder is the model that is looked into: it turns an image into a list of numbers, its embedding. It stays as it is while a mask is trained; only the mask learns.',
  },
  noiseReady: {
    title: 'Calibration',
    words:
      'A model that never saw noise is upset by noise as such, and its map would show that instead of what it needs. So a copy of it first learns, without labels, to answer under noise as the original answers without.',
  },
  distance: {
    title: 'Distance',
    words:
      'How far the embedding of the noisy image is from that of the clean one. A positive mask makes it small, a negative one large.',
  },
  disagreement: {
    title: 'Disagreement',
    words:
      'Both masks rank the pixels of an image by importance; this is 1 less the rank correlation of the two, so 0 is full agreement. Images where they disagree are worth a look.',
  },
  suspicion: {
    title: 'Suspicion',
    words:
      'How far a report doubts that the model decides by the thing itself in this image. It comes from the newest report; without one there is nothing to sort by.',
  },
  toy: {
    title: 'Toy experiment',
    words:
      'A point has two dimensions, and only one of them says which class it is in. Noise learned for every point goes into the other one, so that more accuracy is left than with the same amount of noise in both.',
  },
  monotone: {
    title: 'Noise against real-valued masks',
    words:
      'Multiplying a pixel by a factor hides it from people but not from a network, which can divide again. Noise takes bits away for good, and more noise takes more of them.',
  },
  maskers: {
    title: 'Maskers',
    words:
      'Patches, parts, darkening, zeroed pixels and noise are all ways to hide part of an image. Here each takes away the same number of bits, so that what differs is where and how.',
  },
  mnist: {
    title: 'Digits',
    words:
      'An autoencoder that has to restore a digit learns features, and a linear probe tells how good they are. Noise that a mask places takes its turn beside zeroed pixels, the same noise everywhere, and no training at all.',
  },
  attack: {
    title: 'Sparse attacks',
    words:
      'How small a change of an image changes its class, when it may go only where the negative mask says? Beside it stand changes of the same size everywhere, at random and where the gradient is largest.',
  },
  video: {
    title: 'Video frames',
    words:
      'Frames of a video in a folder get maps one after the other. A map that begins from the one before needs fewer steps and flickers less than one that begins from nothing.',
  },
  budgets: {
    title: 'Budgets and penalties',
    words:
      'How much noise a mask holds is set by a budget, or pulled by a penalty whose strength has to be tuned; both are tried in many settings. Noise may also get a mean that is learned, and a detector tells when that mean does the work.',
  },
  ssl: {
    title: 'Learning without labels',
    words:
      'An encoder learns to know an image from two views of it, while a mask learns to hide one of them with noise where that is hardest. Train has such an encoder too, as “Own, against a mask (min-max)”.',
  },
} as const satisfies Record<string, HelpText>;

export type HelpTopic = keyof typeof HELP;
