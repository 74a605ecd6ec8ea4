import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  type CompiledMapping,
  checkMapping,
  compileMapping,
  formatProblem,
  type InContext,
  type JsonSchema,
  type OutContext,
  readMapping,
} from '../../src/mapping/index.ts';
import { entities, orderBalance } from '../../src/model/index.ts';
import type { JsonObject } from '../kit/index.ts';
import { readAll, type Started, start } from './started.ts';

const root = new URL('../../', import.meta.url);
const described = parse(readFileSync(new URL('openapi/pospal.yaml', root), 'utf8')) as {
  components: { schemas: Record<string, JsonSchema> };
};

function load(name: string): CompiledMapping {
  const file = `mappings/pospal/${name}.yaml`;
  const text = readFileSync(new URL(file, root), 'utf8');
  const read = readMapping(file, text);
  if (!read.ok) throw new Error(read.problems.map((problem) => formatProblem(problem, text)).join('\n'));
  const { schemas } = described.components;
  const schema = schemas[read.doc.object.value];
  if (schema === undefined) throw new Error(`openapi/pospal.yaml has no schema ${read.doc.object.value}.`);
  const problems = checkMapping(read.doc, { entities, objectSchema: schema, components: schemas });
  if (problems.length > 0)
    throw new Error(problems.map((problem) => formatProblem(problem, text)).join('\n'));
  return compileMapping(read.doc);
}

const methods: Readonly<Record<string, string>> = { payCode_1: 'cash', Wxpay: 'wechat' };
const inContext: InContext = {
  connection: 'pos',
  payload: 'full',
  lookup: (table, key) => (table === 'ship-from' && key === 'WEB' ? 'W01' : undefined),
  lookupBack: (table, value) => (table === 'payment-methods' ? methods[value] : undefined),
  lineKey: () => undefined,
};
const outContext: OutContext = {
  connection: 'pos',
  lookup: (table, key) => (table === 'carriers' ? { sf: 'SF' }[key] : undefined),
  remoteNumber: () => undefined,
  remoteId: (entity, id) => (entity === 'product' && id === 'P1' ? 'WEB/1000001000000000001' : undefined),
  lineId: () => undefined,
  creating: false,
};

let open: Started | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function bodies(object: string, fill: (started: Started) => void): Promise<JsonObject[]> {
  open = await start();
  fill(open);
  const { items } = await readAll(open.session, object);
  return items.map((item) => item.body ?? {});
}

function inward(mapping: CompiledMapping, body: JsonObject | undefined) {
  const result = mapping.inward(body ?? {}, inContext);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.values;
}

/** References as plain JSON. */
function plain(values: unknown): JsonObject {
  return JSON.parse(JSON.stringify(values ?? {})) as JsonObject;
}

describe('mappings of pospal', () => {
  it.each(['online-order', 'ticket', 'product', 'stock', 'customer'])('%s passes the check', (name) => {
    expect(load(name).name).toBe(`pospal/${name}`);
  });

  it('turns an online order into a golden order whose sums agree', async () => {
    const [body] = await bodies('online-order', ({ simulator }) =>
      simulator.placeOrder('WEB', {
        items: [
          { barcode: '6901', quantity: '2' },
          { barcode: '6902', quantity: '1' },
        ],
        contactName: '张三',
        contactTel: '13800138000',
        contactAddress: '广东省广州市天河区天河路1号',
        shippingFee: '8',
        totalAmount: '89.80',
        at: Date.parse('2026-11-20T04:00:00.000Z'),
      }),
    );
    const values = inward(load('online-order'), body);
    expect(values).toMatchObject({
      kind: 'web',
      channelId: 'WEB',
      storeId: 'WEB',
      placedAt: '2026-11-20T04:00:00.000Z',
      states: { payment: 'paid', closure: 'open' },
      receiver: {
        name: '张三',
        region: { province: '广东省', city: '广州市', district: '天河区' },
        address: '天河路1号',
      },
      amounts: { payable: '89.8', freight: '8', discount: '10' },
      lines: [
        { quantity: '2', locationId: 'W01' },
        { quantity: '1', locationId: 'W01' },
      ],
      payments: [{ method: 'wechat', kind: 'online', amount: '89.8' }],
    });
    expect(orderBalance(plain(values))).toMatchObject({ ok: true, applicable: true });
  });

  it('turns a ticket of the small hours into a sale of the day before, and its return into a return', async () => {
    const at = Date.parse('2026-11-20T18:30:00.000Z');
    const told = await bodies('ticket', ({ simulator }) => {
      const sn = simulator.sellTicket('S01', {
        items: [{ barcode: '6901', quantity: '3' }],
        rounding: '-0.70',
        at,
      });
      simulator.returnTicket('S01', sn, { at });
    });
    const [sale, back] = told.map((body) => inward(load('ticket'), body));
    const common = {
      storeId: 'S01',
      businessDate: '2026-11-20',
      amounts: { payable: '119', rounding: '-0.7', paid: '119' },
    };
    expect(sale).toMatchObject({ ...common, direction: 'sale', lines: [{ quantity: '3', amount: '119.7' }] });
    expect(back).toMatchObject({
      ...common,
      direction: 'return',
      lines: [{ quantity: '3', amount: '119.7' }],
    });
    expect(sale?.number).not.toBe(back?.number);
    for (const values of [sale, back]) expect(orderBalance(plain(values))).toMatchObject({ ok: true });
  });

  it('tells the shop nothing until the order is shipped, then state and tracking', () => {
    const mapping = load('online-order');
    const outward = (record: JsonObject) => mapping.outward(record, outContext);
    expect(outward({ number: 'N1', states: { fulfilment: 'partial', closure: 'open' } })).toEqual({
      ok: true,
      body: {},
    });
    expect(
      outward({
        states: { fulfilment: 'shipped' },
        packages: [{ key: '1', carrierId: 'sf', trackingNo: 'SF100' }],
      }),
    ).toEqual({ ok: true, body: { state: '2', carrier: 'SF', trackingNo: 'SF100' } });
    expect(mapping.flow).toEqual([{ name: 'update', create: true }]);
  });

  it('reads the answer to its own write without asking for the rest of the order', () => {
    const values = load('online-order').inward(
      { orderNo: 'N1', state: '2' },
      { ...inContext, payload: 'partial' },
    );
    expect(values).toMatchObject({ ok: true, values: { states: { fulfilment: 'shipped' } } });
  });

  it('writes sellable stock under the id of the product', () => {
    const record = {
      skuId: 'P1',
      locationId: 'W1',
      onHand: '9',
      sellable: '7',
      asOf: '2026-11-20T04:00:00.000Z',
    };
    expect(load('stock').outward(record, outContext)).toEqual({
      ok: true,
      body: { uid: 'WEB/1000001000000000001', stock: '7' },
    });
  });

  it('reads products and members', async () => {
    const [product] = await bodies('product', () => undefined);
    expect(inward(load('product'), product)).toMatchObject({
      code: '6901',
      name: '高山绿茶',
      price: '39.9',
      active: true,
    });
    await open?.close();
    const [member] = await bodies('customer', ({ simulator }) => {
      simulator.seedCustomers('S01', [{ number: 'M1', name: '李雷', phone: '13900139000' }]);
    });
    expect(inward(load('customer'), member)).toMatchObject({ code: 'M1', name: '李雷', active: true });
  });
});
