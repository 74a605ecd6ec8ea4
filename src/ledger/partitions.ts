import type { Sql } from './sql.ts';

const partitioned = ['inbox', 'tries', 'changes', 'events'] as const;

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
