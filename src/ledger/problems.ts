/** What does not go on by itself, by its cause: how much of it, what it is worth, since when. */
import { rows, type Sql } from './sql.ts';

export interface ProblemFilter {
  readonly connection?: string | undefined;
  readonly object?: string | undefined;
  readonly code?: string | undefined;
  readonly kind?: string | undefined;
  readonly states?: readonly string[] | undefined;
  readonly group?: string | undefined;
}

export interface ProblemGroup {
  /** Problems of one cause have the same; of dead letters it is their group. */
  readonly group: string;
  /**
   * - `inbox`   told by a system and not applied
   * - `push`    a copy that is not written
   * - `derive`  a document a rule could not make
   * - `poll`    a system that cannot be asked for changes
   */
  readonly kind: string;
  /** `dead`, `parked`, `unknown`, `waiting`, or `due` for what is tried again. */
  readonly state: string;
  readonly connection: string;
  /** '' of what waits for an accounting period, which is one problem whatever its object. */
  readonly object: string;
  readonly code: string;
  /** What they say; … stands for what differs. */
  readonly cause: string;
  readonly count: number;
  readonly oldest: Date;
  readonly newest: Date;
  /** The one that lies longest: `inbox/17`, `push/<id of the link>`. */
  readonly example: string;
  /** Currency → what the orders behind them come to, each order once; '' where no currency was told. */
  readonly amounts: Readonly<Record<string, string>>;
  /** How many orders that is. */
  readonly orders: number;
}

/** The sentence without what differs from one to the next of the same cause. */
const cause = `regexp_replace(regexp_replace(p.error, '"[^"]*"|“[^”]*”|''[^'']*''', '…', 'g'),
  '[A-Za-z0-9_./:%+#-]*[0-9][A-Za-z0-9_./:%+#-]*', '…', 'g')`;

/** All that waits for one accounting period is one problem, whatever its object: its sentence names the period. */
const isOfPeriod = `p.code = 'push.period-closed'`;

const problems = `
  select 'inbox/' || i.id as name, 'inbox' as kind, i.state, i.connection, i.object, coalesce(i.error_code, '') as code,
    coalesce(i.error, '') as error, i.record_id, i.remote_id, coalesce(i.finished_at, i.received_at) as since,
    (select w.amount from waits w where w.subject = 'inbox' and w.subject_id = i.id::text and w.amount is not null limit 1)
      as told_amount,
    (select w.currency from waits w where w.subject = 'inbox' and w.subject_id = i.id::text and w.amount is not null
      limit 1) as told_currency
  from inbox i where i.state in ('dead', 'waiting') or (i.state = 'due' and i.error_code is not null)
  union all
  select 'push/' || l.id, 'push', l.state, l.connection, l.object, coalesce(l.error_code, ''), coalesce(l.error, ''),
    l.record_id, l.remote_id, coalesce(l.dirty_since, l.due_at), null, null
  from links l
  where l.state in ('parked', 'unknown', 'waiting') or (l.state = 'due' and l.error_code is not null)
  union all
  select 'derive/' || g.rule || '/' || g.group_key, 'derive', g.state, '', g.rule, coalesce(g.error_code, ''),
    coalesce(g.error, ''), g.source_id, g.group_key, g.due_at, null, null
  from derivation_groups g where g.state = 'parked'
  union all
  select 'poll/' || c.connection || '/' || c.object, 'poll', 'due', c.connection, c.object, c.error_code,
    coalesce(c.error, ''), null, null, coalesce(c.covered_at, c.due_at), null, null
  from cursors c where c.error_code is not null`;

/**
 * Problems by their cause, the most frequent first. What a problem is worth is the total of the order it is about: of the
 * record itself, of the order it belongs to, of all orders it serves; of other documents their own amount.
 */
