/** @file From plain functions to the contract's procedures. */
import type { ContractProcedure, InferSchemaInput, InferSchemaOutput } from '@orpc/contract';

/** One function a call: validated input in, output out. `signal` is aborted when the caller goes away. */
export type Area<Contract> = {
  [Call in keyof Contract]: Contract[Call] extends ContractProcedure<
    infer Input,
    infer Output,
    infer _E,
    infer _M
  >
    ? (
        input: InferSchemaOutput<Input>,
        options: { signal?: AbortSignal },
      ) => InferSchemaInput<Output> | Promise<InferSchemaInput<Output>>
    : never;
};

interface Implementer {
  handler(handle: (call: { input: unknown; signal?: AbortSignal }) => unknown): unknown;
}

/**
 * Binds an area's functions to its part of the implementer.
 * @param implementer `implement(contract).<area>`
 */
export function bindArea<Implementers extends object>(implementer: Implementers, area: object) {
  const procedures = Object.entries(area).map(([name, call]) => {
    const of = (implementer as Record<string, Implementer>)[name]!;
    return [name, of.handler(({ input, signal }) => call(input, { signal }))];
  });
  return Object.fromEntries(procedures);
}
