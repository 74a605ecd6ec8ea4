/** How a vendor wants its webhooks answered, and what a connection says about them. */
import type { ConnectionContext, WebhookAnswer, WebhookReceiver, WebhookRequest } from './types.ts';

/** Of a receiver, beside verifying: what the vendor expects of whoever takes its messages. */
export interface WebhookManners {
  /**
   * Said when the hub takes nothing for now; must not be what the vendor takes for an acknowledgement. `Retry-After` is
   * added. Absent: a problem document with status 429.
   */
  readonly busy?: WebhookAnswer;
  /** How long the vendor waits for an answer before it sends again, milliseconds. Absent: nobody knows. */
  readonly deadlineMs?: number;
  /**
   * Names of headers without which the body cannot be understood, lower case; they are kept with it, beside
   * `content-type` and `content-encoding`. Never one that holds a key or a signature.
   */
  readonly keeps?: (request: WebhookRequest) => readonly string[];
}

/** What hub.yaml says about the webhooks of a connection. */
export interface WebhookSettings<Secrets> {
  /** How far the time of a message may be from ours, milliseconds. Absent: the connector's own setting. */
  readonly toleranceMs?: number;
  /** The secrets before the ones in use: messages signed with them are taken, too, while the vendor changes over. */
  readonly previous?: Secrets;
}

/**
 * A receiver that takes messages of both secrets while one replaces the other. `make` is asked once for each; what it
 * makes without them (undefined) is left out. A message is acknowledged by the one that verified it, because some
 * vendors want their answer signed, too.
 */
export function rotating<Secrets, Made extends WebhookReceiver | undefined>(
  context: Pick<ConnectionContext<unknown, Secrets>, 'secrets' | 'webhook'>,
  make: (secrets: Secrets) => Made,
): WebhookReceiver | Extract<Made, undefined>;
export function rotating<Secrets>(
  context: Pick<ConnectionContext<unknown, Secrets>, 'secrets' | 'webhook'>,
  make: (secrets: Secrets) => WebhookReceiver | undefined,
): WebhookReceiver | undefined {
  const current = make(context.secrets);
  const before = context.webhook?.previous === undefined ? undefined : make(context.webhook.previous);
  if (!current || !before) return current ?? before;
  const { busy, deadlineMs, keeps } = current;
  return {
    ...(busy === undefined ? {} : { busy }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(keeps === undefined ? {} : { keeps }),
    get acknowledge() {
      return current.acknowledge;
    },
    receive(request) {
      const verdict = current.receive(request);
      if (verdict.ok || verdict.reason !== 'bad-signature') return verdict;
      const second = before.receive(request);
      // Stale or unreadable under the old secret is more than the new one could tell.
      if (!second.ok) return second.reason === 'bad-signature' ? verdict : second;
      return { ...second, answer: second.answer ?? before.acknowledge, previous: true };
    },
  };
}
