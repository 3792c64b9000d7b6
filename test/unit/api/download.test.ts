import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CATALOGUE, inCatalogue } from '../../../src/contract/catalogue';
import { fetchEntry } from '../../../src/main/api/download';

const content = Buffer.from('the weights of a network '.repeat(1000));
const entry = {
  ...{ name: 'net', title: 'A network', licence: 'MIT', bytes: content.length },
  sha256: createHash('sha256').update(content).digest('hex'),
};

let server: Server;
let url: string;
let answer: (response: ServerResponse) => void;
let asked = 0;
let folder: string;
beforeAll(async () => {
  server = createServer((_, response) => {
    asked++;
    answer(response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/net`;
});
afterAll(() => server.close());
beforeEach(() => {
  asked = 0;
  folder = mkdtempSync(join(tmpdir(), 'penumbra-download-'));
  return () => rmSync(folder, { recursive: true });
});

const failure = (why: RegExp) => ({
  code: 'DOWNLOAD_FAILED',
  message: expect.stringMatching(new RegExp(`${why.source}.*${entry.sha256}.*--encoder FILE`)),
});

test('comes once, whole, and is found again', async () => {
  answer = (response) => response.end(content);
  const file = await fetchEntry({ ...entry, url }, folder);
  expect(readFileSync(file)).toEqual(content);
  expect(await fetchEntry({ ...entry, url }, folder)).toBe(file);
  expect(asked).toBe(1);
});

test('one that was changed on the disk is fetched again', async () => {
  answer = (response) => response.end(content);
  const file = await fetchEntry({ ...entry, url }, folder);
  writeFileSync(file, 'other');
  await fetchEntry({ ...entry, url }, folder);
  expect(readFileSync(file)).toEqual(content);
});

test.each<[string, (response: ServerResponse) => void, RegExp]>([
  ['another checksum', (response) => response.end(Buffer.alloc(content.length)), /SHA-256/],
  ['more than there should be', (response) => response.end(Buffer.concat([content, content])), /longer/],
  ['less than there should be', (response) => response.end(content.subarray(9)), /ends after/],
  ['an error', (response) => response.writeHead(404).end(), /answers 404/],
  [
    'a connection that is cut',
    (response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 99), () => response.destroy());
    },
    /downloaded \(.+\)/,
  ],
  ['silence', () => {}, /nothing came/],
])('%s leaves no file, and says how to get it by hand', async (_what, how, why) => {
  answer = how;
  await expect(fetchEntry({ ...entry, url }, folder, { silenceMs: 500 })).rejects.toMatchObject(failure(why));
  expect(readdirSync(folder)).toEqual([]);
});

test('without a network too', async () => {
  const nowhere = { ...entry, url: 'http://127.0.0.1:9/net' };
  await expect(fetchEntry(nowhere, folder)).rejects.toMatchObject(failure(/downloaded \(.+\)/));
});

test('stops on request', async () => {
  const stop = new AbortController();
  answer = () => stop.abort();
  await expect(fetchEntry({ ...entry, url }, folder, { signal: stop.signal })).rejects.toMatchObject({
    code: 'STOPPED',
  });
});

test('the catalogue names files at a fixed revision with a whole checksum', () => {
  expect(inCatalogue('catalogue:resnet18')).toBe(CATALOGUE[0]);
  expect(inCatalogue('resnet18')).toBeNull();
  for (const { url: place, sha256 } of CATALOGUE) {
    expect(place).toMatch(/^https:\/\/.*\/[0-9a-f]{40}\//);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});
