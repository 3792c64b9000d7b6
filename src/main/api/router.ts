/** @file The contract, implemented. Whoever carries it (a port, HTTP, the same process) gets this router. */
import { implement, ORPCError, type Router } from '@orpc/server';
import { type Contract, contract } from '../../contract';
import { describeError, type ErrorCode, PenumbraError } from '../../contract/errors';
import { annotationsApi } from './annotations';
import { bindAreas } from './area';
import { deviceApi } from './device';
import { encodersApi } from './encoders';
import { eventsApi } from './events';
import { explainApi } from './explain';
import { exportsApi } from './exports';
import { labApi } from './lab';
import { libraryApi } from './library';
import { mapsApi } from './maps';
import { projectApi } from './project';
import { reportsApi } from './reports';
import { scoresApi } from './scores';
import { settingsApi } from './settings';
import { trainingApi } from './training';
import type { ProjectWorkspace } from './workspace';

export function createRouter(workspace: ProjectWorkspace): Router<Contract, Record<never, never>> {
  const os = implement(contract).use(async ({ next, path }) => {
    try {
      return await next();
    } catch (error) {
      throw asContractError(error, (fault) => workspace.log(path.join('.'), fault));
    }
  });
  return bindAreas(os, {
    project: projectApi(workspace),
    library: libraryApi(workspace),
    encoders: encodersApi(workspace),
    training: trainingApi(workspace),
    maps: mapsApi(workspace),
    exports: exportsApi(workspace),
    annotations: annotationsApi(workspace),
    scores: scoresApi(workspace),
    reports: reportsApi(workspace),
    explain: explainApi(workspace),
    lab: labApi(workspace),
    device: deviceApi(workspace),
    settings: settingsApi(workspace),
    events: eventsApi(workspace),
  });
}

/** Any error as the contract's: a sentence and a stable code; what nobody foresaw is logged with its stack. */
function asContractError(
  error: unknown,
  log: (fault: unknown) => void,
): ORPCError<'PENUMBRA', { code: ErrorCode }> {
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST')
    return penumbra('INVALID_INPUT', describeIssues((error.data as { issues: Issue[] }).issues), error);
  if (error instanceof PenumbraError) return penumbra(error.code, error.message, error);
  if (error instanceof Error && error.name === 'AbortError')
    return penumbra('STOPPED', 'The work was stopped on request.', error);
  log(error);
  const { message } = describeError(error);
  return penumbra('INTERNAL', `Something unexpected went wrong: ${message}. Details are in the log.`, error);
}

function penumbra(code: ErrorCode, message: string, cause: unknown) {
  return new ORPCError('PENUMBRA', { status: 422, message, data: { code }, cause, defined: true });
}

interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[];
}

/** "size: Too small: expected number to be >=32." */
function describeIssues(issues: readonly Issue[]): string {
  const [first] = issues;
  if (!first) return 'The input is not valid.';
  const path = (first.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  const where = path.length > 0 ? `${path.join('.')}: ` : '';
  return `${where}${first.message.replace(/\.$/, '')}.`;
}
