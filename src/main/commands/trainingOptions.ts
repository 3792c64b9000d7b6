/** @file The options of training, shared by `train` and `run`. */
import { type Command, Option } from 'commander';
import {
  deviceName,
  maskKind,
  type PixelScaleName,
  pixelScaleName,
  presetName,
  type StartTrainingInput,
} from '../../contract/types';
import { decimal, integer, listOf } from './common';
import { type RecipeOptions, recipeOf, withRecipe } from './recipeOptions';
import type { Session } from './session';
import { chooseEncoder } from './steps';

export interface TrainingOptions extends RecipeOptions {
  mask?: ('positive' | 'negative')[];
  encoder?: string;
  encoderScale?: PixelScaleName;
  preset?: StartTrainingInput['preset'];
  size?: number;
  seed?: number;
  device?: StartTrainingInput['device'];
  split?: string;
  steps?: number;
  encoderEpochs?: number;
  batch?: number;
  joint: boolean;
  freshEncoder: boolean;
  plainEncoder: boolean;
}

export function withTraining(command: Command): Command {
  return withRecipe(command)
    .addOption(
      new Option('--mask <kinds>', 'positive, negative or both, with a comma').argParser(
        listOf(maskKind.options),
      ),
    )
    .option(
      '--encoder <name|file>',
      'an encoder of the project, a model file to import (ONNX, safetensors, TensorFlow.js), resnet18 to download it, or auto, classifier, simclr, min-max (Eq. 1 of the paper) to train one here',
    )
    .addOption(
      new Option(
        '--encoder-scale <name>',
        'how the pixels of an imported model are scaled: imagenet (default for ONNX and safetensors), symmetric (-1 to 1), unit (0 to 1), bytes',
      ).choices(pixelScaleName.options),
    )
    .addOption(new Option('--preset <name>', 'how long to train').choices(presetName.options))
    .addOption(
      new Option('--size <px>', 'side of the square images are trained at').argParser(integer(32, 512)),
    )
    .addOption(
      new Option('--seed <n>', 'the same seed gives the same run').argParser(integer(0, 2 ** 31 - 1)),
    )
    .addOption(new Option('--device <name>', 'what to compute on').choices(deviceName.options))
    .option('--split <name>', 'train on this split only (default: train, where the folder has one)')
    .addOption(
      new Option('--steps <n>', "steps of a mask instead of the preset's").argParser(integer(1, 100_000)),
    )
    .addOption(
      new Option('--encoder-epochs <n>', "epochs of the encoder instead of the preset's").argParser(
        decimal(0.1, 1000),
      ),
    )
    .addOption(new Option('--batch <n>', "images a step instead of the preset's").argParser(integer(2, 512)))
    .option('--joint', 'train both masks in one run, which looks at every image once for the two', false)
    .option('--fresh-encoder', 'train a new encoder even if a matching one is there', false)
    .option(
      '--plain-encoder',
      'use an encoder without noise training or calibration, to see what goes wrong',
      false,
    );
}

/** @throws ENCODER_UNKNOWN, ENCODER_UNREADABLE, ENCODER_UNSUPPORTED */
export async function trainingWish(session: Session, options: TrainingOptions): Promise<StartTrainingInput> {
  const { mask, encoder, encoderScale, steps, encoderEpochs, batch, ...wish } = options;
  const { preset, size, seed, device, split, freshEncoder, plainEncoder, joint } = wish;
  return {
    ...(await chooseEncoder(session, encoder, { size, scale: encoderScale })),
    masks: mask ?? ['positive', 'negative'],
    ...{ preset, size, seed, device, split, freshEncoder, plainEncoder, joint },
    overrides: { maskSteps: steps, encoderEpochs, batch, ...recipeOf(options) },
  };
}
