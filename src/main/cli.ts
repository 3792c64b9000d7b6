/** @file The command line: `penumbra COMMAND`. Exit codes: 0 done, 1 failed, 2 wrong usage. */
import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { describeFailure } from './commands/output';
import { serveCommand } from './commands/serve';

const program = new Command('penumbra')
  .description('Shows what an image model really looks at, by learning where noise changes what it sees.')
  .version(version)
  .addCommand(serveCommand());

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
