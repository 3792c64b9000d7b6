/**
 * @file The one place TensorFlow.js is loaded. `require` picks its Node bundle, which registers all gradients and
 * chained operations; its ES build, tree-shaken by a bundler, loses them.
 */
import { createRequire } from 'node:module';

export const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as typeof import('@tensorflow/tfjs');
