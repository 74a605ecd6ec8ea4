import { describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator.ts';
import type { JsonObject, WebhookReceiver, WebhookRequest } from '../types.ts';
import type { Conformance, Running, Start } from './subject.ts';

/** The door: what is rightly signed comes in whole, everything else stays outside. */
export function describeWebhooks<Config, Secrets, Sim extends Simulator>(
  subject: Conformance<Config, Secrets, Sim>,
  start: Start<Sim>,
): void {
  const { webhook } = subject.flags;
  if (!webhook) return;

  function receiverOf(running: Running<Sim>): WebhookReceiver {
    if (!running.session.webhook) throw new Error('The connector receives no webhooks.');
    return running.session.webhook;
  }

  describe('webhooks', () => {
    it('takes a rightly signed one and names what it is about', async () => {
      const running = await start();
      const verdict = receiverOf(running).receive(webhook.good(running));
      expect(verdict).toMatchObject({ ok: true });
      if (!verdict.ok) return;
      expect(verdict.notices.length).toBeGreaterThan(0);
      for (const notice of verdict.notices) {
        expect(notice.object).toBe(webhook.object);
        expect(notice.remoteId).not.toBe('');
      }
    });

    it('refuses one that was changed after signing', async () => {
      const running = await start();
      const good = webhook.good(running);
      const forged = webhook.forged?.(good, running) ?? changeOneByte(good);
      expect(receiverOf(running).receive(forged)).toMatchObject({ ok: false, reason: 'bad-signature' });
    });

    it('refuses one without its signature', async () => {
      const running = await start();
      const good = webhook.good(running);
      const unsigned = webhook.unsigned?.(good, running);
      for (const one of unsigned ? [unsigned] : [{ ...good, query: '', headers: {} }, withoutSignature(good)])
        expect(receiverOf(running).receive(one)).toMatchObject({ ok: false });
    });

    it('tells the same of one that comes twice, so that the second can be dropped', async () => {
      const running = await start();
      const good = webhook.good(running);
      const first = receiverOf(running).receive(good);
      const again = receiverOf(running).receive({ ...good, body: Uint8Array.from(good.body) });
      expect(again).toEqual(first);
    });

    it('refuses noise of every kind without falling over', async () => {
      const running = await start();
      const good = webhook.good(running);
      const noise = ['', '\u0000', 'null', '[]', '{"a":', '<a>', '<!DOCTYPE a><a/>', 'x'.repeat(100_000)];
      for (const text of noise) {
        expect(receiverOf(running).receive({ ...good, body: Buffer.from(text) })).toMatchObject({
          ok: false,
        });
      }
    });

    it('refuses one of which the end is missing, of the body or of the signature', async () => {
      const running = await start();
      const good = webhook.good(running);
      for (const keep of [0, 1, Math.floor(good.body.length / 2), good.body.length - 1]) {
        const cut = { ...good, body: good.body.slice(0, keep) };
        expect(receiverOf(running).receive(cut)).toMatchObject({ ok: false });
      }
      const shortened = webhook.shortened?.(good, running) ?? shortenSignature(good);
      expect(receiverOf(running).receive(shortened)).toMatchObject({ ok: false, reason: 'bad-signature' });
    });

    it('is told again from what the hub keeps of it, whatever has become of its signature and its time', async () => {
      const running = await start();
      const receiver = receiverOf(running);
      const good = webhook.good(running);
      const names = ['content-type', 'content-encoding', ...(receiver.keeps?.(good) ?? [])];
      const headers = Object.entries(good.headers).filter(([name]) => names.includes(name));
      const { query } = withoutSignature(good);
      const kept = { ...good, headers: Object.fromEntries(headers), query, verified: true } as const;
      const [first, again] = [receiver.receive(good), receiver.receive(kept)];
      expect(again).toMatchObject({ ok: true });
      expect(first.ok && again.ok && again.notices).toEqual(first.ok && first.notices);
    });

    it('acknowledges in the words of the vendor, and never when it is busy', async () => {
      const running = await start();
      const { busy, acknowledge, deadlineMs = 1 } = receiverOf(running);
      const taken = webhook.acknowledged ?? (({ status }) => status >= 200 && status < 300);
      expect(taken(acknowledge, running)).toBe(true);
      if (busy) expect(taken(busy, running)).toBe(false);
      expect(deadlineMs).toBeGreaterThan(0);
    });

    const { stale, senseless, otherSecrets, otherAlgorithm } = webhook;
    if (otherAlgorithm) {
      it('refuses one that is signed with another algorithm', async () => {
        const running = await start();
        const other = otherAlgorithm(webhook.good(running), running);
        expect(receiverOf(running).receive(other)).toMatchObject({ ok: false, reason: 'bad-signature' });
      });
    }
    if (otherSecrets) {
      it('takes those of the old secret while a new one replaces it, and says which were', async () => {
        const running = await start();
        const { connector } = subject;
        const { config, secrets: right } = running.simulator.connectionFor(running.url);
        const other = { ...right, ...otherSecrets };
        const receive = (secrets: JsonObject, previous?: JsonObject) => {
          const session = connector.open({
            ...{ connection: 'c', now: Date.now, config: connector.config.parse(config) },
            secrets: connector.secrets.parse(secrets),
            webhook: previous ? { previous: connector.secrets.parse(previous) } : {},
          });
          const verdict = session.webhook?.receive(webhook.good(running));
          void session.close();
          return verdict;
        };
        expect(receive(other)).toMatchObject({ ok: false, reason: 'bad-signature' });
        expect(receive(other, other)).toMatchObject({ ok: false, reason: 'bad-signature' });
        const before = receive(other, right);
        expect(before).toMatchObject({ ok: true, previous: true });
        // Where the answer is signed too, it is with the secret the sender has.
        expect(before?.ok && before.answer && webhook.acknowledged?.(before.answer, running)).not.toBe(false);
        const current = receive(right, other);
        expect(current).toMatchObject({ ok: true });
        expect(current).not.toHaveProperty('previous');
      });
    }
    if (stale) {
      it('refuses one that is too old, or from the future', async () => {
        const running = await start();
        expect(receiverOf(running).receive(stale(running))).toMatchObject({ ok: false, reason: 'stale' });
        const early = { ...webhook.good(running), receivedAt: new Date(Date.now() - 2 * 86_400_000) };
        expect(receiverOf(running).receive(early)).toMatchObject({ ok: false, reason: 'stale' });
      });
    }
    if (senseless) {
      it('keeps a rightly signed one that makes no sense, as unknown', async () => {
        const running = await start();
        const verdict = receiverOf(running).receive(senseless(running));
        expect(verdict).toMatchObject({ ok: true, notices: [{ object: 'unknown' }] });
      });
    }
  });
}

function changeOneByte(request: WebhookRequest): WebhookRequest {
  const body = Buffer.from(request.body);
  const middle = Math.floor(body.length / 2);
  body[middle] = (body[middle] ?? 0) ^ 1;
  return { ...request, body };
}

/** Whatever is named like a signature loses its end. */
function shortenSignature(request: WebhookRequest): WebhookRequest {
  const cut = ([name, value]: [string, string]): [string, string] =>
    /sign/i.test(name) && !/method|list/i.test(name) ? [name, value.slice(0, -4)] : [name, value];
  return {
    ...request,
    query: new URLSearchParams([...new URLSearchParams(request.query)].map(cut)).toString(),
    headers: Object.fromEntries(Object.entries(request.headers).map(cut)),
  };
}

/** Everything named like a signature taken away, in the headers and in the query. */
function withoutSignature(request: WebhookRequest): WebhookRequest {
  const query = new URLSearchParams(request.query);
  for (const name of [...query.keys()]) if (/sign/i.test(name)) query.delete(name);
  const headers = Object.entries(request.headers).filter(([name]) => !/sign/i.test(name));
  return { ...request, query: query.toString(), headers: Object.fromEntries(headers) };
}
