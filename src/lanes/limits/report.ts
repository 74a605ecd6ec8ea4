/** What `/v1/status` shows of limits, breakers and tokens. Never a token. */
import { callKinds } from '../../../connectors/kit/shared.ts';
import { listCallLimits } from '../../ledger/call-limits.ts';
import type { Sql } from '../../ledger/sql.ts';
import { listTokens } from '../../ledger/vendor-tokens.ts';
import { type LimitState, stateSchema } from './state.ts';
import { usedIn, windowsOf } from './windows.ts';

/** One unit of a connection, as it is over all processes. Times are UTC ISO-8601, ages seconds. */
export interface LimitReport {
  readonly connection: string;
  /** What the vendor counts calls of; empty: the whole connection. */
  readonly unit: string;
  /** Calls the vendor may be counting right now, or that are under way, beside what it allows. */
  readonly perSecond?: Used;
  readonly perMinute?: Used;
  readonly perHour?: Used;
  readonly concurrent?: Used;
  /** Calls that wait for a turn. */
  readonly waiting: number;
  readonly day?: {
    readonly date: string;
    readonly resetsAt: string;
    readonly shares: Readonly<Record<string, Used>>;
  };
  readonly breaker:
    | { readonly state: 'closed' }
    | {
        readonly state: 'open' | 'probing';
        readonly since: string;
        readonly nextProbeAt: string;
      };
}

interface Used {
  readonly limit: number;
  readonly used: number;
}

export interface TokenReport {
  readonly connection: string;
  readonly credential: string;
  readonly ageSeconds: number | null;
  readonly goodUntil: string | null;
  readonly signingIn: boolean;
}

export async function reportLimits(
  sql: Sql,
): Promise<{ readonly limits: readonly LimitReport[]; readonly tokens: readonly TokenReport[] }> {
  const [rows, tokens] = await Promise.all([listCallLimits(sql), listTokens(sql)]);
  return {
    limits: rows.flatMap(({ connection, unit, state, now }) => {
      const known = stateSchema.safeParse(state);
      return known.success ? [{ connection, unit, ...reportOf(known.data, now) }] : [];
    }),
    tokens: tokens.map(({ connection, credential, obtained_at, good_until, signing_in }) => ({
      connection,
      credential,
      ageSeconds: obtained_at && Math.round((Date.now() - obtained_at.getTime()) / 1000),
      goodUntil: good_until?.toISOString() ?? null,
      signingIn: signing_in,
    })),
  };
}

function reportOf(state: LimitState, now: number): Omit<LimitReport, 'connection' | 'unit'> {
  const { limits, grants, day, breaker } = state;
  const alive = Object.values(state.holders).filter((one) => one.until > now);
  const used = (part: 'perSecond' | 'perMinute' | 'perHour'): { [name: string]: Used } => {
    const limit = limits[part];
    const [window] = windowsOf({ [part]: limit });
    return limit === undefined || !window ? {} : { [part]: { limit, used: usedIn(window, grants, now) } };
  };
  return {
    ...used('perSecond'),
    ...used('perMinute'),
    ...used('perHour'),
    ...(limits.concurrent === undefined
      ? {}
      : {
          concurrent: { limit: limits.concurrent, used: alive.reduce((sum, one) => sum + one.slots, 0) },
        }),
    waiting: alive.reduce((sum, one) => sum + one.waiting, 0),
    ...(day === undefined
      ? {}
      : {
          day: {
            date: day.date,
            resetsAt: new Date(day.resetsAt).toISOString(),
            shares: Object.fromEntries(
              callKinds.map((kind) => [
                kind,
                { limit: day.shares[kind] ?? 0, used: day.resetsAt > now ? (day.used[kind] ?? 0) : 0 },
              ]),
            ),
          },
        }),
    breaker:
      breaker === undefined
        ? { state: 'closed' }
        : {
            state: breaker.probing !== undefined && breaker.probingUntil > now ? 'probing' : 'open',
            since: new Date(breaker.since).toISOString(),
            nextProbeAt: new Date(breaker.probeAt).toISOString(),
          },
  };
}
