import { createHash } from 'node:crypto';
import type { FetchResult, Notice, ObjectOperations } from '../../../connectors/kit/types.ts';
import { pauseConnection } from '../../ledger/connections.ts';
import type { InboxOutcome, InboxRow } from '../../ledger/inbox.ts';
import type { InboxWait } from '../../ledger/waits.ts';
import type { InwardObject, PendingReference } from '../../mapping/index.ts';
import { isObject, type JsonObject } from '../../model/index.ts';
import type { Party } from '../landscape.ts';
import { readDecisionOf } from '../push/send.ts';
import { attemptLimit, backoff } from '../retry.ts';
import type { LaneHold } from '../runner.ts';
import type { World } from '../world.ts';

/** An inbox row, read and mapped: what it says in canonical terms, references still in the vendor's words. */
export interface Prepared {
  readonly row: InboxRow;
  readonly party: Party;
  readonly body: JsonObject;
  readonly contentHash: string;
  readonly revision: string | null;
  readonly values: InwardObject;
  readonly about?: PendingReference;
}

export interface Preparation {
  readonly items: readonly Prepared[];
  /** Rows that go no further now, with the reason. */
  readonly outcomes: readonly InboxOutcome[];
  readonly waits: readonly InboxWait[];
}

/** Fetches what hints point to, parses, and maps in. Outside any transaction; one bad row stops only itself. */
export async function prepare(world: World, hold: LaneHold, rows: readonly InboxRow[]): Promise<Preparation> {
  const outcomes: InboxOutcome[] = [];
  const waits: InboxWait[] = [];
  const items: Prepared[] = [];
  const bodies = await bodiesOf(world, hold, rows, outcomes);
  for (const row of rows) {
    const told = bodies.get(row.id);
    if (!told) continue;
    const party = chooseParty(world, row);
    if (!party) {
      outcomes.push(
        dead(row, 'inbox.no-party', `nothing in the configuration reads ${row.object} of ${row.connection}`),
      );
      continue;
    }
    const result = party.mapping.inward(told.body, {
      connection: row.connection,
      payload: row.via === 'answer' ? 'partial' : party.facts.payload === 'partial' ? 'partial' : 'full',
      lookup: (table, key) => world.tables.lookup(row.connection, table, key),
      lookupBack: (table, value) => world.tables.lookupBack(row.connection, table, value),
      lineKey: () => undefined,
    });
    if (result.ok) {
      items.push({
        row,
        party,
        body: told.body,
        contentHash: told.hash,
        revision: told.revision,
        values: result.values,
        ...(result.about === undefined ? {} : { about: result.about }),
      });
      continue;
    }
    const [error] = result.errors;
    if (error) {
      const place = error.line === undefined ? error.field : `${error.field} (line ${error.line})`;
      outcomes.push(dead(row, error.code, `mapping ${party.mapping.name}, ${place}: ${error.message}`));
      continue;
    }
    const why: string[] = [];
    for (const wait of result.waits) {
      if (wait.kind !== 'table') continue;
      const target = `${wait.table}/${wait.key}`;
      waits.push({ inboxId: row.id, receivedAt: row.received_at, kind: 'table', target });
      why.push(
        `mapping ${party.mapping.name}, ${wait.field}: table ${wait.table} does not know ${wait.key} of ${row.connection}; add it`,
      );
    }
    outcomes.push({
      id: row.id,
      received_at: row.received_at,
      state: 'waiting',
      code: 'apply.waits-for-code',
      error: why.join('; '),
    });
  }
  return { items, outcomes, waits };
}

interface Told {
  readonly body: JsonObject;
  readonly hash: string;
  readonly revision: string | null;
}

