import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, entities, type JsonObject, validateRecord } from '../model/index.ts';
import {
  combine,
  deriveOne,
  explainLines,
  groupKey,
  part,
  readRule,
  type Share,
  Summary,
  share,
  splitRecord,
} from './index.ts';

const retailDay = readRule('retailDay', {
  from: 'order',
  when: 'record.kind == "ticket"',
  group: ['storeId', 'businessDate', 'direction', 'settlePartyId'],
  lines: { group: ['skuId', 'unitId', 'taxRate', 'isGift'], sum: ['quantity', 'amount', 'tax'] },
  tenders: true,
  close: { at: '04:00', quiet: '2h' },
  late: 'amend',
});

function ticket(store: string, lines: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  const amount = decimal.sum(lines.map((line) => String(line.amount)));
  return {
    kind: 'ticket',
    number: 'T',
    direction: 'sale',
    storeId: store,
    settlePartyId: 'C1',
    businessDate: '2026-11-01',
    placedAt: '2026-11-01T03:00:00Z',
    amounts: { payable: amount },
    lines: lines.map((line, at) => ({ key: String(at), unitId: 'pcs', taxRate: '13', tax: '0', ...line })),
    payments: [{ key: 'p', method: 'wechat', amount }],
    ...more,
  };
}
const summary = (tickets: readonly JsonObject[]) =>
  combine(
    retailDay,
    tickets.map((one) => share(retailDay, one)),
  );

describe('a daily summary', () => {
  test('adds tickets up by sku, unit, tax rate and gift, and is a valid record', () => {
    const day = summary([
      ticket('S1', [
        { skuId: 'tea', quantity: '2', amount: '20.10', tax: '2.31' },
        { skuId: 'tea', quantity: '1', amount: '0', kind: 'gift' },
      ]),
      ticket('S1', [{ skuId: 'tea', quantity: '0.5', amount: '5.05', tax: '0.58', taxRate: '13.00' }]),
    ]);
    expect(day).toEqual({
      number: 'S1-2026-11-01-sale-C1',
      storeId: 'S1',
      businessDate: '2026-11-01',
      direction: 'sale',
      settlePartyId: 'C1',
      lines: [
        {
          key: 'tea/pcs/13/false',
          skuId: 'tea',
          unitId: 'pcs',
          taxRate: '13',
          isGift: false,
          quantity: '2.5',
          amount: '25.15',
          tax: '2.89',
        },
        {
          key: 'tea/pcs/13/true',
          skuId: 'tea',
          unitId: 'pcs',
          taxRate: '13',
          isGift: true,
          quantity: '1',
          amount: '0',
          tax: '0',
        },
      ],
      tenders: [{ key: 'wechat', method: 'wechat', amount: '25.15' }],
      counts: { tickets: 2 },
      amount: '25.15',
    });
    expect(validateRecord(entities.retailDay, day)).toEqual([]);
  });

  test('never mixes sums that were told with sums that were not', () => {
    const told = ticket('S1', [{ skuId: 'tea', quantity: '1', amount: '10', tax: '1' }]);
    const { tax: _untold, ...line } = { key: '0', skuId: 'tea', quantity: '1', amount: '10', tax: '1' };
    const untold = { ...told, lines: [{ ...line, unitId: 'pcs', taxRate: '13' }] };
    const day = summary([told, untold]);
    expect(day.lines).toMatchObject([{ tax: '1' }, { key: 'tea/pcs/13/false~tax', quantity: '1' }]);
  });

  test('a ticket that does not tell its group is refused with the field', () => {
    const { storeId: _untold, ...rest } = ticket('S1', []);
    expect(() => groupKey(retailDay, rest)).toThrow(
      'rule retailDay needs storeId, which the record does not tell',
    );
    const unpriced = { ...ticket('S1', []), amounts: {}, lines: [{ key: '0', skuId: 'tea', quantity: '1' }] };
    expect(() => share(retailDay, unpriced)).toThrow(/amounts.payable/);
  });

  test('keys of different groups are never the same text', () => {
    const one = ticket('A/B', [], { settlePartyId: 'C' });
    const two = ticket('A', [], { settlePartyId: 'C', businessDate: 'B/2026-11-01' });
    expect(groupKey(retailDay, one)).not.toBe(groupKey(retailDay, two));
    expect(() => combine(retailDay, [share(retailDay, one), share(retailDay, two)])).toThrow(RangeError);
  });

  test('can group by expressions and name its record', () => {
    const rule = readRule('retailDay', {
      from: 'order',
      group: ['storeId', 'businessDate', 'direction', { settlePartyId: 'concat("retail-", record.storeId)' }],
      lines: {
        group: ['skuId', { isGift: 'cmp(line.amount, "0") == 0' }],
        sum: ['quantity', 'amount'],
        when: 'line.kind != "service"',
      },
      set: {
        number: 'concat("D", record.storeId, replace(record.businessDate, "-", ""))',
        currency: '"CNY"',
      },
    });
    const lines = [
      { skuId: 'tea', quantity: '1', amount: '0' },
      { skuId: 'bag', quantity: '1', amount: '1', kind: 'service' },
    ];
    expect(combine(rule, [share(rule, ticket('S1', lines))])).toMatchObject({
      number: 'DS120261101',
      settlePartyId: 'retail-S1',
      currency: 'CNY',
      lines: [{ skuId: 'tea', isGift: true }],
    });
  });
});

