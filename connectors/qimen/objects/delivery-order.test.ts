import { afterEach, describe, expect, it } from 'vitest';
import {
  type Decision,
  isDecision,
  type JsonObject,
  type WriteItem,
  type WriteResult,
} from '../../kit/index.ts';
import type { GatewayFault, SimulatorOptions } from '../simulator/index.ts';
import { type Bench, orderItem, startBench } from '../testing.ts';

const benches: Bench[] = [];

async function bench(options: SimulatorOptions = {}, settings: JsonObject = {}): Promise<Bench> {
  const made = await startBench({ lifecycle: false, ...options }, settings);
  benches.push(made);
  return made;
}

afterEach(async () => {
  for (const one of benches.splice(0)) {
    await one.close();
  }
});

function operations({ session }: Bench) {
  const { write, find } = session.objects['delivery-order'] ?? {};
  if (write === undefined || find === undefined) throw new Error('delivery-order cannot be written.');
  const signal = () => new AbortController().signal;
  return {
    create: (...items: WriteItem[]): Promise<readonly WriteResult[]> =>
      write({ step: 'create', items, signal: signal() }),
    find: (...items: WriteItem[]) => find({ step: 'create', items, signal: signal() }),
  };
}

/** The decision of one create, however it is told. */
async function decisionOf(one: Bench, item: WriteItem): Promise<Decision | undefined> {
  try {
    const [result] = await operations(one).create(item);
    return result?.ok === false ? result.decision : undefined;
  } catch (error) {
    if (isDecision(error)) return error.decision;
    throw error;
  }
}

