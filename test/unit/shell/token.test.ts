/** How secrets are compared: always over the same number of bytes, by a function that takes as long for every difference. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ask, type Served, serveForTest } from './support';

const compared: [number, number][] = [];
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  const timingSafeEqual: typeof crypto.timingSafeEqual = (a, b) => {
    compared.push([a.byteLength, b.byteLength]);
    return crypto.timingSafeEqual(a, b);
  };
  return { ...crypto, timingSafeEqual, default: { ...crypto, timingSafeEqual } };
});

let served: Served;
beforeEach(async () => {
  served = await serveForTest();
  compared.length = 0;
});
afterEach(() => served.close());

it.each([
  ['an address', () => ({ path: '/?token=' })],
  ['a header', () => ({ path: '/', name: 'authorization', before: 'Bearer ' })],
  ['a cookie', () => ({ path: '/', name: 'cookie', before: `${served.cookie.split('=')[0]}=` })],
])('a secret in %s is compared by its digest, whatever its length', async (_, place) => {
  const { path, name, before } = place() as { path: string; name?: string; before?: string };
  const guesses = ['x', served.token.slice(0, -1), `${served.token}x`, 'x'.repeat(5000)];
  for (const guess of guesses) {
    const asked = name
      ? ask(served.port, path, { headers: { [name]: `${before}${guess}` } })
      : ask(served.port, path + guess);
    expect((await asked).status).toBe(401);
  }
  // SHA-256.
  expect(compared).toEqual(guesses.map(() => [32, 32]));
});
