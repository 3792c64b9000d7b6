/** @file The built program, served in a process group of its own, which may be killed at any moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ErrorCode } from '../../../src/contract/errors';

export interface CallFailed extends Error {
  code?: ErrorCode;
}

export class Served {
  /** @param directory its data directory lies in here */
  static async start(directory: string): Promise<Served> {
    const child = spawn(process.execPath, [resolve('bin/penumbra.js'), 'serve', '--port', '0', '--json'], {
      env: { ...process.env, PENUMBRA_DATA: join(directory, 'data') },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const url = await new Promise<string>((found, fail) => {
      let text = '';
      const read = (part: Buffer): void => {
        text += part;
        const match = /"url":\s*"([^"]+)"/.exec(text);
        if (match) found(match[1]!);
      };
      child.stdout!.on('data', read);
      child.stderr!.on('data', read);
      child.once('exit', (code) => fail(new Error(`The server ended with ${code}: ${text}`)));
    });
    return new Served(child, new URL(url));
  }

  readonly #gone: Promise<void>;

  private constructor(
    readonly child: ChildProcess,
    readonly url: URL,
  ) {
    this.#gone = new Promise((done) => child.once('exit', () => done()));
  }

  /** @throws CallFailed with the program's code; without one if the program has gone */
  async call<T>(path: string, input: unknown = {}): Promise<T> {
    const response = await fetch(`${this.url.origin}/rpc/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${this.url.searchParams.get('token')}`,
      },
      body: JSON.stringify({ json: input }),
    });
    const { json } = (await response.json()) as {
      json: T & { message?: string; data?: { code: ErrorCode } };
    };
    if (response.ok) return json;
    throw Object.assign(new Error(json.message), { code: json.data?.code });
  }

  /** Processes that the program has started: its worker, if there is one. */
  children(): number[] {
    const { pid } = this.child;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  }

  /** SIGKILL: to the program alone, or to all of its processes at the same time. Resolves when it is gone. */
  async kill(whom: 'program' | 'all'): Promise<void> {
    try {
      process.kill(whom === 'all' ? -this.child.pid! : this.child.pid!, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    await this.#gone;
  }
}

/** Starts the program, does something with it and kills it after so many milliseconds, wherever it is by then. */
export async function killedAfter(
  milliseconds: number,
  directory: string,
  whom: 'program' | 'all',
  work: (served: Served) => Promise<void>,
  prepare: (served: Served) => Promise<unknown> = async () => {},
): Promise<number[]> {
  const served = await Served.start(directory);
  await prepare(served);
  const working = work(served).catch((error: CallFailed) => {
    // A connection that broke is what was asked for; what the program refuses is not.
    if (error.code !== undefined || error.name === 'AssertionError') throw error;
  });
  await new Promise((done) => setTimeout(done, milliseconds));
  const children = served.children();
  await served.kill(whom);
  await working;
  return children;
}
