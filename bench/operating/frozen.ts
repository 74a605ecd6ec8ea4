import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { round } from '../figures.ts';
import { startedFrom } from '../sync/remote.ts';
import { openSite, until } from './site.ts';

export interface FrozenResult {
  /** Lanes the worker held when it was frozen, and that had work afterwards. */
  readonly lanes: number;
  /** Until the last of them was held by the other one, seconds. */
  readonly movedSeconds: number;
  readonly frozenSeconds: number;
  readonly orders: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Everything is everywhere, once, although the frozen one came back and went on. */
  readonly complete: boolean;
}

/** Freezes one of two workers in the middle of its work for a while, and counts at the vendors. */
export async function benchFrozen(options: {
  readonly code: string;
  readonly leaseMs: number;
  readonly frozenMs: number;
  readonly orders: number;
}): Promise<FrozenResult> {
  const site = await openSite({ code: options.code, leaseMs: options.leaseMs, apis: 1 });
  try {
    for (const vendor of [site.erp, site.wms]) vendor.faults.latencyMs = 20;
    const [victim, other] = site.workers;
    if (!victim || !other) throw new Error('there are not two workers');
    // While the other one is frozen there is no doubt who holds the lanes.
    other.child.kill('SIGSTOP');
    await delay(options.leaseMs + 500);
    const half = Math.ceil(options.orders / 2);
    site.sell(half);
    const held = async (): Promise<ReadonlyMap<string, string>> => {
      const { rows } = await site.database.query<{ lane: string; holder: string }>(
        `select lane, holder::text as holder from lanes where lease_until > clock_timestamp()`,
      );
      return new Map(rows.map((row) => [row.lane, row.holder]));
    };
    await until('it is in the middle of its work', 60_000, async () =>
      [...(await held()).keys()].some((lane) => lane.startsWith('push/')),
    );
    const before = await held();
    victim.child.kill('SIGSTOP');
    const frozenAt = performance.now();
    other.child.kill('SIGCONT');
    site.sell(options.orders - half);
    // A lane has moved when its lease is another's, or when nothing is left in it for anybody.
    const left = new Set(before.keys());
    let movedMs = 0;
    // A worker may be frozen while it sweeps: the database ends that after ten seconds, and only then another one sweeps.
    const patienceMs = Math.max(options.frozenMs, 20_000);
    while (left.size > 0 && performance.now() - frozenAt < patienceMs) {
      const { rows } = await site.database.query<{ lane: string }>(
        `select lane from lanes l where lane = any($1) and (l.holder is not null and l.holder::text <> ($2::jsonb ->> lane)
           and lease_until > clock_timestamp()
           or (l.lease_until is null or l.lease_until < clock_timestamp())
             and not exists (select from links d where d.lane = l.lane and d.state = 'due' and d.due_at <= now())
             and not exists (select from inbox d where d.lane = l.lane and d.state = 'due' and d.due_at <= now()))`,
        [[...left], JSON.stringify(Object.fromEntries(before))],
      );
      for (const { lane } of rows) {
        left.delete(lane);
        movedMs = performance.now() - frozenAt;
      }
      await delay(50);
    }
    if (left.size > 0) movedMs = Number.POSITIVE_INFINITY;
    await delay(Math.max(0, options.frozenMs - (performance.now() - frozenAt)));
    victim.child.kill('SIGCONT');
    const frozenSeconds = (performance.now() - frozenAt) / 1_000;
    const { lost, duplicated, complete } = await site.finished(120_000);
    return {
      lanes: before.size,
      movedSeconds: round(movedMs / 1_000),
      frozenSeconds: round(frozenSeconds),
      orders: options.orders,
      lost,
      duplicated,
      complete,
    };
  } finally {
    await site.stop();
  }
}

/** `bench frozen`: a worker frozen for a minute. */
export function frozenCommand(): Command {
  return new Command('frozen')
    .description(
      'one of two workers frozen for a minute: how soon its lanes move, and that nothing is doubled',
    )
    .option('--json', 'one line of JSON')
    .option('--seconds <n>', 'how long it is frozen', Number, 60)
    .option('--orders <n>', 'orders sold meanwhile', Number, 200)
    .action(async ({ json, seconds, orders }: { json?: true; seconds: number; orders: number }) => {
      // The lease as it ships.
      const result = await benchFrozen({
        code: startedFrom(),
        leaseMs: 10_000,
        frozenMs: seconds * 1_000,
        orders,
      });
      process.stdout.write(
        json
          ? `${JSON.stringify({ name: 'frozen', ...result })}\n`
          : `${result.lanes} lanes moved within ${result.movedSeconds} s; ${result.orders} orders: ${result.lost} lost, ${result.duplicated} doubled\n`,
      );
      if (result.movedSeconds > 15 || !result.complete) process.exitCode = 1;
    });
}
