import { rows, run, type Sql } from './sql.ts';

export interface CallLimitRow {
  readonly connection: string;
  readonly unit: string;
  readonly version: number;
  /** As the one who decides wrote it. */
  readonly state: unknown;
  /** The database's clock, ms since the epoch. */
  readonly now: number;
}

const columns = `connection, unit, version, state, (extract(epoch from clock_timestamp()) * 1000)::float8 as now`;

/** What is known about the limits of one unit; it is made with `empty` where nothing is known yet. */
export async function readCallLimit(
  sql: Sql,
  connection: string,
  unit: string,
  empty: object,
): Promise<CallLimitRow> {
  const read = (): Promise<CallLimitRow[]> =>
    rows<CallLimitRow>(sql, `select ${columns} from call_limits where connection = $1 and unit = $2`, [
      connection,
      unit,
    ]);
  const [found] = await read();
  if (found) return found;
  await run(
    sql,
    `insert into call_limits (connection, unit, state) values ($1, $2, $3::jsonb) on conflict do nothing`,
    [connection, unit, JSON.stringify(empty)],
  );
  return (await read())[0] as CallLimitRow;
}

/** Puts a new state in place of the version it was made from. False: somebody was faster; read again. */
export async function writeCallLimit(
  sql: Sql,
  row: Pick<CallLimitRow, 'connection' | 'unit' | 'version'>,
  state: object,
): Promise<boolean> {
  const written = await rows<{ version: number }>(
    sql,
    `update call_limits set state = $4::jsonb, version = version + 1
     where connection = $1 and unit = $2 and version = $3 returning version`,
    [row.connection, row.unit, row.version, JSON.stringify(state)],
  );
  return written.length === 1;
}

/** All that is known, by connection and unit. */
export function listCallLimits(sql: Sql): Promise<CallLimitRow[]> {
  return rows<CallLimitRow>(sql, `select ${columns} from call_limits order by connection, unit`);
}
