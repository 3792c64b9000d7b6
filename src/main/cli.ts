/** @file The command line: `penumbra COMMAND`. Exit codes: 0 done, 1 failed, 2 wrong usage. */
import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { demoCommand } from './commands/demo';
import { doctorCommand } from './commands/doctor';
import { exportCommand } from './commands/export';
import { importCommand } from './commands/import';
import { mapsCommand } from './commands/maps';
import { describeFailure } from './commands/output';
import { runCommand } from './commands/run';
import { serveCommand } from './commands/serve';
import { trainCommand } from './commands/train';

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

const commands = [
  runCommand,
  demoCommand,
  importCommand,
  trainCommand,
  mapsCommand,
  exportCommand,
  serveCommand,
];
for (const command of [...commands, doctorCommand])
  program.addCommand(command().copyInheritedSettings(program));
for (const command of [program, ...program.commands]) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = fail(error);
}

function fail(error: unknown): number {
  // Commander has said what is wrong; its help and version are no failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const failure = describeFailure(error);
  if (process.argv.includes('--json')) console.log(JSON.stringify({ error: failure }, null, 2));
  else console.error(`${failure.message} [${failure.code}]`);
  return 1;
}
