/** Requests that are not what they should be, and everything that goes wrong on the way, as problem+json. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ZodError } from 'zod';
import { HubError } from '../../errors.ts';
import { isAboutData } from '../../ledger/database.ts';
import type { Logger } from '../../log.ts';
import { ReadOnlyConfiguration } from '../../rollout/desk.ts';
import { problemOf, problemOfHub } from '../problem.ts';

/** One thing that is wrong in a request. */
export interface RequestIssue {
  readonly in: 'body' | 'query' | 'header' | 'path';
  /** JSON pointer into that part: `/lines/0/sku`; the empty text is all of it. */
  readonly pointer: string;
  readonly detail: string;
}

/** Issues told of one request, at most. */
const most = 50;

/** A request that can be read and is wrong: 422, with a pointer for each thing that is. */
export class InvalidRequest extends HubError<'request.invalid'> {
  readonly issues: readonly RequestIssue[];

  constructor(issues: readonly RequestIssue[]) {
    const [first] = issues;
    const place = first === undefined || first.pointer === '' ? (first?.in ?? 'body') : first.pointer;
    super('request.invalid', {
      count: issues.length === 1 ? 'One thing' : `${issues.length} things`,
      verb: issues.length === 1 ? 'is' : 'are',
      first: `${place}: ${(first?.detail ?? 'not valid').slice(0, 300)}`,
    });
    this.issues = issues.slice(0, most);
  }
}

const parts = { json: 'body', form: 'body', query: 'query', header: 'header', cookie: 'header' } as const;

const places = new WeakMap<HubError, Pick<RequestIssue, 'in' | 'pointer'>>();

/** Says which part of the request a refusal of `work` is about, where the schema could not see it. */
export async function about<Result>(
  place: Pick<RequestIssue, 'in' | 'pointer'>,
  work: Promise<Result>,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HubError && !(error instanceof InvalidRequest)) places.set(error, place);
    throw error;
  }
}

/** What a request fails with that its schemas do not take: called by the routes with what zod says. */
export function refuseInvalid(
  result: { readonly target: string } & (
    | { readonly success: true }
    | { readonly success: false; readonly error: ZodError }
  ),
  context: Context,
): void {
  if (result.success) return;
  // An id that cannot be one is the id of nothing.
  if (result.target === 'param') throw notFound(context);
  const part = parts[result.target as keyof typeof parts] ?? 'body';
  throw new InvalidRequest(
    result.error.issues.flatMap((issue): RequestIssue[] => {
      const above = issue.path.map(String);
      // A member nobody knows is pointed at itself, not at what it stands in.
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => ({
          in: part,
          pointer: pointerOf([...above, key]),
          detail: 'there is no such member',
        }));
      return [{ in: part, pointer: pointerOf(above), detail: issue.message }];
    }),
  );
}

/** RFC 6901. Names are what somebody sent: only the beginning of a long one is told. */
function pointerOf(path: readonly string[]): string {
  return path.map((name) => `/${name.slice(0, 100).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
}

export function notFound(context: Context): HubError {
  return new HubError('request.not-found', { path: context.req.path.slice(0, 200) });
}

/** Answers whatever was thrown. What nobody expected is logged, and nothing of it is told. */
export function refusal(log: Logger): (error: Error, context: Context) => Response {
  return (error, context) => {
    if (error instanceof InvalidRequest) {
      return problemOfHub(context, error, { errors: error.issues });
    }
    if (error instanceof HubError && error.status === 422) {
      const place = places.get(error) ?? { in: context.req.method === 'GET' ? 'query' : 'body', pointer: '' };
      return problemOfHub(context, error, { errors: [{ ...place, detail: error.message }] });
    }
    if (error instanceof ReadOnlyConfiguration) {
      return problemOfHub(context, error, { text: error.text });
    }
    if (error instanceof HubError) return problemOf(context, error);
    if (error instanceof HTTPException) {
      if (error.status === 415) return problemOf(context, new HubError('request.not-json', {}));
      const reason = error.status === 400 ? 'the body is not JSON' : error.message;
      return problemOf(context, new HubError('request.malformed', { reason }, error));
    }
    if (isAboutData(error)) {
      log.warn({ err: error, path: context.req.path }, 'a request held what the database refuses');
      const detail = 'it holds a value the database cannot keep';
      return refusal(log)(new InvalidRequest([{ in: 'body', pointer: '', detail }]), context);
    }
    log.error({ err: error, path: context.req.path }, 'request failed');
    return problemOf(context, error);
  };
}
