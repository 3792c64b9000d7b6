import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import type { Normalisation } from '../../models/spec';
import type { JobContext, JobImage } from '../protocol';
import { loadBatch, type Pick } from './batches';
import { breatheOrStop } from './loop';

/** Memory for answers that are kept. */
const MOST_BYTES = 256 * 2 ** 20;

/** The frozen encoder's answers to clean images, which never change: computed in advance where that saves time. */
export class CleanAnswers {
  readonly #context: JobContext;
  readonly #answer: (x: Tensor4D) => Tensor2D;
  readonly #size: number;
  readonly #normalisation: Normalisation;
  #known: Tensor2D | null = null;
  #rows = new Map<number, number>();

  constructor(
    context: JobContext,
    answer: (x: Tensor4D) => Tensor2D,
    size: number,
    normalisation: Normalisation,
  ) {
    this.#context = context;
    this.#answer = answer;
    this.#size = size;
    this.#normalisation = normalisation;
  }

  /** Computes the answers to every image and its mirror image, unless they are too many to keep. */
  async remember(images: JobImage[], batch: number): Promise<void> {
    const both = images.flatMap((image) => [
      { image, flipped: false },
      { image, flipped: true },
    ]);
    let known: Float32Array | undefined;
    let length = 0;
    for (let from = 0; from < both.length; from += batch) {
      await breatheOrStop(this.#context);
      const part = both.slice(from, from + batch);
      const x = await loadBatch(this.#context, part, this.#size, this.#normalisation);
      const answers = this.#answer(x);
      length = answers.shape[1];
      if (both.length * length * 4 <= MOST_BYTES) {
        // Read batch by batch: one small graph, used again and again.
        known ??= new Float32Array(both.length * length);
        known.set(await answers.data(), from * length);
      }
      tf.dispose([x, answers]);
      if (!known) return;
    }
    this.#known = tf.tensor2d(known!, [both.length, length]);
    images.forEach(({ id }, i) => {
      this.#rows.set(id, 2 * i);
    });
  }

  /** @param x the images picked, in the same order @returns [batch, n], to dispose */
  of(picks: Pick[], x: Tensor4D): Tensor2D {
    const known = this.#known;
    if (!known) return this.#answer(x);
    const rows = picks.map(({ image, flipped }) => this.#rows.get(image.id)! + Number(flipped));
    return tf.tidy(() => tf.gather(known, tf.tensor1d(rows, 'int32')));
  }

  dispose(): void {
    this.#known?.dispose();
  }
}
