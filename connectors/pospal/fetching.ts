import {
  ConnectorError,
  chinaTime,
  type Decision,
  type FetchResult,
  type JsonObject,
  type Notice,
} from '../kit/index.ts';
import { type Account, type Accounts, splitRemoteId } from './config.ts';
import { isLast, nextPostBack, type PostBack, type VendorPage } from './paging.ts';

/** A hint with its account, ready to be fetched. */
export interface Wanted {
  readonly account: Account;
  readonly vendorId: string;
  /** When it happened at the vendor, ms since the epoch; undefined: not told. */
  readonly at: number | undefined;
}

export interface Fetching {
  readonly accounts: Accounts;
  /** Margin around the hints' times, ms. */
  readonly marginMs: number;
  /** Longest window of one page query, ms; absent: any. */
  readonly windowMs?: number;
  /** A page of everything between two China times; absent: this object has no such query. */
  readonly page?: (query: {
    account: Account;
    start: string;
    end: string;
    postBack: PostBack | undefined;
  }) => Promise<VendorPage>;
  /** One object; throws ConnectorError. */
  one(wanted: Wanted): Promise<JsonObject>;
  /** The vendor's id of a row of a page. */
  idOf(row: JsonObject): string;
  body(account: Account, row: JsonObject): JsonObject | undefined;
  /** Rows read a moment ago that may answer; absent: none. */
  readonly recent?: RecentRows;
}

/**
 * Fetches what hints point at, per account. Several hints of an account go into page queries over the window that
 * covers them, as long as that takes fewer calls than asking one by one; the rest is asked one by one. A whole
 * account that fails (quota, signature, host) answers its own hints with that decision and leaves the others alone.
 */
export async function fetchHints(hints: readonly Notice[], fetching: Fetching): Promise<FetchResult[]> {
  const results: FetchResult[] = hints.map(() => notFound(unknownAccount));
  const groups = new Map<Account, { wanted: Wanted; places: number[] }[]>();
  hints.forEach((hint, place) => {
    const split = splitRemoteId(hint.remoteId);
    const account = split === undefined ? undefined : fetching.accounts.byName.get(split.account);
    if (split === undefined || account === undefined) return;
    const group = groups.get(account) ?? [];
    groups.set(account, group);
    const same = group.find((entry) => entry.wanted.vendorId === split.vendorId);
    if (same !== undefined) same.places.push(place);
    else group.push({ wanted: { account, vendorId: split.vendorId, at: timeOfHint(hint) }, places: [place] });
  });
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const found = await fetchAccount(
        group.map((entry) => entry.wanted),
        fetching,
      );
      group.forEach((entry, at) => {
        for (const place of entry.places) results[place] = found[at] ?? notFound(absent);
      });
    }),
  );
  return results;
}

async function fetchAccount(wanted: readonly Wanted[], fetching: Fetching): Promise<FetchResult[]> {
  const rows = new Map<string, JsonObject>();
  for (const { account, vendorId } of wanted) {
    const row = fetching.recent?.get(account.name, vendorId);
    if (row !== undefined) rows.set(vendorId, row);
  }
  let failure: Decision | undefined;
  try {
    await fetchByWindow(
      wanted.filter((one) => !rows.has(one.vendorId)),
      rows,
      fetching,
    );
  } catch (error) {
    failure = decisionOf(error);
  }
  const results: FetchResult[] = [];
  for (const one of wanted) {
    const row = rows.get(one.vendorId);
    if (row !== undefined) results.push(found(one.account, row, fetching));
    else if (failure !== undefined && stopsAccount(failure)) results.push(notFound(failure));
    else {
      try {
        results.push(found(one.account, await fetching.one(one), fetching));
      } catch (error) {
        failure = decisionOf(error);
        results.push(notFound(failure));
      }
    }
  }
  return results;
}

/** Pages over the covering window while they cost less than the hints still open. */
async function fetchByWindow(
  wanted: readonly Wanted[],
  rows: Map<string, JsonObject>,
  fetching: Fetching,
): Promise<void> {
  const { page } = fetching;
  const dated = wanted.filter((one) => one.at !== undefined);
  const account = dated[0]?.account;
  if (page === undefined || account === undefined || dated.length < 2) return;
  const open = new Set(dated.map((one) => one.vendorId));
  const times = dated.map((one) => one.at ?? 0);
  const last = Math.max(...times) + fetching.marginMs;
  let from = Math.min(...times) - fetching.marginMs;
  let calls = 0;
  while (from < last) {
    const to = fetching.windowMs === undefined ? last : Math.min(last, from + fetching.windowMs);
    let postBack: PostBack | undefined;
    for (;;) {
      if (open.size < 2 || calls >= dated.length - 1) return;
      calls += 1;
      const answer = await page({ account, start: chinaTime(from), end: chinaTime(to), postBack });
      for (const row of answer.rows) {
        const id = fetching.idOf(row);
        fetching.recent?.put(account.name, id, row);
        if (open.delete(id)) rows.set(id, row);
      }
      if (isLast(answer)) break;
      postBack = nextPostBack(answer, postBack);
    }
    from = to;
  }
}

/** Rows that came along with others, kept for a moment. Bounded: the oldest go first. */
export class RecentRows {
  readonly #rows = new Map<string, { row: JsonObject; readAt: number }>();
  readonly #ttlMs: number;
  readonly #now: () => number;
  readonly #largest: number;

  constructor(ttlMs: number, now: () => number, largest = 5000) {
    this.#ttlMs = ttlMs;
    this.#now = now;
    this.#largest = largest;
  }

  put(account: string, id: string, row: JsonObject): void {
    if (this.#ttlMs === 0) return;
    const key = `${account}/${id}`;
    this.#rows.delete(key);
    this.#rows.set(key, { row, readAt: this.#now() });
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= this.#largest) break;
      this.#rows.delete(oldest);
    }
  }

  get(account: string, id: string): JsonObject | undefined {
    const entry = this.#rows.get(`${account}/${id}`);
    return entry !== undefined && this.#now() - entry.readAt < this.#ttlMs ? entry.row : undefined;
  }
}

function found(account: Account, row: JsonObject, fetching: Fetching): FetchResult {
  const body = fetching.body(account, row);
  return body === undefined ? notFound(senseless) : { found: true, body };
}

function notFound(decision: Decision): FetchResult {
  return { found: false, decision };
}

function timeOfHint(hint: Notice): number | undefined {
  const at = hint.hint?.at;
  const ms = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}

/** Whether asking for the next object of the same account would only meet the same trouble. */
function stopsAccount(decision: Decision): boolean {
  return decision.kind !== 'absent' && decision.kind !== 'reject' && decision.kind !== 'conflict';
}

function decisionOf(error: unknown): Decision {
  if (error instanceof ConnectorError) return error.decision;
  throw error;
}

const unknownAccount: Decision = {
  kind: 'reject',
  code: 'pospal.unknown-account',
  message: 'The id names a store account that is not configured.',
};
const absent: Decision = {
  kind: 'absent',
  code: 'pospal.absent',
  message: 'Pospal has no such object in this store account.',
};
const senseless: Decision = {
  kind: 'reject',
  code: 'pospal.senseless-row',
  message: 'Pospal answered an object that lacks what it must have; see the vendor call.',
};
