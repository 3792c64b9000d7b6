/** @file What a command says: sentences for people, or one JSON document. */
import { ORPCError } from '@orpc/server';
import { describeError, type ErrorCode } from '../../contract/errors';

export class Output {
  constructor(readonly json: boolean) {}

  /** The command's result: the document with --json, the lines without. Called once. */
  result(document: object, lines: string[]): void {
    process.stdout.write(this.json ? `${JSON.stringify(document, null, 2)}\n` : `${lines.join('\n')}\n`);
  }
}

/** The code and sentence of whatever a call through the contract threw. */
export function describeFailure(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof ORPCError && error.code === 'PENUMBRA') {
    const { code } = error.data as { code: ErrorCode };
    return { code, message: error.message };
  }
  return describeError(error);
}
