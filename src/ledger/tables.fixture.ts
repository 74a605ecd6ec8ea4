/** Tables for the tests of one file, on the server all tests share. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, inject } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { ensurePartitions } from './partitions.ts';

/**
 * Gives a test file tables of its own, empty, from before its first test until after its last.
 * @param max most connections at once
 * @param use is handed the database before the first test
 */
export function withTables(max: number, use: (database: Database) => void): void {
  const schema = `t_${randomBytes(6).toString('hex')}`;
  let database: Database | undefined;
  beforeAll(async () => {
    database = await openDatabase({ url: inject('databaseUrl'), schema, max });
    await migrate(database, migrations);
    await ensurePartitions(database, new Date());
    use(database);
  });
  afterAll(async () => {
    await database?.query(`drop schema if exists ${schema} cascade`);
    await database?.close();
  });
}
