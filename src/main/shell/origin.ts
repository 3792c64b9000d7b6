/** @file Which addresses are ours: against pages of other sites that point at us (DNS rebinding, forged requests). */
import type { MiddlewareHandler } from 'hono';
import { isOurHost } from './address';
import { refuse } from './token';

/**
 * Checks the Host header of every request, and the Origin of those that a page could forge. A page of another site can
 * make a browser send requests here under its own name, but not under a loopback name or a bare address of ours.
 * @param host what the server listens on: loopback, one address, or all of them (0.0.0.0, ::)
 */
export function onlyOurOrigin(host: string, port: () => number): MiddlewareHandler {
  return async (c, next) => {
    const name = c.req.header('host') ?? '';
    if (!isOurHost(name, host, port()))
      return refuse(
        c,
        403,
        `This server answers under 127.0.0.1:${port()} and localhost:${port()} only; forward the same port number if you use a tunnel.`,
      );
    const origin = c.req.header('origin');
    if (origin !== undefined && origin !== `http://${name}`)
      return refuse(c, 403, 'Requests from pages of another origin are refused.');
    // What pages of another origin (of another port, too) embed or fetch comes without an Origin and may carry the cookie.
    const site = c.req.header('sec-fetch-site');
    const elsewhere = site === 'cross-site' || site === 'same-site';
    if (elsewhere && c.req.header('sec-fetch-mode') !== 'navigate')
      return refuse(c, 403, 'Requests from pages of another origin are refused.');
    const safe = c.req.method === 'GET' || c.req.method === 'HEAD';
    const bearer = c.req.header('authorization') !== undefined;
    // Browsers name the origin of every request that is not a plain GET; programs show the token instead.
    if (!safe && origin === undefined && !bearer)
      return refuse(c, 403, 'The request does not say which page it comes from.');
    return next();
  };
}
