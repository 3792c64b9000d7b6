/** @file The settings of a recipe that the presets choose, for those who want to choose themselves. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { maskModelName, objectiveName, type StartTrainingInput } from '../../contract/types';
import { decimal, integer } from './common';

type Overrides = NonNullable<StartTrainingInput['overrides']>;
type Budgets = NonNullable<Overrides['positiveBudgets']>;

export interface RecipeOptions
  extends Pick<
    Overrides,
    | 'maskModel'
    | 'objective'
    | 'temperature'
    | 'sigmaMin'
    | 'sigmaMax'
    | 'positiveBudgets'
    | 'negativeBudgets'
    | 'softPenalty'
    | 'learningRate'
    | 'calibrationSteps'
    | 'checkRandomisation'
  > {}

export function withRecipe(command: Command): Command {
  return command
    .addOption(new Option('--mask-model <name>', 'the network of a mask').choices(maskModelName.options))
    .addOption(
      new Option('--objective <name>', 'what a mask compares: embeddings, or class scores with kl').choices(
        objectiveName.options,
      ),
    )
    .addOption(new Option('--temperature <t>', 'of relational and nt-xent').argParser(decimal(0.01, 10)))
    .addOption(new Option('--sigma-min <s>', 'the least noise of a pixel').argParser(decimal(0.001, 10)))
    .addOption(
      new Option('--sigma-max <s>', "the most, in deviations of the folder's pixels").argParser(
        decimal(0.001, 10),
      ),
    )
    .addOption(
      new Option('--positive-budgets <low,high>', 'budgets a positive mask is trained for').argParser(
        budgets,
      ),
    )
    .addOption(
      new Option('--negative-budgets <low,high>', 'budgets a negative mask is trained for').argParser(
        budgets,
      ),
    )
    .addOption(
      new Option(
        '--soft-penalty <lambda>',
        'd -/+ lambda H as in the paper, in place of the budget',
      ).argParser(decimal(0, 1000)),
    )
    .addOption(new Option('--learning-rate <r>', 'the highest of a mask').argParser(decimal(1e-6, 1)))
    .addOption(
      new Option('--calibration-steps <n>', 'steps of the noise calibration').argParser(integer(1, 100_000)),
    )
    .option(
      '--check-randomisation',
      'train a second mask with a randomised encoder, and warn if its maps are the same',
    );
}

export function recipeOf(options: RecipeOptions): RecipeOptions {
  const { maskModel, objective, temperature, sigmaMin, sigmaMax, positiveBudgets, negativeBudgets } = options;
  const { softPenalty, learningRate, calibrationSteps, checkRandomisation } = options;
  return {
    ...{ maskModel, objective, temperature, sigmaMin, sigmaMax, positiveBudgets, negativeBudgets },
    ...{ softPenalty, learningRate, calibrationSteps, checkRandomisation },
  };
}

function budgets(text: string): Budgets {
  const parts = text.split(',');
  if (parts.length !== 2)
    throw new InvalidArgumentError('It has to be two numbers with a comma, as 0.5,0.95.');
  const [low, high] = parts.map(decimal(0.01, 0.99)) as Budgets;
  if (low > high) throw new InvalidArgumentError('The first budget must not be above the second.');
  return [low, high];
}
