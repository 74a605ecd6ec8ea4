import { rows, type Sql } from './sql.ts';

/** Now, by the database's clock, to the microsecond. */
export async function databaseNow(sql: Sql): Promise<string> {
  const [found] = await rows<{ now: string }>(sql, 'select clock_timestamp()::text as now');
  return found?.now ?? '';
}
