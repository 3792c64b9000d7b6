import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveCommand } from '../../../src/main/commands/serve';
import { ask, type Served, serveForTest } from './support';

let served: Served;
beforeEach(async () => {
  served = await serveForTest();
});
afterEach(() => served.close());

const call = (body = '{"json":1}') => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/json' },
});
const bearer = () => ({ authorization: `Bearer ${served.token}` });

describe('the token', () => {
  it('is 256 random bits, exchanged for a cookie that scripts and other sites cannot use', async () => {
    expect(Buffer.from(served.token, 'base64url')).toHaveLength(32);
    const answer = await ask(served.port, `/?token=${served.token}`);
    expect(answer.status).toBe(303);
    expect(answer.headers['cache-control']).toBe('no-store');
    const [cookie] = answer.headers['set-cookie']!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).not.toContain(served.token);
  });

  it('leaves the address and keeps the rest of it', async () => {
    const { headers } = await ask(served.port, `/?a=1&token=${served.token}&b=2`);
    expect(headers.location).toBe('/?a=1&b=2');
  });

  it('never redirects to another host', async () => {
    const { headers } = await ask(served.port, `//evil.example/?token=${served.token}`);
    expect(headers.location).toBe('/evil.example/');
  });

  it('differs from start to start', async () => {
    const other = await serveForTest();
    expect(other.token).not.toBe(served.token);
    // The cookie of one start opens no other.
    const { status } = await ask(other.port, '/', { headers: { cookie: served.cookie } });
    expect(status).toBe(401);
    await other.close();
  });

  it.each([
    ['nothing', {}],
    ['a wrong cookie', { cookie: 'penumbra-1=x' }],
    ['a wrong token', { authorization: 'Bearer wrong' }],
    ['an empty token', { authorization: 'Bearer ' }],
  ])('keeps out who shows %s', async (_, headers) => {
    for (const path of ['/', '/rpc/echo', '/media/thumb/7', '/assets/index-1a2b.js']) {
      const { status, text } = await ask(served.port, path, { headers: headers as Record<string, string> });
      expect(status).toBe(401);
      expect(JSON.parse(text).code).toBe('UNAUTHORISED');
    }
  });

  it('lets in a browser by cookie and a program by header', async () => {
    expect((await ask(served.port, '/', { headers: { cookie: served.cookie } })).text).toContain('Penumbra');
    const answer = await ask(served.port, '/rpc/echo', { ...call(), headers: bearer() });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('can be guessed ten times a minute, while open sessions go on', async () => {
    for (let i = 0; i < 10; i++) expect((await ask(served.port, `/?token=guess${i}`)).status).toBe(401);
    const limited = await ask(served.port, `/?token=${served.token}`);
    expect(limited.status).toBe(429);
    expect(limited.headers['retry-after']).toBe('60');
    expect((await ask(served.port, '/rpc/echo', { ...call(), headers: bearer() })).status).toBe(429);
    expect((await ask(served.port, '/', { headers: { cookie: served.cookie } })).status).toBe(200);
  });

  it('is not given up by the tabs of an earlier start, which ask again and again', async () => {
    for (let i = 0; i < 30; i++)
      await ask(served.port, '/', { headers: { cookie: `penumbra-${served.port}=old` } });
    expect((await ask(served.port, `/?token=${served.token}`)).status).toBe(303);
  });
});

describe('the Host header', () => {
  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', '[::2]', ''])(
    'refuses %s, so that a rebound name reaches nothing',
    async (name) => {
      const { status } = await ask(served.port, '/', {
        headers: { host: `${name}:${served.port}`, ...bearer() },
      });
      expect([400, 403]).toContain(status);
    },
  );

  it('is not replaced by what a proxy would say', async () => {
    const headers = { host: `evil.example:${served.port}`, ...bearer() };
    for (const name of ['x-forwarded-host', 'x-host', 'forwarded']) {
      const asked = { headers: { ...headers, [name]: `localhost:${served.port}` } };
      expect((await ask(served.port, '/', asked)).status).toBe(403);
    }
  });

  it('refuses another port', async () => {
    const { status } = await ask(served.port, '/', { headers: { host: 'localhost:1', ...bearer() } });
    expect(status).toBe(403);
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST'])('accepts %s', async (name) => {
    const { status } = await ask(served.port, '/', {
      headers: { host: `${name}:${served.port}`, ...bearer() },
    });
    expect(status).toBe(200);
  });
});

describe('the Origin header', () => {
  it.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1', 'http://localhost'])(
    'refuses %s even with the cookie',
    async (origin) => {
      const headers = { cookie: served.cookie, origin };
      for (const asked of [{ ...call(), headers }, { headers }])
        expect((await ask(served.port, '/rpc/echo', asked)).status).toBe(403);
    },
  );

  it('is needed for what changes things, unless the token is shown', async () => {
    const headers = { cookie: served.cookie };
    expect((await ask(served.port, '/rpc/echo', { ...call(), headers })).status).toBe(403);
    const ours = { ...headers, origin: served.origin, 'content-type': 'application/json' };
    expect((await ask(served.port, '/rpc/echo', { ...call(), headers: ours })).status).toBe(200);
  });

  it('does not help a form of another site: calls by GET are refused', async () => {
    const { status } = await ask(served.port, '/rpc/echo', { headers: { cookie: served.cookie } });
    expect(status).toBe(405);
  });
});

