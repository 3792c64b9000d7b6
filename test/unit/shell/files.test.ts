import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOurHost } from '../../../src/main/shell/address';
import { RateLimit } from '../../../src/main/shell/rateLimit';
import { sameSecret } from '../../../src/main/shell/token';
import { ask, type Served, serveForTest } from './support';

let served: Served;
beforeAll(async () => {
  served = await serveForTest();
});
afterAll(() => served.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  ask(served.port, path, { headers: { cookie: served.cookie, ...headers } });

describe('the window files', () => {
  it('have their types; only names made from the content may be kept', async () => {
    const page = await get('/');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['cache-control']).toBe('no-cache');
    const script = await get('/assets/index-1a2b.js');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.headers['cache-control']).toContain('immutable');
  });

  it.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/..%5c..%5csecret.json',
    '/link.json',
    '/.secret.json',
    '/index.html%00.json',
    '//secret.json',
    '/assets',
    '/etc/passwd',
  ])('end at their folder: %s', async (path) => {
    const { status, text } = await get(path);
    expect(status).toBe(404);
    expect(text).not.toMatch(/outside|hidden|root:/);
  });
});

describe('pictures and maps', () => {
  it('come by number, with what a map needs to be read', async () => {
    expect((await get('/media/thumb/7')).text).toBe('thumb 7');
    expect((await get('/media/image/7')).text).toBe('image 7 null');
    expect((await get('/media/image/7?size=512')).text).toBe('image 7 512');
    const map = await get('/media/map/3/7');
    expect(map.text).toBe('map 3 7');
    expect(map.headers).toMatchObject({ 'x-map-width': '2', 'x-map-height': '3' });
  });

  it.each(['abc', '-1', '1e3', '7.0', '7/..', '..%2f7', '%37%2f..%2f..', '0x7', '7%00'])(
    'come by nothing else: %s',
    async (id) => {
      const { status, text } = await get(`/media/thumb/${id}`);
      expect(status).toBe(404);
      expect(text).not.toContain('thumb 7');
    },
  );

  it('say in words that an id is unknown', async () => {
    const { status, text } = await get('/media/image/8');
    expect(status).toBe(404);
    expect(JSON.parse(text)).toEqual({
      code: 'IMAGE_UNKNOWN',
      message: 'There is no image 8 in this project.',
    });
  });

  it.each(['x', '-5', '0', 'NaN', '', '1e999'])('ignore a size that is none: %s', async (size) => {
    expect((await get(`/media/image/7?size=${size}`)).text).toBe('image 7 null');
  });

  it('are kept by the browser as long as they are the same', async () => {
    const { headers } = await get('/media/thumb/7');
    expect(headers['cache-control']).toBe('private, no-cache');
    const again = await get('/media/thumb/7', { 'if-none-match': headers.etag! });
    expect(again.status).toBe(304);
    expect(again.text).toBe('');
    expect((await get('/media/thumb/7', { 'if-none-match': '"other"' })).status).toBe(200);
  });
});

describe('our address', () => {
  it.each([
    ['192.168.0.2:7333', '192.168.0.2', true],
    ['192.168.0.3:7333', '192.168.0.2', false],
    ['192.168.0.3:7333', '0.0.0.0', true],
    ['[fe80::1]:7333', '::', true],
    ['machine.example:7333', '0.0.0.0', false],
    ['localhost:7333', '0.0.0.0', true],
    ['localhost', '127.0.0.1', false],
    ['localhost:7333:1', '127.0.0.1', false],
    ['user@localhost:7333', '127.0.0.1', false],
  ])('%s while listening on %s: %s', (given, host, ours) => {
    expect(isOurHost(given, host, 7333)).toBe(ours);
  });
});

describe('secrets', () => {
  it('are compared whole, whatever their lengths', () => {
    expect(sameSecret('abc', 'abc')).toBe(true);
    for (const wrong of ['', 'ab', 'abd', 'abcd']) expect(sameSecret(wrong, 'abc')).toBe(false);
  });

  it('may be tried so often within a window', () => {
    let now = 0;
    const limit = new RateLimit(2, 100, () => now);
    limit.count();
    expect(limit.exhausted()).toBe(false);
    limit.count();
    expect(limit.exhausted()).toBe(true);
    now = 101;
    expect(limit.exhausted()).toBe(false);
  });
});
