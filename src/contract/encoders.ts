/** @file Encoders: what one is, and what can be done with it. */
import { z } from 'zod';

const id = z.number().int().positive();

export const encoderKind = z.enum([
  'classifier',
  'simclr',
  'graph-model',
  'layers-model',
  'onnx-model',
  'safetensors',
]);
export type EncoderKind = z.infer<typeof encoderKind>;

/** How an imported model's pixels were scaled when it was trained (models/imported.ts). */
export const pixelScaleName = z.enum(['imagenet', 'symmetric', 'unit', 'bytes']);
export type PixelScaleName = z.infer<typeof pixelScaleName>;

/** How many held-out images of each class (row) got which answer (column). */
export const confusion = z.object({
  classes: z.array(z.string()),
  counts: z.array(z.array(z.number().int())),
});
export type Confusion = z.infer<typeof confusion>;

/** What an encoder is and how far its answers can be trusted under noise (the gate of docs/method.md 4). */
export const encoderCard = z.object({
  id,
  name: z.string(),
  kind: encoderKind,
  inputSize: z.number().int(),
  embeddingSize: z.number().int(),
  /** Names of the classes it tells apart, where they are known. */
  classes: z.array(z.string()).nullable(),
  parameters: z.number().int(),
  /** Trained with noise, or a calibrated copy of an encoder that was not. */
  noiseReady: z.boolean(),
  /** The encoder this one is the calibrated copy of. */
  calibratedFrom: id.nullable(),
  /** Held-out accuracy on clean images and at noise 0.5, 1.0 and 1.5, where there are labels. */
  accuracy: z.object({ clean: z.number(), at: z.record(z.string(), z.number()) }).nullable(),
  /** The same clean images, class by class; null where there are no labels or too many classes to look at. */
  confusion: confusion.nullable().default(null),
  /** Agreement with the clean encoder: mean cosine of embeddings on clean images and at noise 0.5, 1.0 and 1.5. */
  agreement: z.object({ clean: z.number(), at: z.record(z.string(), z.number()) }).nullable(),
  /** How many class scores it gives, with or without names; null: none. */
  classCount: z.number().int().nullable().default(null),
  /** How pixels reach an imported network: (rgb - mean) / std a channel, in 8-bit steps; null for our own. */
  pixelScale: z
    .object({ mean: z.array(z.number()).length(3), std: z.array(z.number()).length(3) })
    .nullable()
    .default(null),
  /** Why masks cannot be trained with it: it cannot be differentiated; null: it can. */
  forwardOnly: z.string().nullable().default(null),
  /** How far an imported encoder's gradient was from finite differences when it was tried; null for our own. */
  gradientError: z.number().nullable().default(null),
  warnings: z.array(z.string()),
});
export type EncoderCard = z.infer<typeof encoderCard>;
