import { Command, Option } from 'commander';
import { DEFAULT_PORT, LOOPBACK, type ServeOptions } from '../serve';
import { integer, withProject } from './common';
import { Output } from './output';

export const serveCommand = (): Command =>
  withProject(new Command('serve'))
    .description('serve the window to a browser on this machine')
    .addOption(
      new Option('--port <n>', 'port to listen on; 0 takes any free one')
        .argParser(integer(0, 65_535))
        .default(DEFAULT_PORT),
    )
    .option(
      '--host <address>',
      'address to listen on; anything but loopback is open to the network, unencrypted: prefer a tunnel (ssh -L)',
      LOOPBACK,
    )
    .option('--open', 'open the default browser', false)
    .addHelpText('after', '\nWithout --project no project is opened; the window lets you choose one.\n')
    .action(serve);

interface Options extends Omit<ServeOptions, 'project'> {
  json: boolean;
  project?: string;
}

async function serve({ json, project, ...options }: Options): Promise<void> {
  const { startServer } = await import('../serve');
  const served = await startServer({ ...options, project });
  new Output(json).result({ url: served.url, port: served.port }, [
    `Penumbra is served at ${served.url}`,
    'Open this address in a browser on this machine. Ctrl+C ends it.',
  ]);
  await endOfProgram();
  await served.close();
}

/** Resolves at Ctrl+C or when the system asks the program to end; a second Ctrl+C ends it at once. */
export function endOfProgram(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        process.once('SIGINT', () => process.exit(1));
        resolve();
      });
  });
}
