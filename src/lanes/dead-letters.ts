/** What people do with dead letters, one or many: each decision is noted in the transaction that carries it out. */
import { hash } from 'node:crypto';
import { HubError } from '../errors.ts';
import { insertAudit } from '../ledger/audit.ts';
import type { Database } from '../ledger/database.ts';
import {
  type Handled,
  holdDeadMessage,
  replaceMessage,
  retryLinks,
  retryMessages,
  skipLinks,
  skipMessages,
} from '../ledger/dead-letter-actions.ts';
import {
  countLetters,
  type Letter,
  type LetterFilter,
  type LetterPlace,
  listLetters,
  momentOfLetters,
} from '../ledger/dead-letters.ts';
import { isObject, type JsonObject } from '../model/index.ts';
import type { Landscape } from './landscape.ts';

/** Who decided, and why. */
export interface Decider {
  readonly author: string;
  readonly note?: string | undefined;
}

/** What became of the letters that were meant. */
export interface Handling {
  /** Tried again, or left. */
  readonly done: number;
  /** Closed instead of tried again: their object was told and applied again since. */
  readonly superseded: number;
  /** Left alone: nobody can tell whether they were written, which `resolve` settles. */
  readonly unknown: number;
  /** No letters any more when their turn came. */
  readonly gone: number;
}

/** Letters decided about in one transaction. Each page reads all letters once: few pages, even of very many. */
const pageSize = 2_000;

/** How fast letters are tried again when nobody says otherwise. */
export const defaultRate = 50;

/**
 * Tries letters again, those that lie longest first, `perSecond` of them a second. The turns are written as due times,
 * so that whatever dies after that takes nothing back; what was not reached is a letter still.
 */
export async function retryLetters(
  hub: { readonly database: Database; readonly landscape: Landscape },
  filter: LetterFilter,
  by: Decider,
  perSecond = defaultRate,
): Promise<Handling> {
  const { database, landscape } = hub;
  const start = await momentOfLetters(database);
  const fullPlaces = landscape.parties.flatMap(({ reads, connection, object, facts }) =>
    reads && facts.payload !== 'partial' ? [`${connection}/${object}`] : [],
  );
  let turn = 0;
  return inPages(database, filter, start, async (sql, letters) => {
    const turns = letters.map((letter) => ({ letter, turn: turn++ }));
    const messages = await retryMessages(
      sql,
      turns.flatMap((one) =>
        one.letter.received_at === null
          ? []
          : [{ id: Number(idOf(one.letter)), receivedAt: one.letter.received_at, turn: one.turn }],
      ),
      { start, perSecond, fullPlaces },
    );
    const links = await retryLinks(
      sql,
      turns.flatMap((one) =>
        one.letter.received_at === null ? [{ id: idOf(one.letter), turn: one.turn }] : [],
      ),
      { start, perSecond },
    );
    const done = [...messages, ...links];
    await insertAudit(sql, audited('deadletters.retry', done, by));
    const superseded = messages.filter((one) => one.superseded).length;
    return { done: done.length - superseded, superseded };
  });
}

/** Leaves letters as they are: closed by a person, with a note. */
export async function skipLetters(
  hub: { readonly database: Database },
  filter: LetterFilter,
  by: Decider,
): Promise<Handling> {
  const { database } = hub;
  const why = `skipped by ${by.author}${by.note === undefined ? '' : ` (${by.note})`}`;
  return inPages(database, filter, await momentOfLetters(database), async (sql, letters) => {
    const messages = await skipMessages(
      sql,
      letters.flatMap((letter) =>
        letter.received_at === null ? [] : [{ id: Number(idOf(letter)), receivedAt: letter.received_at }],
      ),
      why,
    );
    const links = await skipLinks(
      sql,
      letters.flatMap((letter) => (letter.received_at === null ? [idOf(letter)] : [])),
      why,
    );
    const done = [...messages, ...links];
    await insertAudit(sql, audited('deadletters.skip', done, by));
    return { done: done.length, superseded: 0 };
  });
}

type Sql = Parameters<Parameters<Database['transaction']>[0]>[0];