const line = fc.record({
  skuId: fc.constantFrom('tea', 'cup', 'pot'),
  kind: fc.constantFrom('goods', 'gift'),
  quantity: fc
    .integer({ min: 1, max: 9_999 })
    .map((thousandths) => decimal.div(String(thousandths), '1000', 3)),
  amount: fc.integer({ min: 0, max: 99_999 }).map((fen) => decimal.div(String(fen), '100', 2)),
});
const tickets = fc.array(
  fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => ticket('S1', lines)),
  {
    minLength: 1,
    maxLength: 12,
  },
);
const total = (day: JsonObject, list: string, name: string) => {
  const elements: JsonObject[] = JSON.parse(JSON.stringify(day[list] ?? []));
  return decimal.sum(elements.map((element) => String(element[name])));
};

describe('summaries, for all tickets', () => {
  test('sums are exact and the order of the tickets does not matter', () => {
    fc.assert(
      fc.property(tickets, (all) => {
        const day = summary(all);
        const paid = decimal.sum(all.map((one) => total(one, 'payments', 'amount')));
        expect(day.amount).toBe(paid);
        expect(total(day, 'lines', 'amount')).toBe(paid);
        expect(total(day, 'tenders', 'amount')).toBe(paid);
        expect(summary([...all].reverse())).toEqual(day);
      }),
    );
  });

  test('what was posted and the next part are together the whole', () => {
    fc.assert(
      fc.property(tickets, tickets, (before, after) => {
        const posted = summary(before);
        const next = part(retailDay, summary(after), [posted]);
        const parts = next === undefined ? [posted] : [posted, next];
        for (const name of ['quantity', 'amount']) {
          const sum = decimal.sum(parts.map((one) => total(one, 'lines', name)));
          expect(sum).toBe(total(summary(after), 'lines', name));
        }
        expect(part(retailDay, summary(after), parts)).toBeUndefined();
      }),
    );
  });

  test('taken apart again by its shares, it is every line of every ticket', () => {
    const counted = (all: readonly JsonObject[]) =>
      all.map((one, at) => ({
        recordId: `t${at}`,
        entity: 'order',
        version: 1,
        share: share(retailDay, one),
      }));
    fc.assert(
      fc.property(tickets, (all) => {
        const explained = explainLines(counted(all));
        const day = summary(all);
        const lines = JSON.parse(JSON.stringify(day.lines)) as JsonObject[];
        expect(
          explained.filter(({ list }) => list === 'lines').map(({ key, sums }) => ({ key, ...sums })),
        ).toEqual(lines.map(({ key, quantity, amount, tax }) => ({ key, quantity, amount, tax })));
        const again = new Map<string, string[]>();
        for (const { list, from } of explained) {
          if (list !== 'lines') continue;
          for (const { recordId, line: key, sums } of from) {
            const at = `${recordId}/${key}`;
            again.set(at, [...(again.get(at) ?? []), `${sums.quantity} ${sums.amount}`]);
          }
        }
        const told = all.flatMap((one, at) =>
          (one.lines as readonly JsonObject[]).map((of): [string, string[]] => [
            `t${at}/${of.key}`,
            [`${of.quantity} ${of.amount}`],
          ]),
        );
        expect(again).toEqual(new Map(told));
      }),
    );
  });

  test('the next part is explained by what changed since', () => {
    const before = share(retailDay, ticket('S1', [{ skuId: 'tea', quantity: '3', amount: '30' }]));
    const after = share(
      retailDay,
      ticket('S1', [
        { skuId: 'tea', quantity: '1', amount: '10' },
        { skuId: 'cup', quantity: '1', amount: '5' },
      ]),
    );
    const source = { recordId: 't', entity: 'order', number: 'T', version: 2 };
    const explained = explainLines([{ ...source, share: after, before }]).filter(
      ({ list }) => list === 'lines',
    );
    expect(explained.map(({ key, sums }) => [key, sums.quantity, sums.amount])).toEqual([
      ['cup/pcs/13/false', '1', '5'],
      ['tea/pcs/13/false', '-2', '-20'],
    ]);
    expect(explained[1]?.from).toEqual([
      { ...source, line: '0', sums: { quantity: '-2', amount: '-20', tax: '0' } },
    ]);
    const gone = explainLines([{ ...source, before }]).filter(({ list }) => list === 'lines');
    expect(gone[0]?.sums).toMatchObject({ quantity: '-3', amount: '-30' });
  });

  test('nothing new makes no part, and every part has its own number', () => {
    const one = summary([ticket('S1', [{ skuId: 'tea', quantity: '3', amount: '30' }])]);
    expect(part(retailDay, one, [])).toBe(one);
    expect(part(retailDay, one, [one])).toBeUndefined();
    const less = summary([ticket('S1', [{ skuId: 'tea', quantity: '1', amount: '10' }])]);
    const second = part(retailDay, less, [one]);
    expect(second).toMatchObject({
      number: 'S1-2026-11-01-sale-C1-2',
      lines: [{ key: 'tea/pcs/13/false', quantity: '-2', amount: '-20' }],
      amount: '-20',
      counts: { tickets: 0 },
    });
    const third = part(retailDay, one, [one, second ?? {}]);
    expect(third).toMatchObject({ number: 'S1-2026-11-01-sale-C1-3', amount: '20' });
  });
});

