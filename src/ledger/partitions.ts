import type { Sql } from './sql.ts';

export const partitioned = ['inbox', 'tries', 'changes', 'events', 'deliveries', 'webhook_messages'] as const;

/**
 * Makes the weekly partitions that will be needed from `now` on (this week and the next two), so that no
 * insert ever waits for one. Safe to call from several processes at once.
 */
export async function ensurePartitions(sql: Sql, now: Date): Promise<void> {
  const week = 7 * 24 * 3600 * 1000;
  const monday = Math.floor((now.getTime() - 4 * 24 * 3600 * 1000) / week) * week + 4 * 24 * 3600 * 1000;
  await sql.query(`select pg_advisory_xact_lock(hashtext('lianhub-partitions'))`);
  for (const table of partitioned) {
    for (let step = -1; step <= 2; step += 1) {
      const from = new Date(monday + step * week);
      const to = new Date(monday + (step + 1) * week);
      const name = `${table}_${from.toISOString().slice(0, 10).replaceAll('-', '')}`;
      await sql.query(
        `create table if not exists ${name} partition of ${table}
         for values from ('${from.toISOString()}') to ('${to.toISOString()}')`,
      );
    }
  }
}

/**
 * Takes away the weeks of events and deliveries that are over for `keepMs`, unless something in them is still to be
 * delivered. What waits for a subscription that is switched off goes with its week. Short of locks it gives up: the next
 * time will do.
 */
export async function dropOldEvents(sql: Sql, now: Date, keepMs: number): Promise<string[]> {
  const before = new Date(now.getTime() - keepMs - 7 * 24 * 3600 * 1000);
  await sql.query(`set local lock_timeout = '2s'`);
  const found = await sql.query<{ name: string; parent: string }>(
    `select c.relname as name, p.relname as parent from pg_inherits i
     join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
     join pg_namespace n on n.oid = p.relnamespace
     where n.nspname = current_schema() and p.relname in ('events', 'deliveries') order by c.relname`,
  );
  const dropped: string[] = [];
  for (const { name, parent } of found.rows) {
    const day = /_(\d{4})(\d{2})(\d{2})$/.exec(name);
    if (!day) continue;
    const from = new Date(`${day[1]}-${day[2]}-${day[3]}T00:00:00.000Z`);
    if (from >= before) continue;
    const to = new Date(from.getTime() + 7 * 24 * 3600 * 1000);
    const waiting = await sql.query<{ found: boolean }>(
      `select exists (select 1 from due_deliveries d join subscriptions s on s.id = d.subscription_id
         where s.state = 'enabled'
           and case when $1 then d.event_at else d.at end >= $2 and case when $1 then d.event_at else d.at end < $3) as found`,
      [parent === 'events', from, to],
    );
    if (waiting.rows[0]?.found) continue;
    if (parent === 'deliveries') {
      await sql.query('delete from due_deliveries where at >= $1 and at < $2', [from, to]);
    }
    await sql.query(`drop table ${name}`);
    dropped.push(name);
  }
  return dropped;
}