describe('what a page of another origin embeds', () => {
  const from = (site: string, mode: string) => ({ 'sec-fetch-site': site, 'sec-fetch-mode': mode });

  it.each(['cross-site', 'same-site'])('is refused, with the cookie or the token (%s)', async (site) => {
    for (const path of ['/media/thumb/7', '/rpc/echo', `/?token=${served.token}`]) {
      const headers = { cookie: served.cookie, ...from(site, 'no-cors') };
      expect((await ask(served.port, path, { headers })).status).toBe(403);
    }
  });

  it('cannot use up the guesses of the token', async () => {
    for (let i = 0; i < 30; i++)
      await ask(served.port, '/?token=wrong', { headers: from('cross-site', 'no-cors') });
    expect((await ask(served.port, `/?token=${served.token}`)).status).toBe(303);
  });

  it('is not a link that a person follows, nor the window itself', async () => {
    const link = await ask(served.port, `/?token=${served.token}`, {
      headers: from('cross-site', 'navigate'),
    });
    expect(link.status).toBe(303);
    const headers = { cookie: served.cookie, ...from('same-origin', 'no-cors') };
    expect((await ask(served.port, '/media/thumb/7', { headers })).status).toBe(200);
  });
});

describe('a WebSocket', () => {
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };

  it.each([
    ['from a page of another site', 403, () => ({ cookie: served.cookie, origin: 'http://evil.example' })],
    ['without the cookie', 401, () => ({})],
    ['under another host', 403, () => ({ cookie: served.cookie, host: 'evil.example' })],
  ])('%s is refused', async (_, expected, headers) => {
    const asked = { headers: { ...upgrade, ...(headers() as Record<string, string>) } };
    expect((await ask(served.port, '/rpc/events/subscribe', asked)).status).toBe(expected);
  });
});

describe('the size of a call', () => {
  const large = `{"json":"${'x'.repeat(8_100_000)}"}`;

  it.each([false, true])('is limited (sent in pieces: %s)', async (chunked) => {
    const asked = { ...call(large), chunked, headers: bearer() };
    // The server may hang up before everything has been sent.
    const status = await ask(served.port, '/rpc/echo', asked).then(
      (answer) => answer.status,
      (error) => error.code,
    );
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(status);
    expect((await ask(served.port, '/rpc/echo', { ...call(), headers: bearer() })).status).toBe(200);
  });
});

describe('a head of a request', () => {
  it('is limited too', async () => {
    const long = await ask(served.port, '/', { headers: { ...bearer(), 'x-long': 'x'.repeat(40_000) } }).then(
      ({ status }) => status,
      (error) => error.code,
    );
    expect([431, 'ECONNRESET', 'EPIPE']).toContain(long);
  });
});

describe('the address it listens on', () => {
  it('is loopback unless told otherwise', async () => {
    expect(serveCommand().opts().host).toBe('127.0.0.1');
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal);
    for (const { address } of others) {
      const answer = await new Promise((resolve) => {
        const socket = connect(served.port, address);
        socket.once('connect', () => resolve('connected')).once('error', (error) => resolve(error.message));
        socket.once('close', () => socket.destroy());
      });
      expect(answer).toMatch(/ECONNREFUSED/);
    }
  });
});

describe('every answer', () => {
  it.each(['/', '/nothing', '/media/thumb/7', '/media/thumb/8', '/rpc/echo', '/?token=wrong'])(
    'to %s carries the security headers',
    async (path) => {
      for (const headers of [{}, { cookie: served.cookie }, { host: 'evil.example' }]) {
        const answer = await ask(served.port, path, { headers: headers as Record<string, string> });
        const policy = String(answer.headers['content-security-policy']);
        expect(policy).toContain("default-src 'none'");
        expect(policy).toContain("script-src 'self'");
        expect(policy).toContain("frame-ancestors 'none'");
        expect(policy).not.toMatch(/unsafe|http:|https:|\*/);
        expect(answer.headers['x-content-type-options']).toBe('nosniff');
        expect(answer.headers['referrer-policy']).toBe('no-referrer');
        expect(answer.headers['cross-origin-opener-policy']).toBe('same-origin');
        expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
        expect(JSON.stringify(answer)).not.toContain(served.token);
      }
    },
  );
});

describe('a taken port', () => {
  it('is reported in a sentence', async () => {
    const { startHttp } = await import('../../../src/main/shell/http');
    const options = { router: {}, media: {} as never, rendererFolder: '/', host: '127.0.0.1' };
    await expect(startHttp({ ...options, port: served.port })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('--port'),
    });
  });
});
