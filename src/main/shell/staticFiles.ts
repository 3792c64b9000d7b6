/** @file The built window's files. */
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Vite names these by their content. */
const NEVER_CHANGES = /^\/assets\//;

/** A file of the folder, or null: unknown types, paths that leave the folder and links out of it are not served. */
export async function staticFile(folder: string, path: string): Promise<Response | null> {
  const name = path === '/' ? '/index.html' : path;
  const type = TYPES[extname(name)];
  if (!type || !/^(\/[\w-][\w.-]*)+$/.test(name)) return null;
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, name))]);
    if (!file.startsWith(root + sep)) return null;
    const cache = NEVER_CHANGES.test(name) ? 'private, max-age=31536000, immutable' : 'no-cache';
    return new Response(await readFile(file), { headers: { 'content-type': type, 'cache-control': cache } });
  } catch {
    return null;
  }
}
