/** A hub with something stuck in every way the page of problems shows. */
import { fillCrossref } from '../../src/lanes/fill-crossref.ts';
import { newId } from '../../src/ledger/ids.ts';
import { insertRecordMatches } from '../../src/ledger/matches.ts';
import { decimal, isList, isObject, type JsonObject } from '../../src/model/index.ts';
import { type TestHub, until } from '../harness.ts';
import { golden, hasty, linkOf, pollAll, withFacts } from '../support/read-outs.ts';

/**
 * Two more online shops: one whose code for the ERP is missing, one whose customer the ERP does not know. The warehouse
 * leaves what it was told to ship lying.
 */
export const shops = (text: string): string =>
  hasty(text)
    .replace('connector: qimen\n    simulator: {}', 'connector: qimen\n    simulator: { lifecycle: false }')
    .replace(/( +)- \{ name: WEB, .*\n/, (line, indent: string) =>
      ['WEB2', 'WEB3'].reduce(
        (all, name) => `${all}${indent}- { name: ${name}, online: true, storeCode: ${name} }\n`,
        line,
      ),
    );
/** A warehouse that offers nothing to look an instruction up by. */
export const connectors = withFacts((facts, object) =>
  object === 'delivery-order'
    ? { ...facts, writeDeadlineMs: 2_000, latenessMs: 0, searchLagMs: 0, createSafety: 'none' }
    : facts,
);

export interface Stuck {
  /** Numbers of four orders whose total is not what their lines come to. */
  readonly unbalanced: readonly string[];
  /** Record of goods that two systems show differently. */
  readonly disputed: string;
  /** Number of the order whose instruction nobody knows the end of. */
  readonly unknown: string;
}

/** Lets everything get stuck. */
export async function getStuck(hub: TestHub): Promise<Stuck> {
  for (const shop of ['WEB2', 'WEB3']) {
    hub.pos.seedProducts(
      shop,
      hub.inventor.skus.map(({ code, name, price }) => ({ barcode: code, name, sellPrice: price })),
    );
    await fill(hub, 'orgs', 'erp', shop, '100');
    await fill(hub, 'ship-from', 'pos', shop, 'W01');
  }
  await fill(hub, 'settle-customers', 'erp', 'WEB3', 'CUST-NOBODY');
  await pollAll(hub, 'pos', ['product']);
  const { pos } = hub;
  pos.placeOrder('WEB3', order(hub));
  pos.placeOrder('WEB3', order(hub));
  for (let count = 0; count < 4; count += 1) pos.placeOrder('WEB2', order(hub));
  for (let count = 0; count < 2; count += 1) pos.placeOrder('WEB', { ...order(hub), payMethod: 'Bitcoin' });
  const unbalanced = [0, 1, 2, 3].map(() =>
    pos.placeOrder('WEB', { ...order(hub), totalAmount: '99999.00' }),
  );
  const refused = pos.placeOrder('WEB', order(hub));
  await until('everything is stuck as it should be', async () => {
    const { rows } = await hub.database.query<{ code: string; n: number }>(
      `select error_code as code, count(*)::int as n from (
         select error_code from links where state in ('parked', 'waiting') union all
         select error_code from inbox where state in ('dead', 'waiting')) x group by 1`,
    );
    const of = (code: string): number => rows.find((one) => one.code === code)?.n ?? 0;
    return (
      of('apply.unbalanced') === 4 &&
      of('kingdee.invalid') === 2 &&
      rows.reduce((sum, one) => sum + one.n, 0) >= 12
    );
  });
  await until('an instruction is there', async () => {
    return (await linkOf(hub, 'wms', 'delivery-order', `${refused}-1`))?.state === 'idle';
  });
  hub.wms.faults.next(1, 'error500AfterEffect', 'deliveryorder.create');
  const unknown = pos.placeOrder('WEB', order(hub));
  await until('nobody can tell', async () => {
    return (await linkOf(hub, 'wms', 'delivery-order', `${unknown}-1`))?.state === 'unknown';
  });
  const there = hub.wms.order(`${refused}-1`);
  if (there) there.state = 'PICK';
  pos.changeOrder('WEB', refused, { state: 3 });
  await until('a request is answered', async () => {
    const { rows } = await hub.database.query(
      `select 1 from requests where state in ('refused', 'accepted')`,
    );
    return rows.length > 0;
  });
  const disputed = await dispute(hub);
  await proposal(hub);
  return { unbalanced, disputed, unknown };
}

function fill(hub: TestHub, name: string, connection: string, key: string, value: string): Promise<void> {
  return fillCrossref(hub.hub.world, { name, connection, key, value }, 'test');
}

function order(hub: TestHub) {
  const [sku] = hub.inventor.skus;
  return { ...hub.inventor.order(), items: [{ barcode: sku?.code ?? '', quantity: '1' }] };
}

/** Two fields of goods that ERP and shop show differently. Answers the record. */
async function dispute(hub: TestHub): Promise<string> {
  const [product] = await golden(hub, 'product');
  if (!product) throw new Error('there are no goods');
  const at = '2026-11-20T02:00:00.000Z';
  const shown = (connection: string, object: string, value: string, before: string) => ({
    ...{ connection, object, remoteId: '100200', value, before, at },
  });
  for (const [path, ours, theirs, before] of [
    ['name', String(product.data.name), '茉莉花茶 100 克', '花茶'],
    ['specification', String(product.data.specification ?? '100 g'), '100 克/罐', '50 g'],
  ] as const) {
    const told = {
      'erp/BD_MATERIAL/100200': shown('erp', 'BD_MATERIAL', ours, before),
      'pos/product/S01-7': { ...shown('pos', 'product', theirs, before), remoteId: 'S01-7' },
    };
    await hub.database.query(
      `insert into conflicts (id, record_id, entity, path, golden, told, version, state, opened_at, changed_at)
       values ($1, $2, 'product', $3, to_jsonb($4::text), $5, 1, 'open', now() - interval '3 hours', now())`,
      [newId(), product.id, path, ours, JSON.stringify(told)],
    );
  }
  await hub.database.query(`update records set conflicted = '{name,specification}' where id = $1`, [
    product.id,
  ]);
  return product.id;
}

/** Two customers that may be one. */
async function proposal(hub: TestHub): Promise<void> {
  const [first, second] = await golden(hub, 'customer');
  if (!first || !second) throw new Error('there are no customers');
  const keys = [{ kind: 'phone', scope: '', strength: 'weak' as const }];
  await insertRecordMatches(hub.database, [
    { id: newId(), entity: 'customer', record: second.id, candidate: first.id, keys },
  ]);
}

/** The order with what is paid set to what its lines and its freight come to. */
export function corrected(body: JsonObject): JsonObject {
  const items = isList(body.items) ? body.items.filter(isObject) : [];
  const payments = isList(body._payments) ? body._payments.filter(isObject) : [];
  const sum = items.reduce(
    (total, item) => decimal.add(total, String(item._amount)),
    String(body._freight ?? '0'),
  );
  return {
    ...body,
    _rounding: '0',
    _payable: sum,
    _paid: sum,
    _payments: payments.map((payment) => ({ ...payment, amount: sum })),
  };
}
