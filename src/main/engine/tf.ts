/**
 * @file The one place TensorFlow.js is loaded. `require` picks its Node bundle, which registers all gradients and
 * chained operations; its ES build, tree-shaken by a bundler, loses them.
 */
import { createRequire } from 'node:module';

export const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as typeof import('@tensorflow/tfjs');

// Its first use would print advice to install another package; what computes here, and why, is the doctor's to say.
(tf.findBackend('cpu') as unknown as { firstUse: boolean }).firstUse = false;
