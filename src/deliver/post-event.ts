/** Posts events to receivers: signed CloudEvents to guarded addresses, each once; what came of it is the answer. */

import { HubError } from '../errors.ts';
import type { HubEvent } from '../events/event.ts';
import type { AddressGuard } from '../security/address-guard.ts';
import { cloudEvent, cloudEventType, largestBody } from './cloud-event.ts';
import type { EventLinks } from './event-link.ts';
import { type Answered, answerLimit, Exchanges } from './exchange.ts';
import { explainFailure, explainStatus } from './failure.ts';
import type { PostResult } from './result.ts';
import { readRetryAfter } from './retry-after.ts';
import { signatureHeaders } from './signature.ts';

export type { PostResult } from './result.ts';

export interface Destination {
  readonly url: string;
  /** Sent along; checked by `headersProblem` when they were set. Left out of everything that is kept. */
  readonly headers: Readonly<Record<string, string>>;
  /** `whsec_…`, the newest first; all of them sign. */
  readonly secrets: readonly string[];
  /** Id of the subscription: a link to an event too large to be posted is made for it. */
  readonly subscription?: string;
}

export interface EventPosterOptions {
  readonly guard: AddressGuard;
  /** From the beginning to the end of one post, ms. */
  readonly timeoutMs: number;
  /** Where others reach this hub: names it as the source of events, and where their schemas are. */
  readonly publicUrl?: string;
  /** Makes links to events above 256 kB; without it they cannot be sent. */
  readonly links?: EventLinks;
}

export class EventPoster {
  readonly #options: EventPosterOptions;
  readonly #exchanges: Exchanges;
  /** An event goes to many: its body is made once, for as long as somebody holds the event. */
  readonly #bodies = new WeakMap<HubEvent, Buffer>();

  constructor(options: EventPosterOptions) {
    this.#options = options;
    this.#exchanges = new Exchanges(options.guard, options.timeoutMs);
  }

  /**
   * Posts an event once. Never throws for what a receiver or the network does. Redirects are answers like any other;
   * after a 2xx the receiver has the event, whatever became of the rest of its answer.
   * @param attempt when it is made, which the receiver checks, and what breaks it off.
   */
  async post(
    destination: Destination,
    event: HubEvent,
    attempt: { readonly at: Date; readonly signal: AbortSignal },
  ): Promise<PostResult> {
    const started = performance.now();
    const verdict = this.#options.guard.check(destination.url);
    if (!verdict.ok) return failed(verdict.error, started);
    const body = this.#body(destination, event, attempt.at);
    if (body instanceof HubError) return failed(body, started);
    const outcome = await this.#exchanges.post({
      url: verdict.url,
      headers: headersOf(destination, event, attempt.at, body),
      body,
      signal: attempt.signal,
    });
    const { host } = verdict.url;
    if (!('status' in outcome))
      return failed(explainFailure(host, this.#options.timeoutMs, outcome), started);
    return resultOf(host, destination, outcome, started);
  }

  /** Breaks off what is under way and closes all connections. */
  async close(): Promise<void> {
    this.#exchanges.close();
  }

  #body(destination: Destination, event: HubEvent, at: Date): Buffer | HubError {
    const { publicUrl, links } = this.#options;
    let body = this.#bodies.get(event);
    if (body === undefined) {
      body = Buffer.from(cloudEvent(event, publicUrl));
      this.#bodies.set(event, body);
    }
    if (body.length <= largestBody) return body;
    if (!links) return new HubError('delivery.too-large', { bytes: body.length });
    const link = links.make({ event: event.id, subscription: destination.subscription ?? '' }, at);
    return Buffer.from(cloudEvent(event, publicUrl, link));
  }
}

function failed(error: HubError, started: number): PostResult {
  return { ok: false, status: null, answer: '', durationMs: since(started), error: told(error) };
}

function headersOf({ headers, secrets }: Destination, event: HubEvent, at: Date, body: Buffer): string[] {
  return [
    ...Object.entries(headers).flat(),
    'content-type',
    cloudEventType,
    'content-length',
    String(body.length),
    'user-agent',
    'LianHub',
    ...Object.entries(signatureHeaders(secrets, event.id, at, body)).flat(),
  ];
}

function resultOf(host: string, to: Destination, answered: Answered, started: number): PostResult {
  const { status } = answered;
  const ok = status >= 200 && status < 300;
  const retryAfterMs = ok ? undefined : readRetryAfter(answered.retryAfter, Date.now());
  return {
    ok,
    status,
    answer: answered.body.length === 0 ? '' : textOf(answered.body, to),
    durationMs: since(started),
    ...(ok ? {} : { error: told(explainStatus(host, status)) }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(status === 410 ? { gone: true } : {}),
  };
}

/** As text a database takes, without a character cut in two, and without what a receiver repeats of our secrets. */
function textOf(body: Buffer, { headers, secrets }: Destination): string {
  // Only what was cut off may end within a character.
  const whole = body.length < answerLimit;
  const decoded = whole ? body.toString('utf8') : new TextDecoder().decode(body, { stream: true });
  let text = decoded.replaceAll('\0', '\u{fffd}');
  for (const secret of [...Object.values(headers), ...secrets]) {
    if (secret.length >= 6) text = text.replaceAll(secret, '[redacted]');
  }
  return text;
}

function told({ code, message, hint }: HubError): { code: string; message: string } {
  return { code, message: hint === undefined ? message : `${message} ${hint}` };
}

function since(started: number): number {
  return Math.round(performance.now() - started);
}
