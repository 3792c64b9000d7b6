/** @file The command line's entry: `penumbra COMMAND`. */
import { runCommandLine } from './commands/commandLine';

process.exitCode = await runCommandLine(process.argv.slice(2));
