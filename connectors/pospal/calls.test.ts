import { afterEach, describe, expect, it } from 'vitest';
import { ConnectorError, type FetchResult, type JsonObject, type Notice } from '../kit/index.ts';
import { listAll } from '../kit/testing.ts';
import { patient, type Running, start } from './testing.ts';

let open: Running | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});
async function started(...options: Parameters<typeof start>): Promise<Running> {
  open = await start(...options);
  return open;
}

const one = { items: [{ barcode: '6901', quantity: '1' }] };

function hint(object: string, remoteId: string, at = Date.now()): Notice {
  return { object, remoteId, hint: { at: new Date(at).toISOString() } };
}

async function decisionOf(call: Promise<unknown> | undefined): Promise<string> {
  const error: unknown = await call?.catch((caught: unknown) => caught);
  return error instanceof ConnectorError
    ? `${error.decision.kind} ${error.decision.code}`
    : `no decision: ${String(error)}`;
}

function found(results: readonly FetchResult[] | undefined): (string | undefined)[] {
  return (results ?? []).map((result) => (result.found ? String(result.body._id) : undefined));
}

describe('fetching hints', () => {
  it('answers many hints of a store by one page, in the order asked', async () => {
    const { simulator, session } = await started();
    const sns = Array.from({ length: 8 }, () => simulator.sellTicket('S01', one));
    const hints = sns.reverse().map((sn) => hint('ticket', `S01/${sn}`));
    const results = await session.objects.ticket?.fetch?.({ hints, signal: patient() });
    expect(found(results)).toEqual(hints.map((one) => one.remoteId));
    expect(simulator.callsByOperation()).toEqual({ 'ticketOpenApi/queryTicketPages': 1 });
  });

  it('asks one by one what the window did not show, and says what does not exist', async () => {
    const { simulator, session } = await started();
    const old = simulator.sellTicket('S01', { ...one, at: Date.now() - 86_400_000 });
    const now = [simulator.sellTicket('S01', one), simulator.sellTicket('S01', one)];
    const hints = [old, ...now, 'NO-SUCH'].map((sn) => hint('ticket', `S01/${sn}`));
    const results = await session.objects.ticket?.fetch?.({ hints, signal: patient() });
    expect(found(results)).toEqual([`S01/${old}`, `S01/${now[0]}`, `S01/${now[1]}`, undefined]);
    expect(results?.[3]).toMatchObject({ decision: { kind: 'absent' } });
    expect(simulator.callsByOperation()).toEqual({
      'ticketOpenApi/queryTicketPages': 1,
      'ticketOpenApi/queryTicketBySn': 2,
    });
  });

  it('answers a ticket it has just read along with others without another call', async () => {
    const { simulator, session } = await started();
    const sns = [1, 2, 3].map(() => simulator.sellTicket('S01', one));
    const fetch = session.objects.ticket?.fetch;
    await fetch?.({ hints: sns.slice(0, 2).map((sn) => hint('ticket', `S01/${sn}`)), signal: patient() });
    const results = await fetch?.({ hints: [hint('ticket', `S01/${sns[2]}`)], signal: patient() });
    expect(found(results)).toEqual([`S01/${sns[2]}`]);
    expect(simulator.callsByOperation()).toEqual({ 'ticketOpenApi/queryTicketPages': 1 });
  });

  it('lets an account that is out of calls fail alone', async () => {
    const { simulator, session } = await started({ dailyQuota: 2 });
    const web = simulator.placeOrder('WEB', one);
    const sns = [1, 2, 3].map((at) =>
      simulator.sellTicket('S01', { ...one, at: Date.now() - at * 86_400_000 }),
    );
    const hints = sns.map((sn) => hint('ticket', `S01/${sn}`));
    const results = await session.objects.ticket?.fetch?.({ hints, signal: patient() });
    expect(results?.some((result) => !result.found && result.decision.code === 'pospal.over-quota')).toBe(
      true,
    );
    const orders = await session.objects['online-order']?.fetch?.({
      hints: [hint('online-order', `WEB/${web}`)],
      signal: patient(),
    });
    expect(found(orders)).toEqual([`WEB/${web}`]);
  });
});

