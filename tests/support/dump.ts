/** A backup of a hub's tables while it works, and putting them into another database: with pg_dump, or as it does it. */
import { execFile, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { migrations } from '../../src/ledger/migrations/index.ts';

const execute = promisify(execFile);

/** Major version of a program of PostgreSQL on the PATH; 0 where there is none. */
function majorOf(program: string): number {
  const told = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return told.status === 0 ? Number(/(\d+)/.exec(told.stdout)?.[1] ?? 0) : 0;
}

/**
 * Backs the schema up into a file; answers how to put it into the database of another address. pg_dump reads servers as old as
 * itself or older; beside a newer one, its work is done by hand: everything from one snapshot.
 */
export async function backUp(
  url: string,
  schema: string,
  file: string,
): Promise<(url: string) => Promise<void>> {
  const database = await openDatabase({ url, schema, max: 1 });
  try {
    if (majorOf('pg_dump') >= database.major && majorOf('psql') > 0) {
      await execute('pg_dump', ['--no-owner', '--no-privileges', '-n', schema, '-f', file, url]);
      return async (to) => {
        await execute('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-f', file, to], { maxBuffer: 1 << 26 });
      };
    }
    await writeFile(file, JSON.stringify(await copyOut(database)));
  } finally {
    await database.close();
  }
  return (to) => copyIn(to, schema, file);
}

interface Copied {
  readonly tables: readonly {
    readonly name: string;
    readonly parent: string | null;
    readonly bound: string | null;
    readonly rows: string;
  }[];
  readonly sequences: readonly { readonly name: string; readonly value: string }[];
}

async function copyOut(database: Database): Promise<Copied> {
  return database.transaction(
    async (sql) => {
      const { rows: found } = await sql.query<{ name: string; parent: string | null; bound: string | null }>(
        `select c.relname as name, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bound
         from pg_class c left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
         where c.relnamespace = $1::text::regnamespace and c.relkind = 'r' order by c.relname`,
        [database.schema],
      );
      const tables: Copied['tables'][number][] = [];
      for (const one of found) {
        const { rows } = await sql.query<{ rows: string }>(
          `select coalesce(jsonb_agg(t), '[]')::text as rows from "${one.name}" t`,
        );
        tables.push({ ...one, rows: rows[0]?.rows ?? '[]' });
      }
      const { rows: sequences } = await sql.query<{ name: string; value: string }>(
        `select sequencename as name, last_value::text as value from pg_sequences
         where schemaname = $1 and last_value is not null`,
        [database.schema],
      );
      return { tables, sequences };
    },
    { isolation: 'repeatable read' },
  );
}

async function copyIn(url: string, schema: string, file: string): Promise<void> {
  const { tables, sequences } = JSON.parse(await readFile(file, 'utf8')) as Copied;
  const database = await openDatabase({ url, schema, max: 1 });
  try {
    await migrate(database, migrations);
    await database.transaction(async (sql) => {
      // No trigger tells again what had been told; where rows refer to each other their order is of no account.
      await sql.query('set local session_replication_role = replica');
      for (const { name, parent, bound } of tables)
        if (parent !== null) await sql.query(`create table "${name}" partition of "${parent}" ${bound}`);
      for (const { name, rows } of tables) {
        await sql.query(`delete from "${name}"`);
        await sql.query(
          `insert into "${name}" overriding system value select * from jsonb_populate_recordset(null::"${name}", $1::jsonb)`,
          [rows],
        );
      }
      for (const { name, value } of sequences)
        await sql.query('select setval($1::text::regclass, $2::bigint)', [`"${name}"`, value]);
    });
  } finally {
    await database.close();
  }
}
