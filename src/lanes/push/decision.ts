import { ConnectorError, type Decision } from '../../../connectors/kit/types.ts';
import { readable } from '../readable.ts';

/** Reads an error of a write as a decision. One that is not the connector's own word may have happened: unknown. */
export function decisionOf(error: unknown, what: string): Decision {
  if (error instanceof ConnectorError) return error.decision;
  if (isDeadline(error)) {
    return {
      kind: 'unknown',
      code: 'push.deadline',
      message: `${what}: no answer within the deadline; it is looked up before anything is written again`,
    };
  }
  return {
    kind: 'unknown',
    code: 'connector.bug',
    message: `${what}: the connector failed unexpectedly; the write is looked up before it is repeated`,
  };
}

/** The same for calls that only read: nothing can have happened, so they are simply made again. */
export function readDecisionOf(error: unknown, what: string): Decision {
  if (error instanceof ConnectorError) return readable(error.decision);
  return isDeadline(error)
    ? { kind: 'retry', code: 'read.deadline', message: `${what}: no answer within the deadline` }
    : { kind: 'retry', code: 'read.failed', message: `${what}: failed unexpectedly; the log has the cause` };
}

function isDeadline(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}