describe('delivery orders', () => {
  for (const mode of ['gateway', 'direct'] as const) {
    it(`are created and known by the warehouse's number (${mode})`, async () => {
      const one = await bench({ mode });
      const [result] = await operations(one).create(orderItem('W1-1'));
      expect(result).toMatchObject({
        ok: true,
        remoteId: expect.stringMatching(/^WMS\d+0001$/),
        remoteNumber: 'W1-1',
      });
      expect(one.simulator.order('W1-1')).toMatchObject({
        warehouseCode: 'WH01',
        ownerCode: 'c1001',
        receiver: { name: '张三 & <李四>' },
        lines: [{ orderLineNo: 'L1', itemCode: 'SKU-1', planQty: 2 }],
      });
    });
  }

  it('carry renamed order types and decimals only where the settings say so', async () => {
    const one = await bench({}, { orderTypes: { JYCK: 'PTCK' } });
    await operations(one).create(orderItem('W1-1'));
    expect(one.simulator.order('W1-1')?.orderType).toBe('PTCK');
    expect(await decisionOf(one, orderItem('W2-1', { A: '1.5' }))).toMatchObject({
      kind: 'reject',
      field: 'planQty',
    });
    expect(one.simulator.order('W2-1')).toBeUndefined();
  });

  it.each(['emptyId', 'oldId', 'failure'] as const)(
    'sent again are success under the same number (%s)',
    async (duplicates) => {
      const one = await bench({ duplicates });
      const [first] = await operations(one).create(orderItem('W1-1'));
      const [again] = await operations(one).create(orderItem('W1-1'));
      expect(again).toEqual(first);
      expect(one.simulator.order('W1-1')?.creates).toBe(2);
    },
  );

  it('keep the number known from before when the warehouse gives none', async () => {
    const one = await bench({ queries: false });
    await operations(one).create(orderItem('W1-1'));
    const [known] = await operations(one).create({ ...orderItem('W1-1'), remoteId: 'WMS-OLD' });
    expect(known).toMatchObject({ ok: true, remoteId: 'WMS-OLD' });
    const [nameless] = await operations(one).create(orderItem('W1-1'));
    expect(nameless).toMatchObject({ ok: true, remoteId: 'W1-1' });
  });

  it('take the first number of an order the warehouse split, and any success code', async () => {
    const one = await bench({ splitAnswers: true, successCode: '0000', extraElements: true });
    const [result] = await operations(one).create(orderItem('W1-1'));
    expect(result).toMatchObject({ ok: true, remoteId: expect.stringMatching(/^WMS\d+0001$/) });
  });

  it.each(['readTimeoutAfterEffect', 'truncatedAfterEffect'] as const)(
    'are unknown after %s, then found, and sending them again makes no second one',
    async (kind) => {
      const one = await bench();
      one.simulator.gatewayFault(1, kind, 'deliveryorder.create');
      expect(await decisionOf(one, orderItem('W1-1'))).toMatchObject({ kind: 'unknown' });
      expect(await operations(one).find(orderItem('W1-1'), orderItem('W9-1'))).toMatchObject([
        { found: true, remoteId: expect.stringMatching(/^WMS\d+0001$/), stepDone: true },
        { found: false },
      ]);
      const [again] = await operations(one).create(orderItem('W1-1'));
      expect(again).toMatchObject({ ok: true, remoteId: expect.stringMatching(/^WMS\d+0001$/) });
      expect(one.simulator.orders()).toHaveLength(1);
    },
  );

  it('may be sent again where the warehouse cannot be asked', async () => {
    for (const settings of [{}, { lookup: 'resend' }]) {
      const one = await bench({ queries: false }, settings);
      one.simulator.gatewayFault(1, 'readTimeoutAfterEffect');
      expect(await decisionOf(one, orderItem('W1-1'))).toMatchObject({ kind: 'unknown' });
      expect(await operations(one).find(orderItem('W1-1'))).toEqual([{ found: false }]);
      expect(await operations(one).create(orderItem('W1-1'))).toMatchObject([{ ok: true }]);
      expect(one.simulator.orders()).toHaveLength(1);
    }
  });

  it.each<[GatewayFault, string, string]>([
    ['connectionRefuse', 'retry', 'qimen.warehouse-unreachable'],
    ['internal', 'retry', 'qimen.gateway-trouble'],
    ['busy', 'retry', 'qimen.warehouse-busy'],
    ['emptyBody', 'unknown', 'qimen.unreadable-answer'],
    ['badGateway', 'unknown', 'qimen.unreadable-answer'],
  ])('that meet %s are decided %s', async (kind, decision, code) => {
    const one = await bench();
    one.simulator.gatewayFault(1, kind);
    expect(await decisionOf(one, orderItem('W1-1'))).toMatchObject({ kind: decision, code });
  });

  it('with an item the warehouse does not know are refused, and the others of the batch are not', async () => {
    const one = await bench();
    one.simulator.seedItems([{ itemCode: 'SKU-1' }]);
    const results = await operations(one).create(
      orderItem('W1-1'),
      orderItem('W2-1', { GHOST: '1' }),
      orderItem('W3-1'),
    );
    expect(results.map((result) => result.ok)).toEqual([true, false, true]);
    expect(results[1]).toMatchObject({
      decision: {
        kind: 'reject',
        code: 'qimen.unknown-item',
        field: 'itemCode',
        message: expect.stringContaining('GHOST'),
      },
    });
  });

  it('stop at a wrong pairing instead of trying every order of the batch', async () => {
    for (const mode of ['gateway', 'direct'] as const) {
      const one = await bench({ mode }, { customerId: 'somebody-else', parallel: 2 });
      const items = Array.from({ length: 50 }, (_, at) => orderItem(`W${at}-1`));
      await expect(operations(one).create(...items)).rejects.toMatchObject({ decision: { kind: 'fatal' } });
      expect(one.simulator.callsByMethod()['deliveryorder.create']).toBeLessThanOrEqual(4);
    }
  });

  it('never exist for us when the look-up is refused for another reason', async () => {
    const one = await bench();
    one.simulator.gatewayFault(1, 'emptyBody', 'deliveryorder.query');
    await expect(operations(one).find(orderItem('W1-1'))).rejects.toMatchObject({
      decision: { kind: 'retry' },
    });
  });
});
