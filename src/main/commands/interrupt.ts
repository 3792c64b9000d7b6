/**
 * Calls `stop` at Ctrl+C or when the system asks the program to end; a second time, the program ends at once.
 * @returns stops listening
 */
export function onInterrupt(stop: () => void): () => void {
  let asked = false;
  const listener = (): void => {
    if (asked) process.exit(1);
    asked = true;
    stop();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
