/** Sends requests as the settings describe them and reads the answers: JSON or a decision. */
import {
  type ConnectionContext,
  ConnectorError,
  createHttpClient,
  type Decision,
  fail,
  type HttpAnswer,
  isDecision,
  type Json,
  parseJson,
  stringifyJson,
} from '../kit/index.ts';
import { admissionOf, type Draft } from './auth.ts';
import type { HttpConfig, HttpSecrets } from './config.ts';
import type { Endpoint } from './config-objects.ts';
import { judge, refusalOf, succeeds, unclear } from './errors.ts';
import { fillIn, fillOptional, fillText, type Values } from './template.ts';

export interface Call {
  /** `list product`: for sentences and metrics. */
  readonly what: string;
  readonly endpoint: Endpoint;
  readonly values: Values;
  readonly write: boolean;
  /** The address names one object: 404 speaks of that. */
  readonly namesObject: boolean;
  /** What is sent when the endpoint has no body of its own. */
  readonly body?: Json;
  /** Names of decimals to be written as bare numbers. */
  readonly numbers?: readonly string[];
  /** A whole address instead of the endpoint's, below the same host. */
  readonly url?: string;
  readonly signal: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: HttpAnswer['headers'];
  /** Undefined when the body is empty. */
  readonly json: Json | undefined;
}

export interface RestClient {
  /** Sends one request. Throws ConnectorError for everything that is no success. */
  call(call: Call): Promise<Reply>;
  close(): void;
}

/** How long a refusal of the whole account is answered from memory, ms: nobody is locked out for asking again. */
const refusedForMs = 30_000;

/** A client of one connection. Throws Error when a secret is missing. */
export function createClient(context: ConnectionContext<HttpConfig, HttpSecrets>): RestClient {
  const { config, now } = context;
  const http = createHttpClient({
    connection: context.connection,
    shared: context.shared,
    timeoutMs: config.timeoutMs,
    limits: config.limits,
    ...(context.onCall === undefined ? {} : { onCall: context.onCall }),
  });
  const admission = admissionOf(context, http);
  let refusedUntil: { readonly decision: Decision; readonly until: number } | undefined;

  async function send(call: Call, draft: Draft): Promise<Reply> {
    const answer = await http.send({
      operation: call.what,
      method: draft.method,
      url: draft.url.href,
      headers: draft.headers,
      ...(draft.body === undefined ? {} : { body: draft.body }),
      write: call.write,
      signal: call.signal,
    });
    return read(call, answer);
  }

  function read(call: Call, answer: HttpAnswer): Reply {
    const { status, headers } = answer;
    const { what, write, namesObject } = call;
    const good = status >= 200 && status < 300;
    const parsed = contentOf(answer);
    if (good && parsed.kind === 'unreadable') fail(unclear({ what, write }, 'is not JSON'));
    const json = parsed.kind === 'json' ? parsed.value : undefined;
    if (good && succeeds(json, config)) return { status, headers, json };
    const refusal = refusalOf(json, parsed.kind === 'unreadable' ? answer.plainText() : '', config);
    const about = { what, write, namesObject, renewable: admission.renewable, now: now() };
    const decision = judge({ status, headers, json, refusal }, config, about);
    if (status === 401 && decision.kind === 'fatal') refusedUntil = { decision, until: now() + refusedForMs };
    return fail(decision);
  }

  return {
    async call(call) {
      if (refusedUntil && now() < refusedUntil.until) throw new ConnectorError(refusedUntil.decision);
      refusedUntil = undefined;
      try {
        return await admission.run(
          () => draftOf(config, call),
          (draft) => send(call, draft),
          call.signal,
        );
      } catch (error) {
        // Refused for good with a token of this moment: the same holds for the next calls.
        if (isDecision(error, 'fatal') && error.decision.code === 'rest.not-let-in')
          refusedUntil = { decision: error.decision, until: now() + refusedForMs };
        throw error;
      }
    },
    close: () => http.close(),
  };
}

function draftOf(config: HttpConfig, call: Call): Draft {
  const { endpoint, values } = call;
  const method = endpoint.method ?? (call.write ? 'POST' : endpoint.body === undefined ? 'GET' : 'POST');
  const url = addressOf(config, call);
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const [name, text] of Object.entries({ ...config.headers, ...endpoint.headers })) {
    const filled = fillOptional(text, values);
    if (filled !== undefined) headers[name.toLowerCase()] = filled;
  }
  const template = endpoint.body ?? call.body;
  if (template === undefined || method === 'GET') return { method, url, headers, body: undefined };
  const body = fillIn(template, values) ?? {};
  const isForm = endpoint.send === 'form';
  headers['content-type'] ??= isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  return {
    method,
    url,
    headers,
    body: isForm ? formOf(body) : stringifyJson(body, { numbers: call.numbers ?? [] }),
  };
}

function addressOf({ baseUrl }: HttpConfig, { endpoint, values, url: given }: Call): URL {
  if (given !== undefined) return new URL(given);
  const base = new URL(baseUrl);
  const [pathname = '', ownQuery] = fillText(endpoint.path, values, segment).split('?');
  const url = new URL(base);
  if (pathname !== '') url.pathname = `${base.pathname.replace(/\/+$/, '')}/${pathname.replace(/^\/+/, '')}`;
  for (const [name, value] of new URLSearchParams(ownQuery)) url.searchParams.append(name, value);
  for (const [name, value] of Object.entries(endpoint.query)) {
    const filled = typeof value === 'string' ? fillOptional(value, values) : String(value);
    if (filled !== undefined) url.searchParams.append(name, filled);
  }
  return url;
}

/** One part of a path. Dots alone would lead to another address than the one written. */
function segment(text: string): string {
  if (text === '.' || text === '..') {
    fail({
      kind: 'reject',
      code: 'rest.bad-id',
      message: `${text} cannot stand in an address; correct the id`,
    });
  }
  return encodeURIComponent(text);
}

function formOf(body: Json): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(typeof body === 'object' && body !== null ? body : {})) {
    if (value === undefined || value === null) continue;
    form.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return form.toString();
}

type Content = { readonly kind: 'empty' | 'unreadable' } | { readonly kind: 'json'; readonly value: Json };

function contentOf(answer: HttpAnswer): Content {
  if (answer.body.length === 0) return { kind: 'empty' };
  try {
    const text = answer.text();
    return text.trim() === '' ? { kind: 'empty' } : { kind: 'json', value: parseJson(text) };
  } catch {
    // What it means depends on the status and on what was asked.
    return { kind: 'unreadable' };
  }
}
