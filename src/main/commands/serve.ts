import { Command, Option } from 'commander';
import type { ServeOptions } from '../serve';
import { DEFAULT_PORT, LOOPBACK } from '../shell/address';
import { integer, withProject } from './common';
import { onInterrupt } from './interrupt';
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

async function serve({ json, ...options }: Options): Promise<void> {
  await serveUntilInterrupted(options, new Output(json));
}

export async function serveUntilInterrupted(
  { port = DEFAULT_PORT, host = LOOPBACK, project, open }: Partial<ServeOptions>,
  output: Output,
): Promise<void> {
  const { startServer } = await import('../serve');
  const served = await startServer({ port, host, project, open: open ?? false });
  output.result({ url: served.url, port: served.port }, [
    `Penumbra is served at ${served.url}`,
    'Open this address in a browser on this machine; Ctrl+C ends it.',
  ]);
  await new Promise<void>((resolve) => onInterrupt(resolve));
  await served.close();
}
