/** An error of the backend, in one sentence that names the kernel and the shapes that caused it. */
export class OnnxEngineError extends Error {
  override readonly name = 'OnnxEngineError';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
