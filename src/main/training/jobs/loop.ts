/** @file What every training loop does: breathe, watch for numbers that are not finite, tell how it goes, keep checkpoints. */
import { PenumbraError } from '../../../contract/errors';
import type { Checkpoint, JobContext } from '../protocol';

const CHECKPOINT_EVERY_MS = 10_000;

/** What one step tells; `loss` is that before the step. */
export interface StepReport {
  loss: number;
  distance?: number;
  bits?: number;
  accuracy?: number;
}

export interface Loop {
  steps: number;
  /** Does step number `step`, counted from 0; what it draws depends on the number alone. */
  step(step: number): Promise<StepReport>;
  /** Weights, optimizer and small state as they are now. */
  save(): Promise<Omit<Checkpoint, 'step'>>;
}

/**
 * Runs the steps that a checkpoint has not done yet.
 * @throws STOPPED after sending a checkpoint; TRAINING_DIVERGED
 */
export async function runLoop(context: JobContext, { steps, step, save }: Loop): Promise<void> {
  let savedAt = performance.now();
  const checkpoint = async (done: number) => {
    context.send({ type: 'checkpoint', checkpoint: { step: done, ...(await save()) } });
    savedAt = performance.now();
  };
  for (let i = context.checkpoint?.step ?? 0; i < steps; i++) {
    if ((await context.breathe()) === 'stop') {
      await checkpoint(i);
      throw stopped();
    }
    const began = performance.now();
    const { loss, distance = null, bits = null, accuracy = null } = await step(i);
    if (!Number.isFinite(loss))
      throw new PenumbraError(
        'TRAINING_DIVERGED',
        `Training produced numbers that are not finite at step ${i + 1}; try again with another seed, or a smaller learning rate.`,
      );
    const msPerStep = performance.now() - began;
    context.send({
      type: 'metric',
      point: { step: i + 1, loss, distance, bits, accuracy, msPerStep, memoryMb: memoryMb() },
    });
    context.send({ type: 'progress', step: i + 1, steps });
    if (performance.now() - savedAt > CHECKPOINT_EVERY_MS) await checkpoint(i + 1);
  }
}

/** Of this process, which does the computing; a graphics card's own memory is not in it. */
function memoryMb(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}

/** For work between the loops, which no checkpoint covers: it is done again after a stop. */
export async function breatheOrStop(context: JobContext): Promise<void> {
  if ((await context.breathe()) === 'stop') throw stopped();
}

function stopped(): PenumbraError {
  return new PenumbraError('STOPPED', 'The run was stopped on request; it can be resumed.');
}