/** Pages of letters that lay there at `start`, each in a transaction of its own. Unknown writes are counted, not touched. */
async function inPages(
  database: Database,
  filter: LetterFilter,
  start: Date,
  work: (sql: Sql, letters: readonly Letter[]) => Promise<{ done: number; superseded: number }>,
): Promise<Handling> {
  const meant = { ...filter, until: start };
  const unknown = await countLetters(database, { ...meant, state: 'unknown' });
  let total = { done: 0, superseded: 0, gone: 0 };
  let after: LetterPlace | undefined;
  for (;;) {
    const letters = await listLetters(database, meant, pageSize, after);
    const mine = letters.filter((letter) => letter.state !== 'unknown');
    if (mine.length > 0) {
      const { done, superseded } = await database.transaction((sql) => work(sql, mine));
      total = {
        done: total.done + done,
        superseded: total.superseded + superseded,
        gone: total.gone + mine.length - done - superseded,
      };
    }
    after = letters.at(-1);
    if (after === undefined || letters.length < pageSize) return { ...total, unknown };
  }
}

/** A message with another body in the place of a dead one. */
export interface Edited {
  /** `inbox/<number>` of the message that is applied instead. */
  readonly name: string;
  readonly before: string | null;
  readonly after: string;
  /** To be rung. */
  readonly lane: string;
}

/**
 * Applies another body in the place of a dead message's: mapped, matched and merged like anything told. What the
 * vendor told stays, and telling the same again brings nothing back. Errors: `deadletters.not-a-message`,
 * `deadletters.gone`.
 */
export async function editLetter(
  hub: { readonly database: Database },
  letter: Letter,
  body: JsonObject,
  by: Decider,
): Promise<Edited> {
  const { name, received_at: receivedAt } = letter;
  if (receivedAt === null) throw new HubError('deadletters.not-a-message', { name });
  const key = { id: Number(idOf(letter)), receivedAt };
  const text = JSON.stringify(body);
  const why = `edited by ${by.author}${by.note === undefined ? '' : ` (${by.note})`}`;
  return hub.database.transaction(async (sql) => {
    const held = await holdDeadMessage(sql, key);
    const fresh = held && (await replaceMessage(sql, key, text, why));
    if (!held || fresh === undefined) throw new HubError('deadletters.gone', { name, state: 'closed' });
    const { id, lane } = fresh;
    const edited = { name: `inbox/${id}`, before: held.body && digest(held.body), after: digest(text), lane };
    const { author, note } = by;
    const details = {
      code: held.code ?? '',
      bodyBefore: edited.before,
      bodyAfter: edited.after,
      body,
      becomes: edited.name,
      ...(note === undefined ? {} : { note }),
    };
    await insertAudit(sql, [
      { author, action: 'deadletters.edit', subject: name, details },
      {
        author,
        action: 'deadletters.edit',
        subject: edited.name,
        details: { from: name, bodyBefore: edited.before, ...(note === undefined ? {} : { note }) },
      },
    ]);
    return edited;
  });
}

/** The object a person gave as JSON text. Errors: `deadletters.bad-body`; `what` names where it came from. */
export function bodyOf(text: string, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it is not JSON';
    throw new HubError('deadletters.bad-body', { what, reason });
  }
  if (isObject(value)) return value;
  throw new HubError('deadletters.bad-body', { what, reason: 'it is another kind of value' });
}

/** SHA-256, first 16 hex digits: enough to tell two bodies apart. */
export function digest(content: string | Buffer): string {
  return hash('sha256', content, 'hex').slice(0, 16);
}

function audited(action: string, handled: readonly Handled[], { author, note }: Decider) {
  return handled.map(({ name, code, error, ...more }) => ({
    author,
    action,
    subject: name,
    details: {
      code: code ?? '',
      error: error ?? '',
      ...('superseded' in more && more.superseded === true ? { superseded: true } : {}),
      ...(note === undefined ? {} : { note }),
    },
  }));
}

function idOf({ name }: Letter): string {
  return name.slice(name.indexOf('/') + 1);
}
