import type { Database } from '../../src/ledger/database.ts';

/** Goods whose names differed when they were paired: two at the tills, three in the ERP. */
export async function differAtFirst(database: Database): Promise<void> {
  for (const [connection, count] of [
    ['pos', 2],
    ['erp', 3],
  ] as const)
    await database.query(
      `with l as (update links set opening = '{name}' where id in (
         select id from links where connection = $1 and entity = 'product' and remote_id is not null order by id limit $2)
         returning id)
       update shadows s set theirs = jsonb_set(s.theirs, '{name}', to_jsonb((s.theirs ->> 'name') || '（旧款）'))
       from l where s.link_id = l.id and s.theirs ? 'name'`,
      [connection, count],
    );
}
