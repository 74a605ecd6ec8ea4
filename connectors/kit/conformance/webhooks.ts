import { describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator.ts';
import type { WebhookReceiver, WebhookRequest } from '../types.ts';
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
      expect(receiverOf(running).receive({ ...good, query: '', headers: {} })).toMatchObject({ ok: false });
      expect(receiverOf(running).receive(withoutSignature(good))).toMatchObject({ ok: false });
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

    const { stale, senseless } = webhook;
    if (stale) {
      it('refuses one that is too old', async () => {
        const running = await start();
        expect(receiverOf(running).receive(stale(running))).toMatchObject({ ok: false, reason: 'stale' });
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

/** Everything named like a signature taken away, in the headers and in the query. */
function withoutSignature(request: WebhookRequest): WebhookRequest {
  const query = new URLSearchParams(request.query);
  for (const name of [...query.keys()]) if (/sign/i.test(name)) query.delete(name);
  const headers = Object.entries(request.headers).filter(([name]) => !/sign/i.test(name));
  return { ...request, query: query.toString(), headers: Object.fromEntries(headers) };
}