describe('online orders', () => {
  const update = (remoteId: string, body: JsonObject) => ({
    step: 'update',
    items: [{ key: 'K', remoteId, body }],
    signal: patient(),
  });

  it('ships an order once, with tracking, and takes "already shipped" as done', async () => {
    const { simulator, session } = await started();
    const no = simulator.placeOrder('WEB', { ...one, contactName: '张三', shippingFee: '8' });
    const orders = session.objects['online-order'];
    const body = { state: '2', carrier: 'SF', trackingNo: 'SF100' };
    expect(await orders?.write?.(update(`WEB/${no}`, body))).toMatchObject([{ ok: true, remoteStatus: '2' }]);
    expect(await orders?.write?.(update(`WEB/${no}`, body))).toMatchObject([{ ok: true, remoteStatus: '2' }]);
    expect(simulator.orders('WEB')).toMatchObject([
      { state: 2, shipped: { expressCompany: 'SF', expressNo: 'SF100' } },
    ]);
    expect(await orders?.find?.(update(`WEB/${no}`, body))).toMatchObject([{ found: true, stepDone: true }]);
    expect(await orders?.find?.(update(`WEB/${no}`, { state: '4' }))).toMatchObject([
      { found: true, stepDone: false },
    ]);
  });

  it('completes through shipping, in the order the vendor insists on', async () => {
    const { simulator, session } = await started();
    const no = simulator.placeOrder('WEB', one);
    expect(await session.objects['online-order']?.write?.(update(`WEB/${no}`, { state: '4' }))).toMatchObject(
      [{ ok: true }],
    );
    expect(simulator.orders('WEB')).toMatchObject([{ state: 4 }]);
    expect(simulator.tickets('WEB')).toEqual([]);
  });

  it('waits for the till, and gives up on a cancelled order', async () => {
    const { simulator, session } = await started();
    const orders = session.objects['online-order'];
    const fresh = simulator.placeOrder('WEB', { ...one, state: 0 });
    expect(await orders?.write?.(update(`WEB/${fresh}`, { state: '2' }))).toMatchObject([
      { ok: false, decision: { kind: 'retry', code: 'pospal.order-not-synced' } },
    ]);
    const gone = simulator.placeOrder('WEB', { ...one, state: 3 });
    expect(await orders?.write?.(update(`WEB/${gone}`, { state: '2' }))).toMatchObject([
      { ok: false, decision: { kind: 'reject', code: 'pospal.order-cancelled' } },
    ]);
  });

  it('says unknown when the answer to shipOrder is lost, and find settles it', async () => {
    const { simulator, session } = await started({}, { config: { timeoutMs: 300 } });
    const no = simulator.placeOrder('WEB', one);
    simulator.faults.next(1, 'timeoutAfterEffect', 'shipOrder');
    const orders = session.objects['online-order'];
    expect(await decisionOf(orders?.write?.(update(`WEB/${no}`, { state: '2' })))).toMatch(/^unknown /);
    expect(await orders?.find?.(update(`WEB/${no}`, { state: '2' }))).toMatchObject([
      { found: true, stepDone: true },
    ]);
    expect(await orders?.find?.(update('WEB/NONE', { state: '2' }))).toEqual([{ found: false }]);
  });

  it('lists orders of the online account with their sums', async () => {
    const { simulator, session } = await started();
    simulator.placeOrder('WEB', { ...one, shippingFee: '8', contactAddress: '广东省广州市天河区天河路1号' });
    simulator.placeOrder('S01', one);
    const { items } = await listAll(session, 'online-order');
    expect(items.map((item) => item.body)).toMatchObject([
      {
        _account: 'WEB',
        _payable: '47.9',
        _freight: '8',
        _goods: '39.9',
        _rounding: '0',
        _payment: 'paid',
        _province: '广东省',
        _city: '广州市',
        _district: '天河区',
        _payments: [{ _key: 'Wxpay#1', amount: '47.9', kind: 'online' }],
      },
    ]);
  });
});

describe('stock', () => {
  const body = (stock: string) => ({ uid: 'WEB/1000001000000000001', stock });

  it('writes the absolute stock under the exact 19-digit id', async () => {
    const { simulator, session } = await started();
    const products = session.objects.product;
    const request = { step: 'update', items: [{ key: 'K', body: body('12.5') }], signal: patient() };
    expect(await products?.find?.(request)).toMatchObject([{ found: true, stepDone: false }]);
    expect(await products?.write?.(request)).toEqual([{ ok: true, remoteId: 'WEB/1000001000000000001' }]);
    expect(await products?.find?.(request)).toMatchObject([{ found: true, stepDone: true }]);
    expect(simulator.products('WEB')[0]).toMatchObject({ uid: '1000001000000000001', stock: 12.5 });
  });

  it('refuses a stock that is no number, for this item only', async () => {
    const { session } = await started();
    const items = [
      { key: 'A', body: body('many') },
      { key: 'B', body: body('3') },
    ];
    expect(
      await session.objects.product?.write?.({ step: 'update', items, signal: patient() }),
    ).toMatchObject([{ ok: false, decision: { field: 'stock' } }, { ok: true }]);
  });
});

describe('refusals', () => {
  it('slows down, never past midnight, when the quota is used up', async () => {
    const { session } = await started({ dailyQuota: 1, accounts: [{ name: 'S01' }] });
    await listAll(session, 'product');
    const failure: unknown = await listAll(session, 'product').catch((error: unknown) => error);
    expect(failure).toMatchObject({ decision: { kind: 'throttle', code: 'pospal.over-quota' } });
    expect(failure instanceof ConnectorError && failure.decision.afterMs).toBeLessThanOrEqual(900_000);
  });

  it('is told when an area does not know the account', async () => {
    const first = await started({ accounts: [{ name: 'S01', area: 2 }] });
    const { config } = first.simulator.connectionFor(first.url);
    const text = JSON.stringify(config).replaceAll('area2', 'area9');
    const second = await start(
      { accounts: [{ name: 'S01', area: 2 }] },
      { config: JSON.parse(text) as JsonObject },
    );
    expect(await decisionOf(listAll(second.session, 'product'))).toBe('fatal pospal.unknown-app');
    await second.close();
  });

  it('signs every V2 call with a fresh time-stamp', async () => {
    let now = Date.now();
    const { simulator, session } = await started({ now: () => now }, { now: () => now });
    simulator.placeOrder('WEB', one);
    await listAll(session, 'online-order');
    now += 3_600_000;
    expect((await listAll(session, 'online-order')).items).toHaveLength(1);
  });

  it('shows nothing of the keys in its messages', async () => {
    const { session } = await started(
      { accounts: [{ name: 'S01' }] },
      { secrets: { appKeys: { S01: '987654321987' } } },
    );
    const failure: unknown = await listAll(session, 'product').catch((error: unknown) => error);
    expect(String(failure)).toMatch(/signature/);
    expect(String(failure)).not.toContain('987654321987');
  });
});
