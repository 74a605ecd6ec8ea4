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

/** Every connection that was ever configured, with what holds it back right now. */
export function listConnections(sql: Sql): Promise<ConnectionRow[]> {
  return rows<ConnectionRow>(
    sql,
    `select id, case when paused_until > now() then paused_until end as paused_until,
       case when paused_until > now() then paused_reason end as paused_reason
     from connections order by id`,
  );
}

/** Modes that were put in use last, by connection. */
export function connectionModes(
  sql: Sql,
): Promise<{ readonly id: string; readonly mode: 'observe' | 'shadow' | 'live' }[]> {
  return rows(sql, 'select id, mode from connections');
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

/**
 * Lets a connection go on at once, and the messages that were put off until its pause ends. Answers why it was held
 * back; undefined when it was not.
 */
export async function resumeConnection(sql: Sql, id: string): Promise<string | undefined> {
  const [held] = await rows<{ reason: string | null }>(
    sql,
    `with held as (select id, paused_reason from connections where id = $1 and paused_until > now() for update)
     update connections c set paused_until = null, paused_reason = null from held where c.id = held.id
     returning held.paused_reason as reason`,
    [id],
  );
  if (!held) return undefined;
  await run(
    sql,
    `update inbox set due_at = now()
     where connection = $1 and state = 'due' and error_code = 'connection.paused' and due_at > now()`,
    [id],
  );
  return held.reason ?? '';
}

/** The sealed secrets of a connection; null when it has none. */
export async function sealedSecrets(sql: Sql, id: string): Promise<Buffer | null> {
  const found = await rows<{ secrets: Buffer | null }>(sql, 'select secrets from connections where id = $1', [
    id,
  ]);
  return found[0]?.secrets ?? null;
}
