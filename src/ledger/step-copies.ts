import { type LinkRow, linksByIds } from './links.ts';
import { rows, type Sql } from './sql.ts';

/** Copies in a system that are not at rest. */
export async function openLinks(sql: Sql, connection: string, limit: number): Promise<LinkRow[]> {
  const found = await rows<{ id: string }>(
    sql,
    `select id from links where connection = $1 and state in ('due', 'waiting', 'parked') order by id limit $2`,
    [connection, limit],
  );
  return linksByIds(
    sql,
    found.map((row) => row.id),
  );
}
