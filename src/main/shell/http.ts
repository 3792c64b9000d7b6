/** @file The served window: one HTTP server on loopback with the window's files, its pictures and the contract. */
import { createAdaptorServer } from '@hono/node-server';
import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/fetch';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { PenumbraError } from '../../contract/errors';
import { onlyOurOrigin } from './origin';
import { SECURITY_HEADERS } from './securityHeaders';
import { createAccess, refuse } from './token';
import { createWindowApp, type WindowAppOptions } from './windowApp';

export interface HttpOptions extends WindowAppOptions {
  router: AnyRouter;
  /** 0 takes a free one. */
  port: number;
  host: string;
  /** Given only where the address must be known beforehand; random otherwise. */
  token?: string;
}

export interface HttpServer {
  /** With the token. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The largest calls are steps of annotation: the outline of a large brush. Images never travel this way. */
const LARGEST_BODY = 8_000_000;

/** @throws INVALID_INPUT if the port is taken or the host is not of this machine */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  let port = options.port;
  const access = createAccess(() => port, options.token);
  const app = servedApp(options, access.middleware, () => port);
  const server = createAdaptorServer({ fetch: app.fetch });
  port = await listen(server, options);
  const name = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${name}:${port}/?token=${access.token}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Event streams would hold the server open for ever.
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function servedApp(
  options: HttpOptions,
  access: ReturnType<typeof createAccess>['middleware'],
  port: () => number,
): Hono {
  const rpc = new RPCHandler(options.router);
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
  });
  app.use(onlyOurOrigin(options.host, port));
  app.use(access);
  app.use(
    '/rpc/*',
    bodyLimit({ maxSize: LARGEST_BODY, onError: (c) => refuse(c, 413, 'The request is too large.') }),
  );
  app.all('/rpc/*', async (c) => {
    const { matched, response } = await rpc.handle(c.req.raw, { prefix: '/rpc' });
    if (!matched) return c.notFound();
    const answer = new Response(response.body, response);
    answer.headers.set('cache-control', 'no-store');
    return answer;
  });
  app.route('/', createWindowApp(options));
  return app;
}

function listen(
  server: ReturnType<typeof createAdaptorServer>,
  { port, host }: { port: number; host: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new PenumbraError(
          'INVALID_INPUT',
          error.code === 'EADDRINUSE'
            ? `Port ${port} is taken by another program; choose another one with --port, or --port 0 for any.`
            : `The server cannot listen on ${host}:${port} (${error.code ?? error.message}).`,
          { cause: error },
        ),
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
