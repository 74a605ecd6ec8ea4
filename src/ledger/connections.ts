import { rows, run, type Sql } from './sql.ts';

export interface ConnectionRow {
  readonly id: string;
  readonly paused_until: Date | null;
  readonly paused_reason: string | null;
}

/** Stores a configured connection; secrets arrive sealed. */
export async function saveConnection(
  sql: Sql,
  connection: {
    readonly id: string;
    readonly connector: string;
    readonly config: unknown;
    readonly secrets: Buffer | null;
    readonly mode: string;
  },
): Promise<void> {
  await run(
    sql,
    `insert into connections (id, connector, config, secrets, mode) values ($1, $2, $3, $4, $5)
     on conflict (id) do update set connector = excluded.connector, config = excluded.config,
       secrets = excluded.secrets, mode = excluded.mode, updated_at = now(),
       paused_until = case when connections.config is distinct from excluded.config then null
                           else connections.paused_until end`,
    [
      connection.id,
      connection.connector,
      JSON.stringify(connection.config),
      connection.secrets,
      connection.mode,
    ],
  );
}

/** Connections that are held back right now, with the reason. */
export function pausedConnections(sql: Sql): Promise<ConnectionRow[]> {
  return rows<ConnectionRow>(
    sql,
    `select id, paused_until, paused_reason from connections where paused_until > now()`,
  );
}

/** Holds every lane of a connection back for a while. */
export async function pauseConnection(sql: Sql, id: string, forMs: number, reason: string): Promise<void> {
  await run(
    sql,
    `update connections set paused_until = greatest(coalesce(paused_until, now()), now() + $2::float8 * interval '1 ms'),
       paused_reason = $3 where id = $1`,
    [id, forMs, reason],
  );
}
