/** @file The window's line to the program: the contract over HTTP in a browser, over a message port on the desktop. */
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../contract';
import { type DesktopBridge, PORT_MESSAGE } from '../contract/desktop';
import type { ErrorCode } from '../contract/errors';

declare global {
  interface Window {
    /** Given by the desktop's preload script; absent in a browser. */
    penumbra?: DesktopBridge;
  }
}

/** `UNREACHABLE` is the window's own: the program itself cannot say that it is gone. */
export interface Fault {
  code: ErrorCode | 'UNREACHABLE';
  message: string;
}

export const desktop = window.penumbra ?? null;

export const client: ContractRouterClient<Contract> = createORPCClient(
  desktop
    ? new PortLink({ port: await openPort(desktop) })
    : new RPCLink({ url: `${window.location.origin}/rpc` }),
);

function openPort(bridge: DesktopBridge): Promise<MessagePort> {
  return new Promise((resolve) => {
    window.addEventListener('message', function receive(event) {
      const [port] = event.ports;
      if (event.source !== window || event.data !== PORT_MESSAGE || !port) return;
      window.removeEventListener('message', receive);
      port.start();
      resolve(port);
    });
    bridge.connect();
  });
}

/** The sentence and the code of anything a call throws. */
export function explain(error: unknown): Fault {
  if (error instanceof ORPCError) {
    const code = (error.data as { code?: ErrorCode } | undefined)?.code;
    if (code) return { code, message: error.message };
    if (error.status === 401)
      return {
        code: 'UNAUTHORISED',
        message: 'Penumbra was started anew; open the address it printed, which carries the token.',
      };
    return { code: 'INTERNAL', message: error.message };
  }
  if (error instanceof TypeError)
    return {
      code: 'UNREACHABLE',
      message: 'Penumbra does not answer. Nothing is lost; start it again and this window goes on.',
    };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}

export const mediaUrl = {
  thumbnail: (imageId: number): string => `/media/thumb/${imageId}`,
  image: (imageId: number, size?: number): string => `/media/image/${imageId}${size ? `?size=${size}` : ''}`,
  map: (runId: number, imageId: number): string => `/media/map/${runId}/${imageId}`,
};
