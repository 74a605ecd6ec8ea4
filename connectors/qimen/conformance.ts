/** What the conformance suite has to know about this connector. */
import type { Conformance } from '../kit/conformance/subject.ts';
import { buildXml, ConnectorError, chinaTime, type ErrorRow, type Notice } from '../kit/index.ts';
import type { Config, Secrets } from './config.ts';
import { errorTable } from './errors.ts';
import qimen from './index.ts';
import type { QimenSimulator } from './simulator/index.ts';
import { type Bench, callbackRequest, confirmOf, orderItem, startBench } from './testing.ts';

const hourAgo = 3_600_000;
const minimal = { url: 'http://127.0.0.1/', customerId: 'c1001', appKey: '12345678' };

/** What gateway and warehouse say, by the code of the row and its place among those with one code. */
function answerOf(row: ErrorRow) {
  if (row.status !== undefined) return { status: Number(row.status), body: '' };
  const text = {
    'qimen.unreadable-request': 'qimen.request-convert-error',
    'qimen.clock': 'Invalid timestamp',
    'qimen.not-routed': 'qimen internal error',
    'qimen.warehouse-unreachable': 'Remote service error | isp.http-connection-refuse',
    'qimen.warehouse-silent': 'Remote service error | isp.http-read-timeout',
    'qimen.gateway-trouble': 'qimen internal error',
    'qimen.too-fast': 'This ban will last for 1 more seconds',
    'qimen.bad-signature':
      row.code === 'TOP60' ? 'Signature is invalid' : row.code === undefined ? '签名错误' : 'refused',
    'qimen.warehouse-busy': '系统繁忙,请稍后再试',
    'qimen.unknown-item': '商品编码SKU-9不存在',
  }[row.hubCode];
  const code = row.code === undefined ? 'E999' : String(row.code);
  const said = { flag: 'failure', code, message: text ?? '' };
  return { status: 200, headers: { 'content-type': 'text/xml' }, body: buildXml('response', said) };
}

function confirmed(bench: Pick<Bench, 'session'>, head: Readonly<Record<string, string>>): Notice {
  const verdict = bench.session.webhook?.receive(callbackRequest(confirmOf('W1-1', head)));
  const [notice] = verdict?.ok === true ? verdict.notices : [];
  if (!notice) throw new Error('The confirm was refused.');
  return notice;
}

export const subject: Conformance<Config, Secrets, QimenSimulator> = {
  connector: qimen,
  start: () => startBench({ lifecycle: false }),
  flags: {
    wrongSecret: {
      secrets: { appSecret: 'not-the-secret' },
      words: 'Signature is invalid',
      attempts: (simulator) => [...simulator.calls.values()].reduce((sum, count) => sum + count, 0),
      most: 20,
    },
    limits: {
      call: async (session, signal) =>
        session.objects['delivery-order']?.find?.({ step: 'create', items: [orderItem('NONE')], signal }),
    },
    errors: {
      tables: [errorTable(qimen.config.parse(minimal))],
      answer: answerOf,
      operation: 'deliveryorder.query',
      call: async (session, signal) =>
        session.objects['delivery-order']?.find?.({ step: 'create', items: [orderItem('NONE')], signal }),
      writes: {
        rows: ['qimen.unknown-item', 'qimen.warehouse-silent'],
        operation: 'deliveryorder.create',
        async call(session, signal) {
          const write = session.objects['delivery-order']?.write;
          const [result] = (await write?.({ step: 'create', items: [orderItem('W-1')], signal })) ?? [];
          if (result && !result.ok) throw new ConnectorError(result.decision);
        },
      },
    },
    create: {
      object: 'delivery-order',
      step: 'create',
      item: (key) => orderItem(key),
      operation: 'deliveryorder.create',
      stored: (simulator, key) => simulator.orders().filter((order) => order.code === key).length,
    },
    batch: {
      object: 'delivery-order',
      step: 'create',
      items: [orderItem('B-1'), orderItem('B-2', { A: '-1' }), orderItem('B-3')],
    },
    webhook: {
      object: 'delivery-confirm',
      good: () => callbackRequest(confirmOf('W1-1', { outBizCode: 'B1' })),
      stale: () => ({
        ...callbackRequest(confirmOf('W1-1'), { now: new Date(Date.now() - hourAgo) }),
        receivedAt: new Date(),
      }),
      senseless: () => callbackRequest({ method: 'deliveryorder.confirm', request: { a: 'b' } }),
      otherSecrets: { appSecret: 'another-secret' },
      // The algorithm stands in the message, unsigned with md5: what was signed by one does not pass for another.
      otherAlgorithm: (good) => ({ ...good, query: `${good.query}&sign_method=hmac-sha256` }),
      acknowledged: ({ status, body }) => status === 200 && body.includes('<flag>success</flag>'),
    },
    revisions: {
      tellings: async (running) => ({
        earlier: confirmed(running, { orderConfirmTime: '2026-03-01 23:59:59' }),
        later: confirmed(running, { orderConfirmTime: '2026-03-02 00:00:00' }),
      }),
    },
    values: {
      text: {
        written: {
          object: 'delivery-order',
          step: 'create',
          item(key, value) {
            const item = orderItem(key);
            const head = item.body.deliveryOrder as { receiverInfo: object };
            const receiverInfo = { ...head.receiverInfo, name: value };
            return { ...item, body: { ...item.body, deliveryOrder: { ...head, receiverInfo } } };
          },
          held: (simulator, key) => simulator.order(key)?.receiver.name,
        },
      },
      decimal: {
        written: {
          object: 'delivery-order',
          step: 'create',
          item(key, value) {
            const line = { orderLineNo: 'L1', itemCode: 'SKU-1', planQty: '1', actualPrice: value };
            const item = orderItem(key);
            return { ...item, body: { ...item.body, orderLines: { orderLine: [line] } } };
          },
          held: (simulator, key) => simulator.order(key)?.lines[0]?.actualPrice,
        },
      },
      time: {
        notice: (running, value) => confirmed(running, { orderConfirmTime: chinaTime(value) }),
        told: ({ revision }) => revision,
      },
    },
    lacks: {
      actions: 'the connector offers none',
      expiry: 'every call is signed, there is no session',
      paging: 'a warehouse tells by callbacks; nothing is listed',
      moved: 'nothing is listed',
      empty: 'nothing is listed',
    },
  },
};
