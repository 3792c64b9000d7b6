/** @file The worker's line to main: the same under child_process.fork and Electron's utilityProcess. */
import type { FromWorker, ToWorker } from './protocol';

export interface ParentPort {
  send(message: FromWorker): void;
  /** Resolves when all that was sent has left this process. */
  drained(): Promise<void>;
  onMessage(listener: (message: ToWorker) => void): void;
  /** Called when main has gone away. */
  onClose(listener: () => void): void;
}

/** The part of Electron's `process.parentPort` used here; plain Node has none. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/** @throws if this process was started by neither */
export function connectToParent(): ParentPort {
  const utility = (process as unknown as { parentPort?: UtilityPort }).parentPort;
  if (utility)
    return {
      send: (message) => utility.postMessage(message),
      // Chromium takes a message over at once, and writes it on a thread of its own.
      drained: async () => {},
      onMessage: (listener) => utility.on('message', ({ data }) => listener(data as ToWorker)),
      // Chromium ends a utility process itself when the process that started it is gone.
      onClose: () => {},
    };
  if (!process.send)
    throw new Error('The training worker is started by the program and cannot run on its own.');
  let leaving = 0;
  let waiting: (() => void)[] = [];
  // The error of a message that finds its reader gone is the same news as the disconnection that follows it.
  const left = () => {
    if (--leaving > 0) return;
    for (const go of waiting) go();
    waiting = [];
  };
  return {
    send: (message) => {
      leaving++;
      process.send!(message, undefined, undefined, left);
    },
    drained: () => (leaving === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    onMessage: (listener) => void process.on('message', (message) => listener(message as ToWorker)),
    onClose: (listener) => void process.on('disconnect', listener),
  };
}
