/** Configurations that were put in use: by whom, when, what they said. */
import type { JsonObject } from '../model/json.ts';
import { rows, run, type Sql } from './sql.ts';

export interface ConfigurationRow {
  readonly id: number;
  readonly at: Date;
  readonly author: string;
  readonly via: 'start' | 'apply';
  readonly note: string | null;
  readonly content: JsonObject;
}

/** The one in use; undefined: nobody has put one in use yet. */
export async function newestConfiguration(sql: Sql): Promise<ConfigurationRow | undefined> {
  const found = await rows<ConfigurationRow>(
    sql,
    `select id, at, author, via, note, content from configurations order by id desc limit 1`,
  );
  return found[0];
}

/** One at a time; held until the transaction ends. */
export async function lockConfigurations(sql: Sql): Promise<void> {
  await run(sql, `select pg_advisory_xact_lock(hashtextextended('configurations', 7))`);
}

/** Keeps one, unless it says what the newest says. Answers its id, or undefined. */
export async function insertConfiguration(
  sql: Sql,
  given: Pick<ConfigurationRow, 'author' | 'via' | 'note'> & { readonly content: object },
): Promise<number | undefined> {
  const found = await rows<{ id: number }>(
    sql,
    `insert into configurations (author, via, note, content)
     select $1, $2, $3, $4::jsonb
     where $4::jsonb is distinct from (select content from configurations order by id desc limit 1)
     returning id`,
    [given.author, given.via, given.note, JSON.stringify(given.content)],
  );
  return found[0]?.id;
}

/** How many copies are kept in places, `<connection>/<object>/<entity>`; those without any are left out. */
export function copiesIn(
  sql: Sql,
  places: readonly string[],
): Promise<{ readonly place: string; readonly copies: number }[]> {
  if (places.length === 0) return Promise.resolve([]);
  const given = places.map((place) => place.split('/'));
  return rows(
    sql,
    `select x.connection || '/' || x.object || '/' || x.entity as place, count(*)::int as copies
     from unnest($1::text[], $2::text[], $3::text[]) as x(connection, object, entity)
     join links l on l.connection = x.connection and l.object = x.object and l.entity = x.entity
       and l.remote_id is not null
     group by 1 order by 1`,
    [
      given.map(([connection]) => connection),
      given.map((parts) => parts.slice(1, -1).join('/')),
      given.map((parts) => parts.at(-1)),
    ],
  );
}
