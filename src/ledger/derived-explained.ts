import { type CountedSource, type ExplainedLine, explainLines, readShare } from '../derive/index.ts';
import type { JsonObject } from '../model/json.ts';
import { rows, type Sql } from './sql.ts';

export interface DerivedExplanation {
  readonly recordId: string;
  readonly entity: string;
  /** The document's own number, where it has one. */
  readonly number: string | null;
  readonly rule: string;
  /** The group, or the source and the part of a split. */
  readonly group: string;
  readonly part: number;
  /** Who decided that this difference is not posted anywhere; null for all others. */
  readonly leftBy: string | null;
  /** How many source records count in this part. */
  readonly sources: number;
  readonly lines: readonly ExplainedLine[];
}

/** Sources read at once. */
const page = 1_000;

/**
 * What a derived record is made of: for each of its lines the source records, their lines and what each adds. Sums
 * are those the record had when it was made, also when its sources changed or left afterwards. A source may itself
 * be derived; ask again with its id. Undefined for a record no rule has made.
 *
 * @param options.line only the contributions to the line (or tender) with this key
 */
export async function explainDerived(
  sql: Sql,
  recordId: string,
  options: { readonly line?: string } = {},
): Promise<DerivedExplanation | undefined> {
  const found = await rows<Omit<DerivedExplanation, 'sources' | 'lines'>>(
    sql,
    `select d.rule, d.group_key as "group", d.part, d.left_by as "leftBy", r.id as "recordId", r.entity,
       r.data ->> 'number' as number
     from derived d join records r on r.id = d.record_id where d.record_id = $1`,
    [recordId],
  );
  const [derived] = found;
  if (derived === undefined) return undefined;
  const sources: CountedSource[] = [];
  for await (const row of countedIn(sql, derived.rule, derived.group, derived.part)) {
    sources.push(sourceOf(row, options.line));
  }
  const lines = explainLines(sources);
  const contributing = new Set(lines.flatMap(({ from }) => from.map((one) => one.recordId)));
  return { ...derived, sources: contributing.size, lines };
}

interface CountedRow {
  readonly source_id: string;
  readonly entity: string;
  readonly number: string | null;
  readonly version: number;
  /** Counted in this part; null when it had left by then. */
  readonly share: JsonObject | null;
  /** Counted in the parts before. */
  readonly before: JsonObject | null;
}

/** What one row of derivations has counted so far, by part. */
const counted = `select d.part, d.source_version as version, d.share where d.part is not null
  union all select (e ->> 'part')::int, (e ->> 'version')::bigint, nullif(e -> 'share', 'null')
  from jsonb_array_elements(d.earlier) e`;

/** The shares that count in a part: of each source the newest up to it, and the newest before it. */
async function* countedIn(sql: Sql, rule: string, group: string, part: number): AsyncGenerator<CountedRow> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const found = await rows<CountedRow>(
      sql,
      `select d.source_id, r.entity, r.data ->> 'number' as number, now.version, now.share, before.share as before
       from derivations d
       join records r on r.id = d.source_id
       cross join lateral (select c.version, c.share from (${counted}) c
         where c.part <= $3 order by c.part desc limit 1) now
       left join lateral (select c.share from (${counted}) c
         where c.part < $3 order by c.part desc limit 1) before on true
       where d.rule = $1 and d.group_key = $2 and d.source_id > $4::uuid
       order by d.source_id limit $5`,
      [rule, group, part, after, page],
    );
    yield* found;
    const last = found.at(-1);
    if (last === undefined || found.length < page) return;
    after = last.source_id;
  }
}

function sourceOf(row: CountedRow, line: string | undefined): CountedSource {
  const only = (share: JsonObject | null) => {
    if (share === null) return undefined;
    const { lines, tenders } = readShare(share);
    if (line === undefined) return { lines, tenders };
    return {
      lines: lines.filter(({ key }) => key === line),
      tenders: tenders.filter(({ key }) => key === line),
    };
  };
  const share = only(row.share);
  const before = only(row.before);
  return {
    recordId: row.source_id,
    entity: row.entity,
    ...(row.number === null ? {} : { number: row.number }),
    version: row.version,
    ...(share === undefined ? {} : { share }),
    ...(before === undefined ? {} : { before }),
  };
}

/** Ids of derived records with this id or number, oldest first. Numbers are looked for one by one: for people, not for lanes. */
export async function derivedNamed(sql: Sql, name: string): Promise<string[]> {
  const found = await rows<{ id: string }>(
    sql,
    `select r.id from derived d join records r on r.id = d.record_id
     where r.id::text = $1 or r.data ->> 'number' = $1 order by r.created_at, r.id`,
    [name],
  );
  return found.map((row) => row.id);
}
