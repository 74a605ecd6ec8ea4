import type { HubSchemas } from '../../../src/client/index.ts';

/** A refusal as the API tells it, or that there was no answer at all; see `code`. */
export type Problem = HubSchemas['Problem'];

/** Codes of what the console itself finds wrong; all others are the hub's, see docs/reference/errors.md. */
export const ownCodes = {
  /** The hub cannot be reached. */
  unreachable: 'console.unreachable',
  /** The hub has not answered in time. */
  noAnswer: 'console.no-answer',
  /** Something answered that is not the hub. */
  strange: 'console.strange-answer',
  /** The console itself has failed. */
  broken: 'console.broken',
} as const;

/** What a request to the hub ended with when it did not end well. */
export class HubProblem extends Error {
  readonly problem: Problem;
  /** When it may be asked again, seconds from now, as `Retry-After` said. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, { retryAfter, ...options }: ErrorOptions & { retryAfter?: number } = {}) {
    super(problem.detail, options);
    this.name = 'HubProblem';
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  get code(): string {
    return this.problem.code;
  }

  /** HTTP status; 0: there was no answer. */
  get status(): number {
    return this.problem.status;
  }
}

function own(code: string, status = 0): Problem {
  return { type: `urn:lianhub:${code}`, title: code, status, code, detail: code };
}

/** Why there was no answer. */
export function problemOfFailure(error: unknown): HubProblem {
  if (error instanceof HubProblem) return error;
  const late = error instanceof DOMException && error.name === 'TimeoutError';
  const lost = error instanceof TypeError || error instanceof DOMException;
  const code = late ? ownCodes.noAnswer : lost ? ownCodes.unreachable : ownCodes.broken;
  return new HubProblem(own(code), { cause: error });
}

/** A refusal as problem+json, or as anything a program between the hub and the browser may answer. */
export function problemOfAnswer(status: number, body: unknown, headers?: Headers): HubProblem {
  const seconds = Number(headers?.get('retry-after') ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  return new HubProblem(isProblem(body) ? body : own(ownCodes.strange, status), {
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string' &&
    'status' in body &&
    typeof body.status === 'number'
  );
}

/** Any error as a problem, for those who show one. */
export function toProblem(error: unknown): Problem {
  return problemOfFailure(error).problem;
}

export function isProblemCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof HubProblem && codes.includes(error.code);
}

/** Refusals, beside 412, that say somebody else has decided first. */
const decidedFirst = ['conflicts.changed', 'conflicts.resolved', 'deadletters.gone', 'matches.decided'];

/** What we wanted to change has changed meanwhile. */
export function isStale(error: unknown): boolean {
  return error instanceof HubProblem && (error.status === 412 || isProblemCode(error, ...decidedFirst));
}
