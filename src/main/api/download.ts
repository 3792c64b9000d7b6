/** @file Files of the catalogue: downloaded once, and kept only if they are the right ones. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueEntry } from '../../contract/catalogue';
import { PenumbraError } from '../../contract/errors';
import { writeFileAtomic } from '../files/write';

/** Without a word from the other side for so long, it is given up. */
const SILENCE_MS = 30_000;

/**
 * The entry's file in the folder; what is there already is checked, and downloaded again if it is another.
 * @throws DOWNLOAD_FAILED saying how to get it by hand; NOT_WRITABLE, DISK_FULL, STOPPED
 */
export async function fetchEntry(
  entry: CatalogueEntry,
  folder: string,
  { signal, silenceMs = SILENCE_MS }: { signal?: AbortSignal; silenceMs?: number } = {},
): Promise<string> {
  const file = join(folder, `${entry.name}.safetensors`);
  const known = await readFile(file).catch(() => null);
  if (known && sha256(known) === entry.sha256) return file;
  const content = await download(entry, signal, silenceMs);
  const found = sha256(content);
  if (found !== entry.sha256) throw failed(entry, `what came has the SHA-256 ${found.slice(0, 12)}...`);
  await writeFileAtomic(file, content);
  return file;
}

async function download(
  entry: CatalogueEntry,
  stop: AbortSignal | undefined,
  silenceMs: number,
): Promise<Buffer> {
  const silence = new AbortController();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let timer: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(new Error(`nothing came for ${silenceMs / 1000} s`)), silenceMs);
  };
  try {
    heard();
    const signals = stop ? [silence.signal, stop] : [silence.signal];
    const response = await fetch(entry.url, { signal: AbortSignal.any(signals) });
    if (!response.ok || !response.body) throw new Error(`the server answers ${response.status}`);
    for await (const chunk of response.body) {
      heard();
      length += chunk.length;
      if (length > entry.bytes) throw new Error('it is longer than it should be');
      chunks.push(chunk);
    }
    if (length < entry.bytes) throw new Error(`it ends after ${length} of ${entry.bytes} bytes`);
    return Buffer.concat(chunks);
  } catch (error) {
    if (stop?.aborted) throw new PenumbraError('STOPPED', 'The download was stopped on request.');
    throw failed(entry, reasonOf(silence.signal.aborted ? silence.signal.reason : error), error);
  } finally {
    clearTimeout(timer);
  }
}

/** What lies behind fetch's "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

function failed({ title, url, sha256: sum }: CatalogueEntry, why: string, cause?: unknown): PenumbraError {
  return new PenumbraError(
    'DOWNLOAD_FAILED',
    `${title} could not be downloaded (${why}); download ${url} by hand (SHA-256 ${sum}) and import that file, on the command line with --encoder FILE.`,
    { cause },
  );
}

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
