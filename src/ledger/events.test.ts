import { beforeAll, expect, test } from 'vitest';
import type { NewEvent } from '../events/event.ts';
import type { Database } from './database.ts';
import { declareInterest, insertEvents, readEvent, takeEvents } from './events.ts';
import { newId } from './ids.ts';
import { insertLinks } from './links.ts';
import { withTables } from './tables.fixture.ts';

let database: Database;
withTables(8, (made) => {
  database = made;
});
beforeAll(async () => {
  await declareInterest(database, 'test', ['ping', 'deadletter.opened', 'deadletter.closed']);
});

function ping(message: string, type = 'ping'): NewEvent {
  return { id: newId(), type, occurredAt: new Date(), subject: null, key: 'k', data: { message } };
}

async function told(limit = 100): Promise<unknown[]> {
  const events = await database.transaction((sql) => takeEvents(sql, limit));
  return events.map((event) => event.data.message ?? event.type);
}

test('an event that is committed late is told late, and none is told twice or left out', async () => {
  let commit: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let isWritten: () => void = () => undefined;
  const written = new Promise<void>((resolve) => {
    isWritten = resolve;
  });
  const late = database.transaction(async (sql) => {
    await insertEvents(sql, [ping('late')]);
    isWritten();
    await held;
  });
  await written;
  await insertEvents(database, [ping('first'), ping('second')]);
  // What somebody else still writes holds nobody up.
  expect(await told()).toEqual(['first', 'second']);
  await insertEvents(database, [ping('third')]);
  expect(await told()).toEqual(['third']);
  commit();
  await late;
  expect(await told()).toEqual(['late']);
  expect(await told()).toEqual([]);
});

test('a reading in parts ends before what came meanwhile is begun, and a failed one is begun again', async () => {
  await insertEvents(
    database,
    ['1', '2', '3'].map((n) => ping(n)),
  );
  expect(await told(2)).toEqual(['1', '2']);
  await insertEvents(database, [ping('4')]);
  const failing = database.transaction(async (sql) => {
    await takeEvents(sql, 2);
    throw new Error('a consumer failed');
  });
  await expect(failing).rejects.toThrow('a consumer failed');
  expect(await told(2)).toEqual(['3']);
  expect(await told(2)).toEqual(['4']);
});

test('of one key, what was written later is told later, however early its transaction began', async () => {
  let goOn: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let isBegun: () => void = () => undefined;
  const early = new Promise<void>((resolve) => {
    isBegun = resolve;
  });
  // It has its number long before the other one, and writes after it.
  const slow = database.transaction(async (sql) => {
    await sql.query('select pg_current_xact_id()');
    isBegun();
    await begun;
    await insertEvents(sql, [ping('version 2')]);
  });
  await early;
  await insertEvents(database, [ping('version 1')]);
  goOn();
  await slow;
  expect(await told()).toEqual(['version 1', 'version 2']);
});

test('a database that was moved to another server, which counts transactions anew, tells what it had not told', async () => {
  await insertEvents(database, [ping('told before')]);
  await told();
  await insertEvents(database, [ping('not told yet')]);
  // As after a dump and a restore: numbers of transactions this server will reach in years.
  await database.query(`update events set xid = (4611686018427387904 + seq)::text::xid8`);
  await database.query(
    `update event_cursor set seen = (select (max(seq) + 4611686018427387904)::text || ':' ||
       (max(seq) + 4611686018427387904)::text || ':' from events)::pg_snapshot`,
  );
  await insertEvents(database, [ping('after the move')]);
  expect(await told()).toEqual([]);
  expect(await told()).toEqual(['not told yet', 'after the move']);
  expect(await told()).toEqual([]);
});

test('while several take events at once and others write and commit, each event is told once', async () => {
  const seen: unknown[] = [];
  const written: string[] = [];
  let writing = 3;
  const write = async (who: number): Promise<void> => {
    for (let n = 0; n < 400; n += 1) {
      const message = `${who}/${n}`;
      await insertEvents(database, [ping(message)]);
      written.push(message);
    }
    writing -= 1;
  };
  // As a worker does that was frozen and does not know yet that its lane is somebody else's.
  const take = async (): Promise<void> => {
    while (writing > 0) seen.push(...(await told(7)));
  };
  await Promise.all([write(0), write(1), write(2), take(), take(), take()]);
  for (let quiet = 0; quiet < 2; ) {
    const rest = await told();
    seen.push(...rest);
    quiet = rest.length === 0 ? quiet + 1 : 0;
  }
  expect(seen.toSorted()).toEqual(written.toSorted());
});

test('types nobody listens to are not written', async () => {
  const unheard = ping('x', 'order.created');
  await insertEvents(database, [unheard, ping('heard')]);
  expect(await told()).toEqual(['heard']);
  expect(await readEvent(database, unheard.id)).toBeUndefined();
});

test('a copy that parks is told as a dead letter, and that it is none any more, whoever changes it', async () => {
  const id = newId();
  const record = newId();
  await insertLinks(database, [
    {
      id,
      record_id: record,
      entity: 'order',
      connection: 'erp',
      object: 'SAL_SaleOrder',
      origin: false,
      remote_id: null,
      remote_number: null,
      state: 'due',
      lane: 'push/erp/SAL_SaleOrder/0',
      priority: 5,
      seen_revision: null,
      seen_hash: null,
    },
  ]);
  await database.query(
    `update links set state = 'parked', error_code = 'x.refused', error = 'no' where id = $1`,
    [id],
  );
  await database.query(`update links set state = 'due', error_code = null where id = $1`, [id]);
  const events = await database.transaction((sql) => takeEvents(sql, 10));
  expect(events).toMatchObject([
    {
      type: 'deadletter.opened',
      subject: record,
      key: `push/${id}`,
      data: { letter: `push/${id}`, kind: 'push', state: 'parked', code: 'x.refused', connection: 'erp' },
    },
    { type: 'deadletter.closed', data: { letter: `push/${id}`, became: 'due', code: 'x.refused' } },
  ]);
  expect(events[0]?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
});
