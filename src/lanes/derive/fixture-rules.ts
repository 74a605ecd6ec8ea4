/** Rules over a real database, with nothing connected: records change, documents are made. */
import { readRule } from '../../derive/index.ts';
import type { Database } from '../../ledger/database.ts';
import { retryAsked } from '../../ledger/derivation-retries.ts';
import { newId } from '../../ledger/ids.ts';
import { withTables as withTablesOf } from '../../ledger/tables.fixture.ts';
import { silentLogger } from '../../log.ts';
import { isList, isObject, type JsonObject } from '../../model/index.ts';
import { followUp } from '../apply/effects.ts';
import { claimIdentities } from '../apply/pairing.ts';
import { Unit, type Working } from '../apply/unit.ts';
import { CodeTables } from '../code-tables.ts';
import { Landscape } from '../landscape.ts';
import { ClosedPeriods } from '../periods/closed-periods.ts';
import type { World } from '../world.ts';
import { deriveDrain } from './drain.ts';

/** The tables of the test file that runs, migrated; see `withTables`. */
export let database: Database;

/** Gives a test file of rules its tables. */
export function withTables(): void {
  withTablesOf(4, (made) => {
    database = made;
  });
}

/** A hub of rules alone: records change, nothing is connected. */
export class Rules {
  readonly world: World;

  constructor(docs: Readonly<Record<string, JsonObject>>) {
    const rules = Object.entries(docs).map(([name, doc]) => readRule(name, doc));
    this.world = {
      get database() {
        return database;
      },
      landscape: new Landscape({ connections: [], parties: [], rules, stock: { safety: new Map() } }),
      tables: new CodeTables(),
      periods: new ClosedPeriods(),
      log: silentLogger(),
      session: () => {
        throw new Error('nothing is connected');
      },
      ring: () => undefined,
      keepUp: async () => undefined,
      now: () => Date.now(),
    };
  }

  /** Gives records new content, each change in a transaction with its consequences. */
  async tell(
    entity: string,
    data: JsonObject,
    id?: string,
    state: Working['state'] = 'live',
  ): Promise<string> {
    return database.transaction(async (sql) => {
      const unit = new Unit(sql, new Date());
      if (id !== undefined) await unit.load([id]);
      const record = (id === undefined ? undefined : unit.get(id)) ?? unit.create(entity, 'live');
      record.state = state;
      unit.change(record, data, { patch: {}, origin: { test: true } });
      claimIdentities(unit, record);
      await followUp(this.world, unit);
      await unit.write();
      return record.id;
    });
  }

  /** Drains a rule's lane until nothing is due, and what a sweep finds to try again neither. */
  async drain(rule: string): Promise<void> {
    do await database.transaction(retryAsked);
    while (
      // Transactions of other tests on the server may be older than what was asked: it is not ripe until they are over.
      (await database.query('select 1 from derivation_retries where upto is null')).rowCount > 0
    );
    const signal = new AbortController().signal;
    const hold = { lane: `derive/${rule}/0`, holder: newId(), epoch: 1, signal, isOver: () => false };
    while ((await deriveDrain(this.world)(hold)) > 0);
  }
}

export interface Made {
  readonly id: string;
  readonly state: string;
  readonly part: number;
  readonly key: string;
  readonly data: JsonObject;
}

export async function made(rule: string, key = ''): Promise<Made[]> {
  const found = await database.query<Made>(
    `select r.id, r.state, d.part, d.group_key as key, r.data from derived d join records r on r.id = d.record_id
     where d.rule = $1 and starts_with(d.group_key, $2) order by d.group_key, d.part`,
    [rule, key],
  );
  return found.rows;
}

/** Some system has written a document. */
export async function post(recordId: string): Promise<void> {
  await database.query(
    `insert into links (id, record_id, entity, connection, object, remote_id, step, state, lane, due_at)
     values ($1, $2, 'x', 'erp', 'bill', $3, 'save', 'idle', 'push/erp/bill/0', now())`,
    [newId(), recordId, recordId],
  );
}

export const line = (data: JsonObject | undefined, key: string): JsonObject | undefined =>
  isList(data?.lines) ? data.lines.filter(isObject).find((one) => one.key === key) : undefined;

export const daily = (late: string): JsonObject => ({
  entity: 'retailDay',
  from: 'order',
  when: 'record.states.closure != "cancelled"',
  group: ['storeId', 'businessDate', 'direction'],
  lines: { group: ['skuId'], sum: ['quantity', 'amount'] },
  late,
});
export const ticket = (store: string, amount: string, more: JsonObject = {}): JsonObject => ({
  kind: 'ticket',
  number: `T-${store}-${amount}`,
  storeId: store,
  businessDate: '2026-11-01',
  direction: 'sale',
  placedAt: '2026-11-01T02:00:00Z',
  amounts: { payable: amount },
  lines: [{ key: 'a', skuId: 'tea', quantity: '1', amount }],
  ...more,
});

export const order = (more: JsonObject = {}): JsonObject => ({
  kind: 'web',
  number: 'W-1',
  placedAt: '2026-11-01T02:00:00Z',
  states: { approval: 'approved' },
  amounts: { payable: '30' },
  lines: [
    { key: 'a', skuId: 'tea', quantity: '2', amount: '20', locationId: 'W1' },
    { key: 'b', skuId: 'cup', quantity: '1', amount: '10', locationId: 'W2' },
  ],
  ...more,
});
export const moved = (to: string): JsonObject[] => [
  { key: 'b', skuId: 'cup', quantity: '1', amount: '10', locationId: to },
  { key: 'a', skuId: 'tea', quantity: '2', amount: '20', locationId: to },
];