test('100,000 tickets of 30 stores are combined in one pass: linear, memory flat, exact to the fen', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const fenOf = (at: number, position: number): number => ((at + position) % 9_000) + 1;
  const ticketAt = (at: number): JsonObject =>
    ticket(
      `S${at % 30}`,
      [0, 1, 2].map((position) => ({
        skuId: `sku-${(at + position * 7) % 200}`,
        quantity: '1',
        amount: decimal.div(String(fenOf(at, position)), '100', 2),
      })),
    );
  /** Tickets of all stores as they come, each into the summary of its store. */
  const days = (count: number) => {
    const summaries = new Map<string, Summary>();
    const heap: number[] = [];
    const costs: number[] = [];
    let since = process.cpuUsage();
    for (let at = 0; at < count; at++) {
      const told: Share = share(retailDay, ticketAt(at));
      const summary = summaries.get(told.key) ?? new Summary(retailDay);
      summaries.set(told.key, summary);
      summary.add(told);
      if ((at + 1) % 25_000 > 0) continue;
      const { user, system } = process.cpuUsage(since);
      costs.push(user + system);
      heap.push(held());
      since = process.cpuUsage();
    }
    return { combined: [...summaries.values()].map((one) => one.record() ?? {}), costs, heap };
  };
  days(5_000);
  const all = days(100_000);
  const [first = 0, second = 0, third = 0, fourth = 0] = all.costs;

  let fen = 0;
  for (let at = 0; at < 100_000; at++)
    for (let position = 0; position < 3; position++) fen += fenOf(at, position);
  const exact = decimal.div(String(fen), '100', 2);
  expect(all.combined).toHaveLength(30);
  expect(decimal.sum(all.combined.map((one) => String(one.amount)))).toBe(exact);
  expect(decimal.sum(all.combined.map((one) => total(one, 'lines', 'amount')))).toBe(exact);
  expect(decimal.sum(all.combined.map((one) => total(one, 'tenders', 'amount')))).toBe(exact);
  expect(
    all.combined
      .map((one) => one.counts)
      .reduce((sum, counts) => sum + JSON.parse(JSON.stringify(counts)).tickets, 0),
  ).toBe(100_000);
  // Every quarter costs what the one before it did; by a square law the later half would cost three times the first.
  expect(third + fourth).toBeLessThan((first + second) * 2);
  expect(Math.max(...all.heap) - Math.min(...all.heap)).toBeLessThan(2_000_000);
}, 60_000);

