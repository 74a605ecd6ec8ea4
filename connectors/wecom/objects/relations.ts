import { createHash, randomInt } from 'node:crypto';
import { z } from 'zod';
import { fail, isDecision, type JsonObject, type ListPage, type ListRequest } from '../../kit/index.ts';
import type { Schemas } from '../client.ts';
import { badCursor, type Desk, objectsOf, textOf, textsOf } from '../desk.ts';
import { Memory, type Row } from '../memory.ts';

/** Rows of one call, the most the vendor gives (verified). */
const rowsPerCall = 100;

/**
 * Lists customers by their relations: `batch/get_by_user` shows a hundred rows per call, one per member and customer,
 * with a part of what there is to know. So a row tells that a customer is there, or has changed, and the customer is
 * fetched. The first pass tells all; later ones tell what differs from what this process has told before, and customers
 * that somebody has let go of.
 */
const cursorShape = z.strictObject({
  /** Start of the pass under way, UTC; absent between passes. */
  pass: z.string().optional(),
  /** Members being asked for, and the vendor's place in their list. */
  chunk: z.array(z.string()).optional(),
  page: z.string().optional(),
  /** Members up to this one are done. */
  after: z.string().optional(),
  /** A whole pass lies behind. */
  known: z.literal(true).optional(),
  /** Of the process that wrote this, and the page before; see Memory. */
  teller: z.int().optional(),
  mark: z.int().optional(),
});
type Place = z.infer<typeof cursorShape>;

export function relationList(desk: Desk): (request: ListRequest) => Promise<ListPage> {
  const memory = new Memory();
  /** Marks of other processes, and of this one before it was started again, mean nothing here. */
  const teller = randomInt(2 ** 47);

  return async ({ cursor, signal }) => {
    const parsed = cursorShape.safeParse(cursor ?? {});
    if (!parsed.success) return fail(badCursor, parsed.error);
    const { mark: _mark, teller: _teller, ...place } = parsed.data;
    memory.settle(parsed.data.teller === teller ? parsed.data.mark : -1, place.pass);
    const pass = place.pass ?? new Date(desk.now()).toISOString();
    if (place.pass === undefined) memory.begin(pass);
    const chunk = place.chunk ?? (await nextMembers(desk, place.after, signal));
    if (chunk.length === 0) {
      const { customers, keys } = memory.vanished(pass);
      const mark = memory.pend(pass, [], keys);
      return { items: customers.map(hintOf), cursor: { known: true, teller, mark }, more: false };
    }
    const answer = await pageOf(desk, chunk, place.page, signal);
    // The place is no longer accepted: these members are read from their first row.
    if (answer === undefined) {
      const { page: _page, ...anew } = place;
      return { items: [], cursor: stored({ ...anew, pass, chunk }), more: true };
    }
    const rows = objectsOf(answer.external_contact_list).flatMap(rowOf);
    const news = place.known ? rows.filter((row) => !memory.knows(row)) : rows;
    const mark = memory.pend(pass, rows);
    const page = textOf(answer.next_cursor);
    const next: Place = {
      ...{ pass, teller, mark },
      ...(place.known ? { known: true } : {}),
      ...(page === '' ? { after: chunk.at(-1) ?? '' } : { chunk, page }),
    };
    const customers = [...new Set(news.map(({ customer }) => customer))];
    return { items: customers.map(hintOf), cursor: stored(next), more: true };
  };
}

/** The next members with the customer contact feature, in the order of their ids. */
async function nextMembers(desk: Desk, after: string | undefined, signal: AbortSignal): Promise<string[]> {
  const answer = await desk.client.call({
    operation: 'externalcontact/get_follow_user_list',
    write: false,
    signal,
  });
  const members = [...new Set(textsOf(answer.follow_user))].sort();
  return members
    .filter((member) => after === undefined || member > after)
    .slice(0, desk.config.membersPerCall);
}

async function pageOf(
  desk: Desk,
  chunk: readonly string[],
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    return await desk.client.call({
      operation: 'externalcontact/batch/get_by_user',
      body: {
        userid_list: [...chunk],
        cursor: cursor ?? '',
        limit: rowsPerCall,
      } satisfies Schemas['BatchQuery'],
      write: false,
      signal,
    });
  } catch (error) {
    const refused = isDecision(error) && error.decision.code === 'wecom.cursor-refused';
    if (refused && cursor !== undefined) return undefined;
    // Nobody of these has a customer, as some accounts say instead of an empty page (not verified).
    if (isDecision(error, 'absent')) return {};
    throw error;
  }
}

function rowOf(row: JsonObject): Row[] {
  const [contact] = objectsOf([row.external_contact ?? null]);
  const [follow] = objectsOf([row.follow_info ?? null]);
  const customer = textOf(contact?.external_userid);
  if (customer === '') return [];
  const digest = createHash('sha256').update(JSON.stringify(row)).digest('base64url').slice(0, 12);
  return [{ userid: textOf(follow?.userid), customer, digest }];
}

function hintOf(customer: string): { readonly object: string; readonly remoteId: string } {
  return { object: 'external-contact', remoteId: customer };
}

/** The place as it is kept: what is not said is left out. */
function stored(place: Place): JsonObject {
  const said = Object.entries(place).filter(
    (one): one is [string, string | number | true | string[]] => one[1] !== undefined,
  );
  return Object.fromEntries(said);
}
