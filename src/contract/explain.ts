/** @file Questions about one image, asked while a person looks at it, and answered within a blink or a few seconds. */
import { z } from 'zod';

const id = z.number().int().positive();
const budget = z.number().min(0.01).max(0.99);
const encoder = z.object({ id, name: z.string() });

/** Attribution methods that are computed for a single image on demand (docs/evaluation.md has all that are scored). */
export const attributionMethod = z.enum([
  'gradient',
  'smoothgrad',
  'integrated-gradients',
  'grad-cam',
  'occlusion',
  'rise',
]);
export type AttributionMethod = z.infer<typeof attributionMethod>;

/** Names for people, and what each does. */
export const ATTRIBUTIONS: Record<AttributionMethod, { title: string; means: string }> = {
  gradient: { title: 'Gradient', means: 'How fast the answer changes with each pixel' },
  smoothgrad: { title: 'SmoothGrad', means: 'The gradient, averaged over noisy copies of the image' },
  'integrated-gradients': {
    title: 'Integrated Gradients',
    means: 'The gradient, summed on the way from a grey image to this one',
  },
  'grad-cam': { title: 'Grad-CAM', means: 'What the last feature map adds to the answer, place by place' },
  occlusion: { title: 'Occlusion', means: 'How much surer the encoder is with a patch than without it' },
  rise: { title: 'RISE', means: 'How sure the encoder stays when random parts are hidden' },
};

export const askPrediction = z.object({
  imageId: id,
  /** The mask run whose noise is added, and whose encoder answers; absent: no noise, the newest encoder. */
  runId: id.optional(),
  budget: budget.optional(),
  seed: z.number().int().min(0).default(1),
});

/** What the encoder says of the image, and of the image under the noise of a mask. */
export const prediction = z.object({
  encoder,
  /** Five classes, the surest of the clean image first; null where the encoder has no head. Noised: mean over samples. */
  answers: z
    .array(z.object({ name: z.string(), clean: z.number(), noised: z.number().nullable() }))
    .nullable(),
  /** Share of noisy samples with the answer of the clean image; null without a head or without noise. */
  kept: z.number().nullable(),
  /** Mean cosine of the samples' embeddings to the clean one; null without noise. */
  similarity: z.number().nullable(),
  samples: z.number().int(),
});
export type Prediction = z.infer<typeof prediction>;

export const askAttribution = z.object({
  imageId: id,
  method: attributionMethod,
  /** A mask run whose encoder is explained; absent: the newest encoder. */
  runId: id.optional(),
});

/** Larger = more important; the unit is the method's own. */
export const attribution = z.object({
  encoder,
  width: z.number().int(),
  height: z.number().int(),
  /** float32, little-endian, row by row. */
  values: z.base64(),
  milliseconds: z.number(),
});
export type Attribution = z.infer<typeof attribution>;

/** Means over the images, in [0, 1]: of the same answer as without noise, or of the cosine where there is no head. */
export const curvePoint = z.object({
  budget: z.number(),
  /** Noise where the mask puts it. */
  learned: z.number(),
  /** As much noise, everywhere the same. */
  uniform: z.number(),
});
export type CurvePoint = z.infer<typeof curvePoint>;

export const budgetCurve = z.object({
  measure: z.enum(['answers', 'cosine']),
  images: z.number().int(),
  points: z.array(curvePoint),
});
export type BudgetCurve = z.infer<typeof budgetCurve>;

/** Where an image stands among those with a map of the run, by spread at the default budget; 1 is spread the most. */
export const standing = z.object({
  rank: z.number().int(),
  of: z.number().int(),
  /** Mean over all of them (contract/spread). */
  meanSpread: z.number(),
});
export type Standing = z.infer<typeof standing>;
