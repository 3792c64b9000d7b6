/** @file From plain functions to the contract's procedures. */
import type { ContractProcedure, InferSchemaInput, InferSchemaOutput } from '@orpc/contract';
import type { Router } from '@orpc/server';
import type { Contract } from '../../contract';

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

/** Every area of the contract. */
export type Areas = { [Name in keyof Contract]: Area<Contract[Name]> };

interface Implementer {
  handler(handle: (call: { input: unknown; signal?: AbortSignal }) => unknown): unknown;
}

/**
 * Binds the functions to the contract's implementer. `Areas` has proved that they fit; that proof cannot be carried
 * through a loop over names, hence the one conversion here.
 * @param implementer `implement(contract)`
 */
export function bindAreas(implementer: object, areas: Areas): Router<Contract, Record<never, never>> {
  const of = implementer as Record<string, Record<string, Implementer>>;
  const bind = (name: string, area: object) =>
    Object.entries(area).map(([call, handle]) => [
      call,
      of[name]![call]!.handler(({ input, signal }) => handle(input, { signal })),
    ]);
  const bound = Object.entries(areas).map(([name, area]) => [name, Object.fromEntries(bind(name, area))]);
  return Object.fromEntries(bound) as Router<Contract, Record<never, never>>;
}
