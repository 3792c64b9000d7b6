/** @file What the program tells on its own accord, handed to whoever asked for it. */
import type { AppEvent } from '../../contract/types';
import { client } from '../rpc';

type Handler<T extends AppEvent['type']> = (event: Extract<AppEvent, { type: T }>) => void;

const handlers = new Map<AppEvent['type'], Set<Handler<AppEvent['type']>>>();

/** @returns takes the handler away again */
export function onEvent<T extends AppEvent['type']>(type: T, handler: Handler<T>): () => void {
  const set = handlers.get(type) ?? new Set();
  handlers.set(type, set);
  const general = handler as unknown as Handler<AppEvent['type']>;
  set.add(general);
  return () => set.delete(general);
}

const RETRY_MS = [250, 500, 1000, 2000];

/**
 * Listens for ever, and connects again when the line breaks.
 * @param onConnected called at every connection, since events in between were missed
 */
export async function listen(
  onConnected: () => Promise<void>,
  onLost: (error: unknown) => void,
): Promise<never> {
  for (let failures = 0; ; failures++) {
    try {
      const stream = await client.events.subscribe();
      await onConnected();
      failures = -1;
      for await (const event of stream) for (const handler of handlers.get(event.type) ?? []) handler(event);
      onLost(new TypeError('The stream of events ended.'));
    } catch (error) {
      onLost(error);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(Math.max(failures, 0), 3)]));
  }
}
