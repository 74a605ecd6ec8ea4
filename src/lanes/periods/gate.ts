/** A document of a closed period is held, or dated another day, before anything is sent. Pure. */
import { worthOf } from '../../crossrefs/worth.ts';
import { type PeriodName, periodTarget, type Redated } from '../../ledger/periods.ts';
import { type JsonObject, valueAt } from '../../model/index.ts';
import type { Party } from '../landscape.ts';
import {
  hashOf,
  type Known,
  outContext,
  type Plan,
  type PlanContext,
  type PlannedWrite,
} from '../push/plan.ts';
import { closedText, datedBy, defaultZone, nextOpenDay, periodOf, withNewDates } from './posting.ts';

/** Whose books a document of this write is for, and when it is dated; undefined: it is none, or tells no date. */
export interface Posting {
  readonly book: string;
  readonly day: string;
}

/** The zone in which days of a party's books begin. */
export function zoneOf(context: Pick<PlanContext, 'landscape'>, connection: string): string {
  return context.landscape.connections.get(connection)?.closing?.zone ?? defaultZone;
}

/** The plan as it is while periods are closed: a write that goes, a wait for the period, or another date. */
export function heedPeriods(plan: Plan, known: Known, context: PlanContext): Plan {
  if (plan.kind !== 'write' || plan.write.party.mode !== 'live') return plan;
  const { link, party, record } = plan.write;
  const zone = zoneOf(context, link.connection);
  const dated = datedBy(record.entity, record.data, zone);
  if (!dated) return plan;
  const book = bookOf(plan.write, known, context);
  const posting = { book, day: dated.day };
  const going: Plan = { kind: 'write', write: { ...plan.write, posting } };
  const closed = context.periods?.of(link.connection, book, periodOf(dated.day));
  if (!closed || closed.probe_link === link.id) return going;
  const redated = party.closedPeriod?.redate
    ? newDate(plan.write, known, context, dated.field, posting, zone)
    : undefined;
  if (redated) return { kind: 'redate', link, redated };
  return {
    kind: 'wait',
    link,
    waits: [
      {
        kind: 'period',
        period: closed,
        target: periodTarget(closed),
        worth: worthOf(record.data),
        asks: closedText(closed),
      },
    ],
  };
}

/** The book an object is for: a field of what is written. A step that carries no content is for the book of its object. */
function bookOf({ party, body, bodyHash, record }: PlannedWrite, known: Known, context: PlanContext): string {
  const path = party.closedPeriod?.book;
  if (path === undefined) return '';
  let written: JsonObject = body;
  if (bodyHash === null) {
    const out = party.mapping.outward(record.data, outContext(known, party, context));
    if (out.ok) written = out.body;
  }
  const value = valueAt(written, path);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * The day a document gets instead. Only one that is not there yet: what stands in the books of a month stays in it. And
 * only where the mapping writes a date that follows it; else it would be refused again and again.
 */
function newDate(
  write: PlannedWrite,
  known: Known,
  context: PlanContext,
  datedField: string,
  { book, day }: Posting,
  zone: string,
): Redated | undefined {
  const { link, party, record, body, bodyHash } = write;
  const { periods } = context;
  if (!periods || link.remote_id !== null || link.step !== null || bodyHash === null) return undefined;
  const isClosed = (period: string): boolean => periods.of(link.connection, book, period) !== undefined;
  const to = nextOpenDay(periodOf(day), periods.today(zone), isClosed);
  if (to === undefined) return undefined;
  const original = link.redated?.from ?? day;
  const first = [...new Set([...(link.redated?.fields ?? []), 'postingDate'])];
  for (const fields of [first, [...new Set([...first, datedField])]]) {
    const redated = { fields, from: original, to, period: periodOf(day), book, note: false };
    const data = withNewDates(record.entity, record.data, redated, zone);
    const out = party.mapping.outward(data, outContext(known, party, context));
    if (out.ok && hashOf(out.body) !== hashOf(body))
      return { ...redated, note: party.closedPeriod?.note === true };
  }
  return undefined;
}

/** The period a refused write names, or that of its document; undefined: neither is known. */
export function refusedPeriod(
  { connection }: Pick<Party, 'connection'>,
  posting: Posting | undefined,
  told: string | undefined,
): PeriodName | undefined {
  const period = told ?? (posting && periodOf(posting.day));
  return period === undefined ? undefined : { connection, book: posting?.book ?? '', period };
}
