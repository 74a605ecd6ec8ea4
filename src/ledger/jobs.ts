/** Long work that somebody has asked for: how far it is, and what came of it. */
import type { JsonObject } from '../model/json.ts';
import { planned, rows, run, type Sql } from './sql.ts';

export type JobState = 'running' | 'done' | 'failed' | 'cancelled';

export interface JobRow {
  readonly id: string;
  readonly kind: string;
  /** What it is about: `mapping/kingdee/order`. */
  readonly subject: string;
  readonly state: JobState;
  readonly done: number;
  /** Null: nobody knows how much there is. */
  readonly total: number | null;
  readonly result: JsonObject | null;
  readonly code: string | null;
  readonly error: string | null;
  readonly author: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  /** It runs, and nothing was heard of whoever is at it for `jobSilence`. */
  readonly lost: boolean;
}

/** Seconds after which whoever is at a job has died. */
export const jobSilence = 30;

const columns = `j.id, j.kind, j.subject, j.state, j.done, j.total, j.result, j.code, j.error, j.author, j.started_at,
  j.finished_at, j.state = 'running' and j.beat_at < clock_timestamp() - interval '${jobSilence} s' as lost`;

/** Notes that work has begun, and forgets what is over for a week. */
export async function insertJob(
  sql: Sql,
  job: Pick<JobRow, 'id' | 'kind' | 'subject' | 'author'>,
): Promise<void> {
  await run(sql, `delete from jobs where beat_at < now() - interval '7 days'`);
  await run(sql, 'insert into jobs (id, kind, subject, author) values ($1, $2, $3, $4)', [
    job.id,
    job.kind,
    job.subject,
    job.author,
  ]);
}

/** Notes how far it is; false when it was cancelled meanwhile. */
export async function beatJob(sql: Sql, id: string, done: number, total: number | null): Promise<boolean> {
  const found = await rows<{ id: string }>(
    sql,
    `update jobs set beat_at = clock_timestamp(), done = $2, total = $3 where id = $1 and state = 'running' returning id`,
    [id, done, total],
  );
  return found.length > 0;
}

/** Ends it, unless it was cancelled meanwhile. */
export async function endJob(
  sql: Sql,
  id: string,
  end: Pick<JobRow, 'state' | 'result' | 'code' | 'error'>,
): Promise<void> {
  await run(
    sql,
    `update jobs set state = $2, result = $3, code = $4, error = left($5, 2000), beat_at = clock_timestamp(),
       finished_at = clock_timestamp() where id = $1 and state = 'running'`,
    [id, end.state, end.result === null ? null : JSON.stringify(end.result), end.code, end.error],
  );
}

/** Stops one that runs; undefined when it does not. */
export async function cancelJob(sql: Sql, id: string): Promise<JobRow | undefined> {
  const [job] = await rows<JobRow>(
    sql,
    `update jobs j set state = 'cancelled', finished_at = clock_timestamp() where id = $1 and state = 'running'
     returning ${columns}`,
    [id],
  );
  return job;
}

export async function readJob(sql: Sql, id: string): Promise<JobRow | undefined> {
  const [job] = await rows<JobRow>(sql, `select ${columns} from jobs j where j.id = $1`, [id]);
  return job;
}

export interface JobFilter {
  readonly kind?: string | undefined;
  readonly state?: JobState | undefined;
  /** Jobs before this one. */
  readonly before?: string | undefined;
}

/** Jobs without their results, the latest first. */
export function listJobs(sql: Sql, { kind, state, before }: JobFilter, limit: number): Promise<JobRow[]> {
  return planned<JobRow>(
    sql,
    `select ${columns.replace('j.result', 'null::jsonb as result')} from jobs j
     where ($1::text is null or j.kind = $1) and ($2::text is null or j.state = $2)
       and ($3::uuid is null or j.id < $3) order by j.id desc limit $4`,
    [kind ?? null, state ?? null, before ?? null, limit],
  );
}