async function bodiesOf(
  world: World,
  hold: LaneHold,
  rows: readonly InboxRow[],
  outcomes: InboxOutcome[],
): Promise<Map<number, Told>> {
  const bodies = new Map<number, Told>();
  const hints = new Map<string, InboxRow[]>();
  for (const row of rows) {
    if (row.body === null) {
      const key = `${row.connection}/${row.object}`;
      hints.set(key, [...(hints.get(key) ?? []), row]);
      continue;
    }
    const body = parse(row.body);
    if (body) bodies.set(row.id, { body, hash: digest(row.body), revision: row.revision });
    else outcomes.push(dead(row, 'inbox.not-an-object', 'the message is not a JSON object'));
  }
  for (const group of hints.values()) await fetchGroup(world, hold, group, bodies, outcomes);
  return bodies;
}

async function fetchGroup(
  world: World,
  hold: LaneHold,
  group: readonly InboxRow[],
  bodies: Map<number, Told>,
  outcomes: InboxOutcome[],
): Promise<void> {
  const [first] = group;
  if (!first) return;
  const operation = operationOf(world, first)?.fetch;
  if (!operation) {
    for (const row of group) {
      outcomes.push(
        dead(
          row,
          'inbox.cannot-fetch',
          `${first.connection} gave only an id of ${first.object} and offers no way to fetch it`,
        ),
      );
    }
    return;
  }
  let results: readonly FetchResult[];
  try {
    results = await operation({ hints: group.map(noticeOf), signal: hold.signal });
  } catch (error) {
    if (hold.signal.aborted) return;
    const decision = readDecisionOf(error, `${first.connection}/${first.object} fetch`);
    if (decision.kind === 'fatal' || decision.kind === 'throttle') {
      await pauseConnection(world.database, first.connection, decision.afterMs ?? 60_000, decision.message);
    }
    for (const row of group) {
      outcomes.push(later(row, decision.code, decision.message, decision.afterMs));
    }
    return;
  }
  for (const [index, row] of group.entries()) {
    const result = results[index];
    if (result?.found) {
      bodies.set(row.id, {
        body: result.body,
        hash: digest(JSON.stringify(result.body)),
        revision: result.revision ?? row.revision,
      });
    } else if (result && (result.decision.kind === 'retry' || result.decision.kind === 'absent')) {
      // The vendor may announce an object before it can be read: a few tries, then it is said to be absent.
      outcomes.push(
        result.decision.kind === 'absent' && row.attempts >= 5
          ? dead(row, result.decision.code, result.decision.message)
          : later(row, result.decision.code, result.decision.message),
      );
    } else {
      outcomes.push(
        dead(
          row,
          result?.decision.code ?? 'inbox.no-answer',
          result?.decision.message ?? 'the fetch answered nothing for this id',
        ),
      );
    }
  }
}

function operationOf(world: World, row: InboxRow): ObjectOperations | undefined {
  return world.session(row.connection).objects[row.object];
}

function noticeOf(row: InboxRow): Notice {
  return {
    object: row.object,
    remoteId: row.remote_id,
    ...(row.revision === null ? {} : { revision: row.revision }),
    ...(isObject(row.hint) ? { hint: row.hint } : {}),
  };
}

/** The party a row is for. An answer to our own write says whose; anything else goes to who reads the object. */
function chooseParty(world: World, row: InboxRow): Party | undefined {
  const parties = world.landscape.partiesOf(row.connection, row.object);
  if (row.via === 'answer') {
    const entity = isObject(row.hint) ? row.hint.entity : undefined;
    return parties.find((party) => party.entity === entity);
  }
  return parties.find((party) => party.reads);
}

function parse(body: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON: the caller says so with the row's name.
    return undefined;
  }
}

function digest(content: Buffer | string): string {
  return createHash('sha1').update(content).digest('base64url');
}

export function dead(row: InboxRow, code: string, error: string): InboxOutcome {
  return { id: row.id, received_at: row.received_at, state: 'dead', code, error };
}

/** Tries again later, until the attempts are used up. */
export function later(row: InboxRow, code: string, error: string, afterMs?: number): InboxOutcome {
  if (row.attempts + 1 >= attemptLimit) return dead(row, code, error);
  return {
    id: row.id,
    received_at: row.received_at,
    state: 'due',
    code,
    error,
    delayMs: afterMs ?? backoff(row.attempts, Math.random()),
  };
}
