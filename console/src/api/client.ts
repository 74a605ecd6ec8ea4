/** The hub's API for the pages: the typed client over the session's cookie. */
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from '../../../openapi/generated/hub.d.ts';
import { HubProblem, problemOfAnswer, problemOfFailure } from './problem.ts';

export type { HubSchemas } from '../../../src/client/index.ts';

/** A request that takes longer has failed; what it asked for may still happen. */
const longestMs = 60_000;

/** Sent with everything: no page of another origin can send it without being asked first. */
export const consoleHeaders = { 'x-lianhub-console': '1' } as const;

/**
 * `hub.GET('/v1/records', …)`: addresses, parameters and answers typed by `openapi/hub.yaml`. Wrap it in `answer` for
 * the data itself.
 */
export const hub: Client<paths> = createClient<paths>({
  baseUrl: '',
  credentials: 'same-origin',
  headers: consoleHeaders,
  fetch: (request: Request) => fetchInTime(request),
});

/** `fetch` with a deadline. Throws a HubProblem when there is no answer; an abort by the caller stays an abort. */
export async function fetchInTime(request: Request): Promise<Response> {
  try {
    return await fetch(request, {
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(longestMs)]),
    });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw problemOfFailure(error);
  }
}

interface Answer<Data> {
  readonly data?: Data | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * What a request was answered. Throws a HubProblem for a refusal, and when there is no answer.
 *
 * @example
 * const page = await answer(hub.GET('/v1/conflicts', { params: { query: { limit: 50 } }, signal }));
 */
export async function answer<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  return (await answerWithTag(asked)).data;
}

/** Like `answer`, with the version (`ETag`) to name in `If-Match` when this is changed. */
export async function answerWithTag<Data>(
  asked: Promise<Answer<Data>>,
): Promise<{ readonly data: Data; readonly tag: string | undefined }> {
  let told: Answer<Data>;
  try {
    told = await asked;
  } catch (error) {
    if (error instanceof HubProblem || (error instanceof DOMException && error.name === 'AbortError'))
      throw error;
    // An answer that is no JSON.
    throw error instanceof SyntaxError ? problemOfAnswer(0, undefined) : problemOfFailure(error);
  }
  const { data, error, response } = told;
  if (!response.ok) throw problemOfAnswer(response.status, error, response.headers);
  // A 204 has no data: its type says so.
  return { data: data as Data, tag: response.headers.get('etag') ?? undefined };
}
