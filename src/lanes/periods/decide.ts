/** Accounting periods closed and opened by the word of a person. */
import { worthOf } from '../../crossrefs/worth.ts';
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { openCopies, type PeriodName, periodTarget, setPeriod, waitingFor } from '../../ledger/periods.ts';
import type { Sql } from '../../ledger/sql.ts';
import { fillWaits, releaseFilled } from '../../ledger/waits.ts';
import { decimal } from '../../model/index.ts';
import { documents } from '../closing.ts';
import type { Decider } from '../daily/decider.ts';
import type { World } from '../world.ts';
import { zoneOf } from './gate.ts';
import { isPeriod } from './posting.ts';

export interface PeriodInput {
  readonly connection: string;
  /** Absent or '': all books of the system. */
  readonly book?: string | undefined;
  readonly period: string;
  readonly dryRun?: boolean | undefined;
}

export interface PeriodResult extends PeriodName {
  readonly state: 'open' | 'closed';
  /** False: a person has said so before. */
  readonly changed: boolean;
  /**
   * Of closing: copies dated in it that are still to be written there, of all its books; they wait from now on, as far as
   * they are for these. Of opening: copies that waited for it and go on, in chunks.
   */
  readonly copies: number;
  /** What they are worth: currency → decimal text; '' where no currency was told. */
  readonly amounts: Readonly<Record<string, string>>;
}

/** Copies looked at to tell what closing a period holds. */
const mostCounted = 5_000;

/**
 * Closes a period: its documents are held before they are written, and nobody tries whether it is open, until a person
 * opens it. Errors: `connections.unknown`, `periods.bad-period`.
 */
export async function closePeriod(world: World, input: PeriodInput, by: Decider): Promise<PeriodResult> {
  const name = named(world, input);
  return world.database.transaction(async (sql) => {
    const held = await copiesDated(world, sql, name);
    const changed = await set(sql, name, 'closed', input, by, held.copies);
    return { ...name, state: 'closed' as const, changed, ...held };
  });
}

/** Opens a period: what waits for it goes on at the pace of the hub. Errors: those of `closePeriod`. */
export async function openPeriod(world: World, input: PeriodInput, by: Decider): Promise<PeriodResult> {
  const name = named(world, input);
  const { result, lanes } = await world.database.transaction(async (sql) => {
    const { count, amounts } = await waitingFor(sql, name);
    const changed = await set(sql, name, 'open', input, by, count);
    if (!input.dryRun) await fillWaits(sql, [periodTarget(name)], 'period');
    const freed = input.dryRun ? { lanes: [] } : await releaseFilled(sql);
    return {
      result: { ...name, state: 'open' as const, changed, copies: count, amounts },
      lanes: freed.lanes,
    };
  });
  world.ring(new Set(lanes));
  return result;
}

function named(world: World, { connection, book = '', period }: PeriodInput): PeriodName {
  if (!world.landscape.connections.has(connection)) throw new HubError('connections.unknown', { connection });
  if (!isPeriod(period)) throw new HubError('periods.bad-period', { period });
  return { connection, book, period };
}

/** In a preview nothing is set: it says what would be. */
async function set(
  sql: Sql,
  name: PeriodName,
  state: 'open' | 'closed',
  { dryRun }: PeriodInput,
  by: Decider,
  copies: number,
): Promise<boolean> {
  if (dryRun) return true;
  const done = await setPeriod(sql, name, state, { author: by.author, note: by.reason });
  if (done === null) return false;
  await insertAudit(sql, [
    {
      author: by.author,
      action: state === 'open' ? 'periods.open' : 'periods.close',
      subject: `period/${periodTarget(name)}`,
      details: { reason: by.reason, copies },
    },
  ]);
  return true;
}

async function copiesDated(
  world: World,
  sql: Sql,
  { connection, period }: PeriodName,
): Promise<Pick<PeriodResult, 'copies' | 'amounts'>> {
  const zone = zoneOf(world, connection);
  const found = await openCopies(sql, connection, documents, period, zone, mostCounted);
  const sums = new Map<string, string[]>();
  for (const { data } of found) {
    const worth = worthOf(data);
    if (!worth) continue;
    const { amount, currency = '' } = worth;
    sums.set(currency, [...(sums.get(currency) ?? []), amount]);
  }
  const amounts = Object.fromEntries([...sums].map(([currency, all]) => [currency, decimal.sum(all)]));
  return { copies: found.length, amounts };
}
