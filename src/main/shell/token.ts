/** @file Who may come in: a random token a start, handed over in the address once, then a cookie. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { RateLimit } from './rateLimit';

export interface Access {
  /** Goes into the address that is printed: `/?token=...`. */
  readonly token: string;
  readonly middleware: MiddlewareHandler;
}

/** 256 bits, safe in an address. */
const randomSecret = (): string => randomBytes(32).toString('base64url');

/** Compares in constant time, whatever the lengths. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * Lets in requests that carry the session's cookie or the token (`Authorization: Bearer`), and exchanges `?token=`
 * for the cookie. Wrong tokens are counted; too many of them close the exchange for a while, but not open sessions.
 * @param port cookies do not tell ports apart: the name has to
 */
export function createAccess(port: () => number, token: string = randomSecret()): Access {
  const session = randomSecret();
  const failures = new RateLimit(10, 60_000);
  const cookie = (): string => `penumbra-${port()}`;

  const middleware: MiddlewareHandler = async (c, next) => {
    const given = getCookie(c, cookie());
    const inAddress = c.req.query('token');
    const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const shown = inAddress ?? bearer;
    if (shown === undefined)
      return given !== undefined && sameSecret(given, session) ? next() : refuse(c, 401, UNKNOWN);
    if (failures.exhausted()) return refuse(c, 429, 'Too many wrong tokens; wait a minute and try again.');
    if (!sameSecret(shown, token)) {
      failures.count();
      return refuse(c, 401, UNKNOWN);
    }
    if (inAddress === undefined) return next();
    setCookie(c, cookie(), session, { httpOnly: true, sameSite: 'Strict', path: '/' });
    c.header('cache-control', 'no-store');
    return c.redirect(cleanAddress(c), 303);
  };
  return { token, middleware };
}

const UNKNOWN =
  'Open the address that Penumbra printed when it started: it carries the token that lets you in.';

/** The same path without the token, so that it stays out of the history and of what is copied from the address bar. */
function cleanAddress(c: Context): string {
  const url = new URL(c.req.url);
  url.searchParams.delete('token');
  // One leading slash: two would name another host.
  return `/${url.pathname.replace(/^\/+/, '')}${url.search}`;
}

export function refuse(c: Context, status: 401 | 403 | 413 | 429, message: string): Response {
  c.header('cache-control', 'no-store');
  if (status === 429) c.header('retry-after', '60');
  return c.json({ code: 'UNAUTHORISED', message }, status);
}
