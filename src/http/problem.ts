import type { Context } from 'hono';
import { HubError } from '../errors.ts';

/** Answers an error as application/problem+json with a stable code; causes stay inside. */
export function problem(
  context: Context,
  status: number,
  code: string,
  detail: string,
  extra: Record<string, unknown> = {},
): Response {
  return context.body(
    JSON.stringify({ type: `urn:lianhub:${code}`, title: code, status, code, detail, ...extra }),
    {
      status: status as 400,
      headers: { 'content-type': 'application/problem+json' },
    },
  );
}

/** An error of ours as a problem, with what it was filled with. */
export function problemOfHub(
  context: Context,
  error: HubError,
  extra: Record<string, unknown> = {},
): Response {
  const { status, code, detail, hint, parameters } = error.toProblem();
  return problem(context, status, code, detail, { hint, parameters, ...extra });
}

/** Any error that reaches the router, as a problem. Unexpected ones say nothing about their inside. */
export function problemOf(context: Context, error: unknown): Response {
  if (error instanceof HubError) return problemOfHub(context, error);
  const { status, code, detail } = internalProblem;
  return problem(context, status, code, detail);
}

/** What is told of an error nobody expected: nothing about our inside. */
export const internalProblem = {
  type: 'urn:lianhub:internal.unexpected',
  title: 'internal.unexpected',
  status: 500,
  code: 'internal.unexpected',
  detail: 'something failed unexpectedly; the log of the hub has the cause',
} as const;
