/** @file What all commands share: their common options and how values on the command line become numbers. */
import { type Command, InvalidArgumentError, Option } from 'commander';

export interface CommonOptions {
  json: boolean;
  progress: 'auto' | 'json' | 'none';
  project?: string;
}

export function withOutput(command: Command): Command {
  return command
    .option('--json', 'print one JSON document on standard output', false)
    .addOption(
      new Option('--progress <how>', 'progress on standard error: a bar, JSON lines, or none')
        .choices(['auto', 'json', 'none'])
        .default('auto'),
    );
}

export function withProject(command: Command): Command {
  return withOutput(command).option(
    '--project <file>',
    'the project file (default: the only .penumbra file of the current folder, else the project opened last)',
  );
}

export function integer(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < from || value > to)
      throw new InvalidArgumentError(`It has to be a whole number from ${from} to ${to}.`);
    return value;
  };
}

export function decimal(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= from && value <= to))
      throw new InvalidArgumentError(`It has to be a number from ${from} to ${to}.`);
    return value;
  };
}

/** A list, given as one text with commas; an option that is repeated goes on with it. */
export function listOf<Name extends string>(names: readonly Name[]) {
  return (text: string, before: Name[] | undefined): Name[] => {
    const given = text.split(',').map((name) => name.trim());
    const wrong = given.find((name) => !names.includes(name as Name));
    if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is not one of ${names.join(', ')}.`);
    return [...new Set([...(before ?? []), ...(given as Name[])])];
  };
}
