/** External contacts (外部联系人): one object per customer, whoever of the corp is in touch with it. */
import {
  type Decision,
  type FetchRequest,
  type FetchResult,
  fail,
  type JsonObject,
  type ObjectFacts,
  type ObjectOperations,
} from '../../kit/index.ts';
import { type Departure, Departures } from '../departures.ts';
import { concernsAll, type Desk, decisionIn, objectsOf, senseless, severalAtOnce, textOf } from '../desk.ts';
import { Recent } from '../recent.ts';
import { customerBody, leftBody, type ShownCustomer, shownCustomer } from '../shapes.ts';
import { relationList } from './relations.ts';
import { writeCustomers } from './updates.ts';

/** How long what was read right before a write stands for what is there, ms. */
const recentMs = 2_000;

/**
 * Customers add members, or members customers, in the client: nothing is created here. What is written (tags, remarks)
 * says how things should be, so a write that may have happened is simply made again.
 */
export const externalContactFacts: ObjectFacts = {
  payload: 'hint',
  createSafety: 'none',
  latenessMs: 5_000,
  searchLagMs: 0,
  batchSize: 20,
  writeDeadlineMs: 30_000,
  partialUpdate: true,
  readBeforeWrite: true,
  listsAll: true,
};

export function externalContactOperations(desk: Desk): ObjectOperations {
  const recent = new Recent<ShownCustomer>(recentMs, desk.now);
  const departures = new Departures(desk.now);
  const read = async (id: string, signal: AbortSignal): Promise<ShownCustomer> =>
    recent.take(id) ?? (await readCustomer(desk, id, signal));
  return {
    list: relationList(desk),
    fetch: (request) => fetchCustomers(desk, request, departures, (id, shown) => recent.put(id, shown)),
    write: (request) => writeCustomers(desk, request, read),
  };
}

/** A customer with all its follow records. Throws ConnectorError; `absent` when nobody is in touch with it. */
export async function readCustomer(desk: Desk, id: string, signal: AbortSignal): Promise<ShownCustomer> {
  const records: JsonObject[] = [];
  const seen = new Set<string>();
  for (let cursor = ''; ; ) {
    const answer = await desk.client.call({
      operation: 'externalcontact/get',
      query: { external_userid: id, ...(cursor === '' ? {} : { cursor }) },
      write: false,
      signal,
    });
    records.push(...objectsOf(answer.follow_user));
    cursor = textOf(answer.next_cursor);
    // A cursor that comes again would be asked for without end.
    if (cursor !== '' && !seen.has(cursor)) {
      seen.add(cursor);
      continue;
    }
    const shown = shownCustomer.safeParse({
      external_contact: answer.external_contact,
      follow_user: records,
    });
    return shown.success ? shown.data : fail(senseless, shown.error);
  }
}

async function fetchCustomers(
  desk: Desk,
  { hints, signal }: FetchRequest,
  departures: Departures,
  keep: (id: string, shown: ShownCustomer) => void,
): Promise<FetchResult[]> {
  /** Customers, and whether somebody was said to have deleted them. */
  const asked = new Map<string, boolean>();
  for (const { remoteId, hint } of hints) {
    const left = departureIn(hint);
    if (left) departures.add(remoteId, left);
    asked.set(remoteId, left !== undefined || asked.get(remoteId) === true);
  }
  let stop: Decision | undefined;
  const found = await severalAtOnce([...asked], desk.config.concurrency, async ([id, wasLeft]) => {
    if (stop) return [id, { found: false, decision: stop }] as const;
    try {
      const shown = await readCustomer(desk, id, signal);
      const followers = shown.follow_user.filter(
        ({ userid, createtime }) => !departures.hasLeft(id, userid, createtime),
      );
      const now = { ...shown, follow_user: followers };
      keep(id, now);
      return [id, { found: true, body: customerBody(now, desk.config) }] as const;
    } catch (error) {
      const decision = decisionIn(error);
      if (concernsAll(decision)) stop = decision;
      // The last member has deleted the customer: that is what there is to tell.
      if (wasLeft && decision.kind === 'absent') {
        return [id, { found: true, body: leftBody(id, desk.config) }] as const;
      }
      return [id, { found: false, decision }] as const;
    }
  });
  const results = new Map<string, FetchResult>(found);
  return hints.map(({ remoteId }) => results.get(remoteId) ?? { found: false, decision: senseless });
}

function departureIn(hint: JsonObject | undefined): Departure | undefined {
  if (hint?.change !== 'del_external_contact') return undefined;
  const at = Date.parse(textOf(hint.at));
  return Number.isNaN(at) ? undefined : { userid: textOf(hint.userid), at };
}
