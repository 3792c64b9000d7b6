/** @file Where the served window is found. */
import { isIP } from 'node:net';

export const DEFAULT_PORT = 7333;
export const LOOPBACK = '127.0.0.1';

const LOOPBACK_NAMES = [LOOPBACK, 'localhost', '[::1]'];

/**
 * Whether a Host header names this server.
 * @param host what the server listens on: loopback, one address, or all of them (0.0.0.0, ::)
 */
export function isOurHost(given: string, host: string, port: number): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d+))?$/i.exec(given.toLowerCase());
  if (!match || Number(match[2] ?? 80) !== port) return false;
  const name = match[1]!;
  if (LOOPBACK_NAMES.includes(name)) return true;
  const address = name.replace(/^\[|\]$/g, '');
  const everywhere = host === '0.0.0.0' || host === '::';
  return everywhere ? isIP(address) !== 0 : address === host.toLowerCase();
}
