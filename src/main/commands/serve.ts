import { Command, Option } from 'commander';
import type { Served, ServeOptions } from '../serve';
import { DEFAULT_PORT, LOOPBACK } from '../shell/address';
import { integer, withProject } from './common';
import { onInterrupt } from './interrupt';
import { Output } from './output';

export const serveCommand = (): Command =>
  withProject(new Command('serve'))
    .description('serve the window to a browser on this machine')
    .addOption(
      new Option(
        '--port <n>',
        `port to listen on; 0 takes any free one (default: ${DEFAULT_PORT}, or any if it is taken)`,
      ).argParser(integer(0, 65_535)),
    )
    .option(
      '--host <address>',
      'address to listen on; anything but loopback is open to the network, unencrypted: prefer a tunnel (ssh -L)',
      LOOPBACK,
    )
    .option('--open', 'open the default browser', false)
    .addHelpText('after', '\nWithout --project no project is opened; the window lets you choose one.\n')
    .action(serve);

interface Options extends Omit<ServeOptions, 'port'> {
  json: boolean;
  port?: number;
}

async function serve({ json, ...options }: Options): Promise<void> {
  await serveUntilInterrupted(options, new Output(json));
}

export async function serveUntilInterrupted(options: Partial<ServeOptions>, output: Output): Promise<void> {
  const served = await startOnFreePort({ host: LOOPBACK, open: false, ...options });
  output.result({ url: served.url, port: served.port }, [
    `Penumbra is served at ${served.url}`,
    'Open this address in a browser on this machine; Ctrl+C ends it.',
  ]);
  await new Promise<void>((resolve) => onInterrupt(resolve));
  await served.close();
}

/** Where nobody has chosen a port, a second Penumbra takes another one. */
async function startOnFreePort({
  port,
  ...options
}: Omit<ServeOptions, 'port'> & { port?: number }): Promise<Served> {
  const { startServer } = await import('../serve');
  if (port !== undefined) return startServer({ ...options, port });
  return startServer({ ...options, port: DEFAULT_PORT }).catch((error) => {
    if ((error.cause as NodeJS.ErrnoException | undefined)?.code !== 'EADDRINUSE') throw error;
    return startServer({ ...options, port: 0 });
  });
}