export function problemGroups(sql: Sql, filter: ProblemFilter, limit: number): Promise<ProblemGroup[]> {
  return rows<ProblemGroup>(
    sql,
    `with p as (
       select x.*, left(md5(concat_ws('/', x.kind, x.connection, x.place, x.code, x.cause)), 12) as "group"
       from (
         select p.*, case when ${isOfPeriod} then p.error else ${cause} end as cause,
           case when ${isOfPeriod} then '' else p.object end as place
         from (${problems}) p) x
       where ($1::text is null or x.connection = $1) and ($2::text is null or x.object = $2)
         and ($3::text is null or x.code = $3) and ($4::text is null or x.kind = $4)
         and ($6::text[] is null or x.state = any($6))),
     worth as (
       select distinct p."group", p.state, coalesce(o.id::text, p.name) as of, o.id is not null and o.entity = 'order' as is_order,
         coalesce(case when o.entity = 'order' then o.data #>> '{amounts,payable}' else o.data ->> 'amount' end,
           p.told_amount::text) as amount,
         coalesce(o.data ->> 'currency', p.told_currency, '') as currency
       from p left join records r on r.id = p.record_id
       left join lateral (
         select n.id, n.entity, n.data from records n
         where n.id = any (case
             when r.entity = 'order' then array[r.id]
             when r.data ->> 'orderId' is not null then array[(r.data ->> 'orderId')::uuid]
             when jsonb_typeof(r.data -> 'orderIds') = 'array'
               then array(select e::uuid from jsonb_array_elements_text(r.data -> 'orderIds') e)
             else array[r.id] end)) o on true),
     amounts as (
       select "group", state, jsonb_object_agg(currency, sum) as amounts, sum(orders)::int as orders from (
         select "group", state, currency, sum(amount::numeric)::text as sum, count(*) filter (where is_order) as orders
         from worth where amount ~ '^-?[0-9]+(\\.[0-9]+)?$' group by 1, 2, 3) a group by 1, 2)
     select p."group", p.kind, p.state, p.connection, p.place as object, p.code, p.cause, count(*)::int as count,
       date_trunc('milliseconds', min(p.since)) as oldest, date_trunc('milliseconds', max(p.since)) as newest,
       (array_agg(p.name order by p.since, p.name))[1] as example, coalesce(a.amounts, '{}') as amounts,
       coalesce(a.orders, 0) as orders
     from p left join amounts a on a."group" = p."group" and a.state = p.state
     where $7::text is null or p."group" = $7
     group by 1, 2, 3, 4, 5, 6, 7, a.amounts, a.orders order by count(*) desc, min(p.since), 1 limit $5`,
    [
      ...[filter.connection ?? null, filter.object ?? null, filter.code ?? null, filter.kind ?? null, limit],
      ...[filter.states ?? null, filter.group ?? null],
    ],
  );
}

/** One problem of a cause. */
export interface ListedProblem {
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  readonly connection: string;
  readonly object: string;
  readonly code: string;
  readonly error: string;
  readonly recordId: string | null;
  readonly entity: string | null;
  /** Number or code of the record, else the id the system knows it by. */
  readonly number: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  /** Cut to milliseconds. */
  readonly since: Date;
}

/** Problems of one cause, those that lie longest first; `after` is the last one of the page before. */
export function problemsOfGroup(
  sql: Sql,
  { group, states }: Required<Pick<ProblemFilter, 'group'>> & Pick<ProblemFilter, 'states'>,
  limit: number,
  after?: Pick<ListedProblem, 'since' | 'name'>,
): Promise<ListedProblem[]> {
  return rows<ListedProblem>(
    sql,
    `select x.name, x.kind, x.state, x.connection, x.object, x.code, x.error, x.record_id as "recordId", r.entity,
       coalesce(r.data ->> 'number', r.data ->> 'code', x.remote_id) as number,
       coalesce(r.data #>> '{amounts,payable}', r.data ->> 'amount', x.told_amount::text) as amount,
       coalesce(r.data ->> 'currency', x.told_currency) as currency, x.since
     from (
       select w.* from (
         select p.name, p.kind, p.state, p.connection, p.object, p.code, p.error, p.record_id, p.remote_id, p.told_amount,
           p.told_currency, date_trunc('milliseconds', p.since) as since,
           left(md5(concat_ws('/', p.kind, p.connection, p.object, p.code, ${cause})), 12) as "group"
         from (${problems}) p) w
       where w."group" = $1 and ($2::text[] is null or w.state = any($2))
         and ($3::timestamptz is null or (w.since, w.name) > ($3, $4::text))
       order by w.since, w.name limit $5) x
     left join records r on r.id = x.record_id order by x.since, x.name`,
    [group, states ?? null, after?.since ?? null, after?.name ?? null, limit],
  );
}
