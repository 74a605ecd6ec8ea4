import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CodeTables } from '../src/lanes/code-tables.ts';
import { seedCodes } from '../src/lanes/fill-crossref.ts';
import { setCrossref } from '../src/ledger/crossrefs.ts';
import { type Database, openDatabase } from '../src/ledger/database.ts';
import { insertInbox } from '../src/ledger/inbox.ts';
import { migrate } from '../src/ledger/migrate.ts';
import { migrations } from '../src/ledger/migrations/index.ts';
import { ensurePartitions } from '../src/ledger/partitions.ts';
import { insertInboxWaits } from '../src/ledger/waits.ts';
import { dropSchemas } from './harness.ts';

const schema = `t_codes_${process.pid}`;
const row = { name: 'settle-customers', connection: 'erp', key: 'S09', value: 'CUST-S09' };
let database: Database;

beforeAll(async () => {
  database = await openDatabase({ url: inject('databaseUrl'), schema, max: 2 });
  await migrate(database, migrations);
  await database.transaction((sql) => ensurePartitions(sql, new Date()));
});
afterAll(async () => {
  await database.close();
  await dropSchemas(schema);
});

/** A message that waits for a code, as apply leaves it. */
async function waitingFor(target: string): Promise<() => Promise<string | undefined>> {
  await insertInbox(database, [
    { connection: 'pos', object: 'ticket', remoteId: target, via: 'poll', lane: 'apply/pos/0', body: '{}' },
  ]);
  const found = await database.query<{ id: number; received_at: Date }>(
    `update inbox set state = 'waiting' where remote_id = $1 returning id, received_at`,
    [target],
  );
  const { id, received_at: receivedAt } = found.rows[0] ?? { id: 0, received_at: new Date(0) };
  await insertInboxWaits(database, [{ inboxId: id, receivedAt, kind: 'table', target }]);
  return async () => {
    const now = await database.query<{ state: string }>('select state from inbox where id = $1', [id]);
    return now.rows[0]?.state;
  };
}

describe('Codes in files are known from the next start on', () => {
  it('frees what waited for a code that is new in a file, and nothing else', async () => {
    const state = await waitingFor('settle-customers/S09');
    const other = await waitingFor('settle-customers/S10');
    await seedCodes(database, [row]);
    expect(await state()).toBe('due');
    expect(await other()).toBe('waiting');
  });

  it('leaves what people have set, however often it starts', async () => {
    await setCrossref(database, { ...row, value: 'CUST-NEW' }, 'li.na');
    await seedCodes(database, [row]);
    await seedCodes(database, [row]);
    const tables = new CodeTables();
    await tables.load(database);
    expect(tables.lookup('erp', 'settle-customers', 'S09')).toBe('CUST-NEW');
    expect(tables.lookupBack('erp', 'settle-customers', 'CUST-NEW')).toBe('S09');
  });
});
