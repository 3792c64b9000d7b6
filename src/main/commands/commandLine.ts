/** @file All commands as one program, and what its end means. */
import { Command, CommanderError } from 'commander';
import { version } from '../../../package.json';
import { annotationsCommand } from './annotations';
import { benchCommand } from './bench';
import { demoCommand } from './demo';
import { doctorCommand } from './doctor';
import { exportCommand } from './export';
import { importCommand } from './import';
import { labCommand } from './lab';
import { mapsCommand } from './maps';
import { mergeCommand } from './merge';
import { describeFailure } from './output';
import { probeCommand } from './probe';
import { reportCommand } from './report';
import { runCommand } from './run';
import { scoreCommand } from './score';
import { serveCommand } from './serve';
import { trainCommand } from './train';

const COMMANDS = [
  runCommand,
  demoCommand,
  importCommand,
  trainCommand,
  probeCommand,
  mapsCommand,
  mergeCommand,
  exportCommand,
  annotationsCommand,
  scoreCommand,
  reportCommand,
  labCommand,
  serveCommand,
  doctorCommand,
  benchCommand,
];

/**
 * Runs one command line.
 * @param words what follows the program's name
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function runCommandLine(words: string[]): Promise<number> {
  try {
    await createProgram().parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said what is wrong; its help and version are no failures.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const failure = describeFailure(error);
    if (words.includes('--json')) process.stdout.write(`${JSON.stringify({ error: failure }, null, 2)}\n`);
    else process.stderr.write(`${failure.message} [${failure.code}]\n`);
    return 1;
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function createProgram(): Command {
  const program = new Command('penumbra')
    .description('Shows what an image model really looks at, by learning where noise changes what it sees.')
    .version(version)
    .showHelpAfterError('("penumbra COMMAND --help" explains every option)')
    .addHelpText(
      'after',
      `
Without --project a command works on the only .penumbra file of the current folder, else on the project opened last.
The program keeps its own files (projects, recent list, sample, log) in the user's application data folder, or in
PENUMBRA_DATA where that is set. Exit codes: 0 done, 1 failed, 2 wrong usage.`,
    );
  for (const command of COMMANDS) program.addCommand(command().copyInheritedSettings(program));
  for (const command of withSubcommands(program)) command.exitOverride();
  return program;
}