const order = {
  id: 'order-1',
  number: 'W-1',
  kind: 'web',
  placedAt: '2026-11-01T03:00:00Z',
  channelId: 'shop',
  settlePartyId: 'C1',
  receiver: { name: 'Li' },
  amounts: { payable: '35', freight: '5' },
  lines: [
    { key: 'a', skuId: 'tea', quantity: '2', amount: '20', locationId: 'W2', promised: 'x' },
    { key: 'b', skuId: 'cup', quantity: '1', amount: '10', locationId: 'W1' },
    { key: 'c', skuId: 'tea', quantity: '1', amount: '0', locationId: 'W2', kind: 'gift' },
    { key: 'd', skuId: 'wrapping', quantity: '1', kind: 'service' },
  ],
};

describe('splitting an order', () => {
  const rule = readRule('fulfilment', {
    from: 'order',
    split: ['lines.locationId'],
    lines: { when: 'line.kind != "service"' },
    copy: ['receiver', 'channelId', 'placedAt'],
  });

  test('gives one instruction per warehouse, with the lines and the keys of the order', () => {
    const parts = splitRecord(rule, order);
    expect(parts.map(({ key, part: ordinal }) => [key, ordinal])).toEqual([
      ['W2', 1],
      ['W1', 2],
    ]);
    expect(parts[0]?.data).toEqual({
      number: 'W-1-1',
      orderIds: ['order-1'],
      locationId: 'W2',
      channelId: 'shop',
      placedAt: order.placedAt,
      receiver: { name: 'Li' },
      lines: [
        { key: 'a', skuId: 'tea', quantity: '2', amount: '20' },
        { key: 'c', skuId: 'tea', quantity: '1', amount: '0', kind: 'gift' },
      ],
    });
    for (const { data } of parts) expect(validateRecord(entities.fulfilment, data)).toEqual([]);
  });

  test('keeps the ordinals of parts made before', () => {
    const parts = splitRecord(rule, order, { W1: 1 });
    expect(parts.map(({ key, data }) => [key, data.number])).toEqual([
      ['W2', 'W-1-2'],
      ['W1', 'W-1-1'],
    ]);
  });

  test('a line without a warehouse is no guess', () => {
    const { locationId: _untold, ...homeless } = order.lines[0] ?? { key: '', locationId: '' };
    expect(() => splitRecord(rule, { ...order, lines: [homeless] })).toThrow(/needs lines\[a\].locationId/);
  });
});

test('a receivable is made from a shipped order', () => {
  const rule = readRule('receivable', {
    from: 'order',
    when: 'record.states.fulfilment == "shipped"',
    copy: { channelId: 'channelId', settlePartyId: 'settlePartyId', freight: 'amounts.freight' },
    lines: { when: 'line.kind != "service"' },
    set: { number: 'concat("AR-", record.number)', amount: 'record.amounts.payable', direction: '"sale"' },
  });
  const receivable = deriveOne(rule, order).data;
  expect(receivable).toMatchObject({
    number: 'AR-W-1',
    orderId: 'order-1',
    settlePartyId: 'C1',
    amount: '35',
    freight: '5',
    lines: [{ key: 'a' }, { key: 'b' }, { key: 'c', kind: 'gift' }],
  });
  expect(validateRecord(entities.receivable, receivable)).toEqual([]);
});
