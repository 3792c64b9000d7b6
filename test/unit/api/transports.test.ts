import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Contract } from '../../../src/contract';
import { mediaSource } from '../../../src/main/api/media';
import { createRouter } from '../../../src/main/api/router';
import { startHttp } from '../../../src/main/shell/http';
import { eventsUntil, type Opened, openProgram, scanEnded } from './support';

interface Transport {
  client: ContractRouterClient<Contract>;
  close(): void | Promise<void>;
}

async function overHttp({ workspace }: Opened): Promise<Transport> {
  const server = await startHttp({
    ...{ router: createRouter(workspace), media: mediaSource(workspace), rendererFolder: '/nowhere' },
    ...{ port: 0, host: '127.0.0.1' },
  });
  const { origin, searchParams } = new URL(server.url);
  const headers = { authorization: `Bearer ${searchParams.get('token')}` };
  return { client: createORPCClient(new FetchLink({ url: `${origin}/rpc`, headers })), close: server.close };
}

/** Node's message ports behave like those between Electron's processes. */
async function overPort({ workspace }: Opened): Promise<Transport> {
  const { port1, port2 } = new MessageChannel();
  new RPCHandler(createRouter(workspace)).upgrade(port1);
  port1.start();
  port2.start();
  return { client: createORPCClient(new PortLink({ port: port2 })), close: () => port2.close() };
}

describe.each([
  ['HTTP', overHttp],
  ['a message port', overPort],
])('over %s', (_, connect) => {
  let program: Opened;
  let transport: Transport;
  beforeEach(async () => {
    program = await openProgram();
    transport = await connect(program);
  });
  afterEach(async () => {
    await transport.close();
    await program.close();
  });

  it('calls answer, and errors keep code and sentence', async () => {
    const { client } = transport;
    expect(await client.project.current()).toBeNull();
    await expect(client.library.list({})).rejects.toMatchObject({
      ...{ code: 'PENUMBRA', defined: true, data: { code: 'PROJECT_NOT_OPEN' } },
      message: expect.stringContaining('open an image folder'),
    });
    await expect(client.library.list({ limit: 0 })).rejects.toMatchObject({
      data: { code: 'INVALID_INPUT' },
    });
  });

  it('events arrive in order while calls go on', async () => {
    const { client } = transport;
    const events = await client.events.subscribe();
    await client.project.openFolder({ folder: program.images });
    const seen = await eventsUntil(events, scanEnded);
    expect(seen[0]).toMatchObject({ type: 'project' });
    expect((await client.library.list({})).total).toBe(3);
  });

  it('a listener that goes away is forgotten', async () => {
    const abort = new AbortController();
    await transport.client.events.subscribe({}, { signal: abort.signal });
    await vi.waitFor(() => expect(program.workspace.subscribers).toBe(1));
    abort.abort();
    await vi.waitFor(() => expect(program.workspace.subscribers).toBe(0));
  });

  it('a window that closes is forgotten', async () => {
    await transport.client.events.subscribe();
    await vi.waitFor(() => expect(program.workspace.subscribers).toBe(1));
    await transport.close();
    await vi.waitFor(() => expect(program.workspace.subscribers).toBe(0));
  });
});
