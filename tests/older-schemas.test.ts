import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { verifyAudit } from '../src/ledger/audit-chain.ts';
import { type Database, openDatabase } from '../src/ledger/database.ts';
import { migrate } from '../src/ledger/migrate.ts';
import { migrations } from '../src/ledger/migrations/index.ts';
import { ensurePartitions } from '../src/ledger/partitions.ts';

const folder = path.join(import.meta.dirname, 'older-schemas');
const levels = readdirSync(folder).map((name) => name.replace('.sql', ''));

async function fresh(): Promise<Database> {
  const schema = `t_${randomBytes(6).toString('hex')}`;
  const database = await openDatabase({ url: inject('databaseUrl'), schema, max: 2 });
  onTestFinished(async () => {
    await database.query(`drop schema if exists ${schema} cascade`);
    await database.close();
  });
  return database;
}

/** Every table with its columns, keys and indexes, but for single weeks; the order of columns is of no account. */
async function shapeOf(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ line: string }>(
    `with tables as (select c.oid, c.relname from pg_class c
       where c.relnamespace = $1::text::regnamespace and c.relkind in ('r', 'p') and not c.relispartition)
     select format('%s.%s %s %s %s', t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid)) as line
     from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
     left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
     union all select pg_get_indexdef(i.indexrelid) from tables t join pg_index i on i.indrelid = t.oid
     union all select format('%s %s', t.relname, pg_get_constraintdef(k.oid)) from tables t
       join pg_constraint k on k.conrelid = t.oid and k.contype <> 'n'
     union all select pg_get_triggerdef(g.oid) from tables t join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
     order by 1`,
    [database.schema],
  );
  return rows.map((row) => row.line.replaceAll(database.schema, 'hub')).sort();
}

test('a hub of three earlier versions is kept', () => {
  expect(levels).toEqual(['0009', '0018', '0028']);
});

describe.each(levels)('the tables of a hub at %s', (level) => {
  test('come up to date with what is in them, and are what a fresh hub makes', async () => {
    const [older, newest] = [await fresh(), await fresh()];
    await migrate(newest, migrations);
    const dump = readFileSync(path.join(folder, `${level}.sql`), 'utf8');
    await older.query(`create schema ${older.schema}`);
    // Functions name tables that are made after them.
    const unchecked = `select set_config('check_function_bodies', 'off', true);`;
    await older.query(`${unchecked}\n${dump.replaceAll("'lianhub'", `'${older.schema}'`)}`);
    const applied = await migrate(older, migrations);
    expect(applied).toEqual(migrations.map(({ id }) => id).filter((id) => id.slice(0, 4) > level));
    expect(await shapeOf(older)).toEqual(await shapeOf(newest));

    const one = async (sql: string): Promise<unknown> => (await older.query(sql)).rows[0];
    expect(await one(`select data, version from records where entity = 'product'`)).toEqual({
      data: { code: 'SKU-1', name: '搪瓷杯 500ml' },
      version: 3,
    });
    expect(
      await one(
        `select count(*)::int as links, count(*) filter (where state = 'waiting')::int as waiting from links`,
      ),
    ).toEqual({ links: 2, waiting: 1 });
    expect(
      await one(`select convert_from(body, 'UTF8') as body, deleted from inbox where remote_id = 'WEB/1'`),
    ).toEqual({ body: '{"orderNo":"WEB-1"}', deleted: false });
    expect(await one('select patch_of(patch, created) as patch from changes')).toEqual({
      patch: { name: { from: '搪瓷杯', to: '搪瓷杯 500ml' } },
    });
    expect(await one('select outcome, codes from tries')).toEqual({ outcome: 'done', codes: null });
    expect(await one('select target, back from waits')).toEqual({
      target: 'settle-customers/S01',
      back: false,
    });
    expect(await one(`select key, value, removed_at from crossrefs where name = 'units'`)).toEqual({
      key: 'PCS',
      value: '个',
      removed_at: null,
    });
    const { entries, findings } = await verifyAudit(older);
    expect({ entries, findings }).toEqual({ entries: level === '0009' ? 0 : 2, findings: [] });
    // Work goes on in them.
    await older.transaction((sql) => ensurePartitions(sql, new Date()));
    await older.query(
      `insert into inbox (received_at, connection, object, remote_id, via, lane, due_at)
       values (now(), 'pos', 'x', '1', 'poll', 'apply/pos/0', now())`,
    );
  });
});
