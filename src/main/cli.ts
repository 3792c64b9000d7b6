/** @file The command line's entry: `penumbra COMMAND`. */
import { runCommandLine } from './commands/commandLine';

// `penumbra ... | head`: the reader has had enough, and that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runCommandLine(process.argv.slice(2));
