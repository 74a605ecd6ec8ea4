import { describe, expect, it } from 'vitest';
import { conformance } from '../kit/conformance.ts';
import type { WebhookRequest } from '../kit/index.ts';
import { pushed, subject } from './conformance.ts';
import { type Running, start } from './testing.ts';

conformance('pospal', subject);

describe('pushes', () => {
  async function received(make: (started: Running) => WebhookRequest) {
    const started = await start();
    try {
      return started.session.webhook?.receive(make(started));
    } finally {
      await started.close();
    }
  }

  it('keeps a command nobody knows, as unknown', async () => {
    const verdict = await received(({ simulator }) =>
      pushed(simulator, 'stockFlow.createStockFlowIn', { stockFlowId: 1 }),
    );
    expect(verdict).toMatchObject({ ok: true, notices: [{ object: 'unknown' }] });
  });

  it('refuses an appId that is not configured', async () => {
    const verdict = await received(({ simulator }) => {
      const good = pushed(simulator, 'ticket.new', { sn: 'T-1' });
      const text = Buffer.from(good.body)
        .toString('utf8')
        .replace(/"appId":"\w+"/, '"appId":"0000"');
      return { ...good, body: Buffer.from(text) };
    });
    expect(verdict).toMatchObject({ ok: false, reason: 'bad-signature' });
  });

  it('reads ids of 19 digits in a payload without losing one', async () => {
    const verdict = await received(({ simulator }) =>
      pushed(simulator, 'customer.new', '{"customerUid":1000001000000000123}'),
    );
    expect(verdict).toMatchObject({ notices: [{ object: 'customer', remoteId: 'S01/1000001000000000123' }] });
  });

  it('hints at an order, and takes the whole order when the push carries it', async () => {
    const hint = await received(({ simulator }) => pushed(simulator, 'order.new', { orderNo: 'N1' }));
    expect(hint).toMatchObject({ notices: [{ object: 'online-order', remoteId: 'S01/N1' }] });
    expect(hint?.ok === true && hint.notices[0]?.body).toBeUndefined();
    const full = await received(({ simulator }) =>
      pushed(simulator, 'order.new', {
        orderNo: 'N1',
        totalAmount: 12,
        shippingFee: 0,
        items: [{ productUid: '1000001000000000001', productQuantity: 1, productSellPrice: 12 }],
      }),
    );
    expect(full).toMatchObject({
      notices: [{ remoteId: 'S01/N1', body: { _store: 'S01', _payable: '12' } }],
    });
  });

  it('is sent again until the receiver says SUCCESS', async () => {
    const { simulator, session, close } = await start();
    const answers = [false, false, true];
    const { serve } = await import('../kit/index.ts');
    const { Hono } = await import('hono');
    const seen: boolean[] = [];
    const hub = new Hono().post('/hooks/pos', async (context) => {
      const verdict = session.webhook?.receive({
        method: 'POST',
        query: '',
        headers: Object.fromEntries(context.req.raw.headers),
        body: new Uint8Array(await context.req.arrayBuffer()),
        receivedAt: new Date(),
      });
      seen.push(verdict?.ok === true);
      return answers[seen.length - 1] === true ? context.text('SUCCESS') : context.text('FAIL');
    });
    const served = await serve(hub);
    simulator.notifyAt(`${served.url}/hooks/pos`);
    simulator.forgePushes(1);
    simulator.sellTicket('S01', { items: [{ barcode: '6901', quantity: '1' }] });
    await simulator.pushes.idle();
    expect(seen).toEqual([false, true, true]);
    await served.close();
    await close();
  });
});
