import { describe, expect, it } from 'vitest';
import type { Notice, WebhookRequest } from '../kit/index.ts';
import { config, secrets } from './config.ts';
import { callbackRequest, confirmOf } from './testing.ts';
import { createReceiver } from './webhook.ts';

const settings = { url: 'http://gateway/router', customerId: 'c1001', appKey: '12345678' };
const receiver = createReceiver(config.parse(settings), secrets.parse({ appSecret: 'test_secret' }));
const process = {
  method: 'orderprocess.report',
  request: {
    order: { orderCode: 'W1-1' },
    process: { processStatus: 'PICK', operateTime: '2026-03-01 10:00:00' },
  },
};

function accepted(request: WebhookRequest): readonly Notice[] {
  const verdict = receiver.receive(request);
  if (!verdict.ok) throw new Error(`Refused: ${verdict.message}`);
  return verdict.notices;
}

describe('callbacks', () => {
  it('takes a process report, with its time as UTC revision', () => {
    expect(accepted(callbackRequest(process))).toMatchObject([
      {
        object: 'delivery-process',
        remoteId: 'W1-1/PICK/2026-03-01 10:00:00',
        revision: '2026-03-01T02:00:00.000Z',
        body: process.request,
      },
    ]);
  });

  it('takes a confirm, its single line and single package as lists', () => {
    const [notice] = accepted(callbackRequest(confirmOf('W1-1', { outBizCode: 'B1', confirmType: '0' })));
    expect(notice).toMatchObject({
      object: 'delivery-confirm',
      remoteId: expect.stringMatching(/^W1-1\/[0-9a-f]{12}$/),
      messageId: expect.stringMatching(/^W1-1\/B1\//),
      body: {
        packages: { package: [{ _key: 'SF100', items: { item: [{ _key: 'SKU-1', quantity: '2' }] } }] },
        orderLines: { orderLine: [{ _key: 'SKU-1', actualQty: '2' }] },
      },
    });
  });

  it.each([
    ['pretty-printed', { prettyPrint: true }],
    ['compressed', { gzip: true }],
    ['with an empty parameter', { emptyParameter: true }],
    ['with a signed header', { signedHeader: true }],
    ['with the platform prefix', { prefixed: true }],
  ])('takes one that comes %s', (_name, quirk) => {
    const [notice] = accepted(callbackRequest(confirmOf('W1-1'), quirk));
    expect(notice).toMatchObject({
      object: 'delivery-confirm',
      body: { deliveryOrder: { deliveryOrderCode: 'W1-1' } },
    });
  });

  it('splits a batch into one notice per order', () => {
    const orders = ['W1-1', 'W2-1'].map((code) => confirmOf(code).request);
    const notices = accepted(
      callbackRequest({ method: 'deliveryorder.batchconfirm', request: { orders: { order: orders } } }),
    );
    expect(notices.map((notice) => notice.remoteId.split('/')[0])).toEqual(['W1-1', 'W2-1']);
    const one = accepted(
      callbackRequest({
        method: 'deliveryorder.batchconfirm',
        request: { orders: { order: orders[0] ?? {} } },
      }),
    );
    expect(one).toHaveLength(1);
  });

  it("refuses a wrong signature in the platform's own words", () => {
    const refused = receiver.receive(callbackRequest(process, { wrongSign: 1 }));
    expect(refused).toMatchObject({ ok: false, reason: 'bad-signature', refusal: { status: 401 } });
    expect(refused.ok || refused.refusal?.body).toBe(
      '<response><flag>failure</flag><code>sign-check-failure</code><message>Illegal request</message></response>',
    );
  });

  it('refuses one whose body, query or signed header was changed', () => {
    const good = callbackRequest(process, { signedHeader: true });
    const changed: readonly WebhookRequest[] = [
      { ...good, body: Buffer.from(`${Buffer.from(good.body).toString()} `) },
      { ...good, query: `${good.query}&more=1` },
      { ...good, query: good.query.replace('c1001', 'c1002') },
      { ...good, headers: { ...good.headers, 'x-top-trace': 'other' } },
      { ...good, query: good.query.replace(/&sign=[^&]+/, '') },
      { ...good, query: good.query.replace('sign_method=md5', 'sign_method=none') },
    ];
    for (const request of changed)
      expect(receiver.receive(request)).toMatchObject({ ok: false, reason: 'bad-signature' });
  });

  it('refuses one that is too old or too new, though well signed', () => {
    const good = callbackRequest(process);
    for (const minutes of [-11, 11]) {
      const receivedAt = new Date(good.receivedAt.getTime() + minutes * 60_000);
      expect(receiver.receive({ ...good, receivedAt })).toMatchObject({ ok: false, reason: 'stale' });
    }
  });

  it('refuses a compressed body that is no such thing', () => {
    const good = callbackRequest(process);
    const broken = { ...good, headers: { ...good.headers, 'content-encoding': 'gzip' } };
    expect(receiver.receive(broken)).toMatchObject({ ok: false, reason: 'unparseable' });
  });

  it('keeps a well signed message it cannot read, so that nothing is lost', () => {
    const strange = [
      callbackRequest({ method: 'stockchange.report', request: { items: { item: [{ itemCode: 'A' }] } } }),
      callbackRequest({ method: 'deliveryorder.confirm', request: { hello: 'world' } }),
      callbackRequest({ method: 'orderprocess.report', request: { order: { orderCode: '' } } }),
    ];
    for (const request of strange) expect(accepted(request)).toMatchObject([{ object: 'unknown' }]);
  });

  it('acknowledges with flag success', () => {
    expect(receiver.acknowledge.body).toBe(
      '<response><flag>success</flag><code>0</code><message>ok</message></response>',
    );
  });
});
