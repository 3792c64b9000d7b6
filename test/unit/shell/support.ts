import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { os } from '@orpc/server';
import { PenumbraError } from '../../../src/contract/errors';
import { type HttpServer, startHttp } from '../../../src/main/shell/http';
import type { MediaSource } from '../../../src/main/shell/media';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Sent in pieces, without a Content-Length. */
  chunked?: boolean;
}

/** A raw request: unlike fetch it sends any Host, any path and nothing of its own. */
export function ask(
  port: number,
  path: string,
  { method, headers, body, chunked }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method: method ?? 'GET', headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      },
    );
    sent.on('error', reject);
    if (body && chunked) sent.write(body);
    sent.end(chunked ? undefined : body);
  });
}

const media: MediaSource = {
  thumbnail: (id) => item(id, `thumb ${id}`),
  image: (id, size) => item(id, `image ${id} ${size}`),
  map: (run, id) => ({
    ...item(id, `map ${run} ${id}`),
    headers: { 'x-map-width': '2', 'x-map-height': '3' },
  }),
};

function item(id: number, text: string) {
  if (id !== 7) throw new PenumbraError('IMAGE_UNKNOWN', `There is no image ${id} in this project.`);
  return {
    version: text.replaceAll(' ', '-'),
    load: async () => ({ type: 'image/webp', bytes: Buffer.from(text) }),
  };
}

/** A folder like the built window, with things around it that must never be served. */
export function windowFolder(): { folder: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'penumbra-window-'));
  const folder = join(root, 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Penumbra</title>');
  writeFileSync(join(folder, 'assets', 'index-1a2b.js'), 'export {};');
  writeFileSync(join(folder, '.secret.json'), '"hidden"');
  writeFileSync(join(root, 'secret.json'), '"outside"');
  symlinkSync(join(root, 'secret.json'), join(folder, 'link.json'));
  return { folder, remove: () => rmSync(root, { recursive: true }) };
}

export const router = { echo: os.handler(({ input }) => ({ input: input ?? null })) };

export interface Served {
  server: HttpServer;
  port: number;
  token: string;
  /** The session's cookie, as a browser would send it back. */
  cookie: string;
  origin: string;
  close(): Promise<void>;
}

export async function serveForTest(options: { host?: string } = {}): Promise<Served> {
  const { folder, remove } = windowFolder();
  const host = options.host ?? '127.0.0.1';
  const server = await startHttp({ router, media, rendererFolder: folder, port: 0, host });
  const { port, url } = server;
  const token = new URL(url).searchParams.get('token')!;
  const entered = await ask(port, `/?token=${token}`);
  const cookie = entered.headers['set-cookie']![0]!.split(';')[0]!;
  const close = async () => {
    await server.close();
    remove();
  };
  return { server, port, token, cookie, origin: `http://127.0.0.1:${port}`, close };
}
