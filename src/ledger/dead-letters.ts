/** Dead letters: what cannot go on by itself and waits for a person, whatever table it lies in. */
import type { JsonObject } from '../model/json.ts';
import { rows, type Sql } from './sql.ts';

/** What people call a letter: `inbox/17` for a message, `push/<id of the link>` for a write. */
export type LetterName = string;

export interface Letter {
  readonly name: LetterName;
  /** `inbox`: told by a system and not applied. `push`: a copy that is not written. */
  readonly kind: string;
  /** `dead` of a message, `parked` or `unknown` of a write. */
  readonly state: string;
  readonly connection: string;
  readonly object: string;
  /** Entity of the record; null for a message that never became one. */
  readonly entity: string | null;
  /** Number people know it by: the record's own, else the vendor's id of the object. */
  readonly key: string | null;
  readonly record_id: string | null;
  readonly remote_id: string | null;
  /** When a message came; null for a write. */
  readonly received_at: Date | null;
  readonly code: string;
  readonly error: string;
  readonly attempts: number;
  /** Since when it cannot go on. */
  readonly since: Date;
  /** Messages that died in the same moment keep the order they came in. */
  readonly seq: number;
  /** Id of its group. */
  readonly group: string;
}

/** What letters are meant; everything given must hold. */
export interface LetterFilter {
  readonly names?: readonly LetterName[] | undefined;
  readonly connection?: string | undefined;
  readonly object?: string | undefined;
  readonly code?: string | undefined;
  readonly entity?: string | undefined;
  /** `<connection>/<object>` of the messages that tell of `entity`; a message has no record to ask. */
  readonly places?: readonly string[] | undefined;
  /** Of this moment or later. */
  readonly since?: Date | undefined;
  /** Of this moment or earlier. */
  readonly until?: Date | undefined;
  readonly kind?: string | undefined;
  readonly state?: string | undefined;
  readonly group?: string | undefined;
}

/** Where a page ended. */
export type LetterPlace = Pick<Letter, 'since' | 'seq' | 'name'>;

/** A sentence without what differs from letter to letter of one cause: quoted texts, and words with a digit in them. */
const cause = `regexp_replace(regexp_replace(w.error, '"[^"]*"|“[^”]*”|''[^'']*''', '…', 'g'),
  '[A-Za-z0-9_./:%+#-]*[0-9][A-Za-z0-9_./:%+#-]*', '…', 'g')`;

const letters = `
  select w.*, ${cause} as cause,
    left(md5(concat_ws('/', w.kind, w.connection, w.object, w.code, ${cause})), 12) as "group"
  from (
    select 'inbox/' || i.id as name, 'inbox' as kind, i.state, i.connection, i.object, null::text as entity,
      i.remote_id, i.record_id, i.received_at, coalesce(i.error_code, '') as code, coalesce(i.error, '') as error, i.attempts,
      date_trunc('milliseconds', coalesce(i.finished_at, i.received_at)) as since, i.id as seq
    from inbox i where i.state = 'dead'
    union all
    select 'push/' || l.id, 'push', l.state, l.connection, l.object, l.entity, l.remote_id, l.record_id,
      null::timestamptz, coalesce(l.error_code, ''), coalesce(l.error, ''), l.attempts, date_trunc('milliseconds', l.due_at), 0::bigint
    from links l where l.state in ('parked', 'unknown')) w`;

const meant = `($1::text[] is null or w.name = any($1)) and ($2::text is null or w.connection = $2)
  and ($3::text is null or w.object = $3) and ($4::text is null or w.code = $4)
  and ($5::text is null or w.entity = $5 or w.entity is null and w.connection || '/' || w.object = any($6::text[]))
  and ($7::timestamptz is null or w.since >= $7) and ($8::timestamptz is null or w.since <= $8)
  and ($9::text is null or w.kind = $9) and ($10::text is null or w.state = $10)
  and ($11::text is null or w."group" = $11)`;

function parameters(filter: LetterFilter): unknown[] {
  return [
    filter.names ?? null,
    filter.connection ?? null,
    filter.object ?? null,
    filter.code ?? null,
    filter.entity ?? null,
    filter.places ?? [],
    filter.since ?? null,
    filter.until ?? null,
    filter.kind ?? null,
    filter.state ?? null,
    filter.group ?? null,
  ];
}

/** The letters that are meant, those that lie longest first; `after` is the last one of the page before. */
export function listLetters(
  sql: Sql,
  filter: LetterFilter,
  limit: number,
  after?: LetterPlace,
): Promise<Letter[]> {
  return rows<Letter>(
    sql,
    `select w.name, w.kind, w.state, w.connection, w.object, coalesce(w.entity, r.entity) as entity, w.remote_id,
       w.record_id, w.received_at, w.code, w.error, w.attempts, w.since, w.seq, w."group",
       coalesce(r.data ->> 'number', r.data ->> 'code', w.remote_id) as key
     from (select * from (${letters}) w where ${meant}
         and ($12::timestamptz is null or (w.since, w.seq, w.name) > ($12, $13::bigint, $14::text))
       order by w.since, w.seq, w.name limit $15) w
     left join records r on r.id = w.record_id order by w.since, w.seq, w.name`,
    [...parameters(filter), after?.since ?? null, after?.seq ?? null, after?.name ?? null, limit],
  );
}

/** Letters of one cause. */
export interface LetterGroup {
  readonly group: string;
  readonly kind: string;
  readonly connection: string;
  readonly object: string;
  readonly code: string;
  /** What they say; … stands for what differs. */
  readonly cause: string;
  readonly count: number;
  readonly oldest: Date;
  readonly newest: Date;
  /** The one that lies longest. */
  readonly example: LetterName;
}

/** The letters that are meant by their cause, the most frequent first. */
export function groupLetters(sql: Sql, filter: LetterFilter): Promise<LetterGroup[]> {
  return rows<LetterGroup>(
    sql,
    `select w."group", w.kind, w.connection, w.object, w.code, w.cause, count(*)::int as count,
       min(w.since) as oldest, max(w.since) as newest, (array_agg(w.name order by w.since, w.seq, w.name))[1] as example
     from (${letters}) w where ${meant}
     group by 1, 2, 3, 4, 5, 6 order by count(*) desc, min(w.since), 1`,
    parameters(filter),
  );
}

/** How many letters are meant. */
export async function countLetters(sql: Sql, filter: LetterFilter): Promise<number> {
  const found = await rows<{ n: number }>(
    sql,
    `select count(*)::int as n from (${letters}) w where ${meant}`,
    parameters(filter),
  );
  return found[0]?.n ?? 0;
}

/** The database's clock, cut like the times of letters: whatever dies later is not meant by who asked now. */
export async function momentOfLetters(sql: Sql): Promise<Date> {
  const found = await rows<{ at: Date }>(sql, `select date_trunc('milliseconds', clock_timestamp()) as at`);
  return found[0]?.at ?? new Date();
}

/** A message as it was told. */
export interface LetterMessage {
  readonly id: number;
  readonly received_at: Date;
  readonly connection: string;
  readonly object: string;
  readonly remote_id: string;
  readonly state: string;
  readonly via: string;
  readonly revision: string | null;
  readonly body: Buffer | null;
  readonly hint: JsonObject | null;
  /** The message it takes the place of, when a person has changed what it says. */
  readonly edited_from: number | null;
}

/** Messages by when they came and their number; those whose time is over are not among them. */
export function messagesAt(
  sql: Sql,
  keys: readonly { readonly id: number; readonly receivedAt: Date | string }[],
): Promise<LetterMessage[]> {
  if (keys.length === 0) return Promise.resolve([]);
  return rows<LetterMessage>(
    sql,
    `select i.id, i.received_at, i.connection, i.object, i.remote_id, i.state, i.via, i.revision, i.body, i.hint,
       i.edited_from
     from unnest($1::timestamptz[], $2::bigint[]) as x(received_at, id)
     join inbox i on i.received_at = x.received_at and i.id = x.id`,
    [keys.map((key) => key.receivedAt), keys.map((key) => key.id)],
  );
}

/** A write that was tried: what was sent, and what came back. */
export interface LetterTry {
  readonly step: string;
  readonly key: string;
  readonly body: JsonObject;
  readonly outcome: string | null;
  readonly answer: JsonObject | null;
  readonly lookups: number;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

/** The latest tries of a copy, the last one first. */
export function lastTries(sql: Sql, linkId: string, limit: number): Promise<LetterTry[]> {
  return rows<LetterTry>(
    sql,
    `select step, key, body, outcome, answer, lookups, started_at, finished_at from tries
     where link_id = $1 order by started_at desc, id desc limit $2`,
    [linkId, limit],
  );
}
