/** How the hub stood and what it has done, every few seconds of the last hour; see src/observe/sampler.ts. */
import { rows, run, type Sql } from './sql.ts';

/** One place, `<connection>/<object>`: copies and messages that are due, and how long the oldest has been, seconds. */
export interface Standing {
  readonly connection: string;
  readonly object: string;
  readonly due: number;
  readonly late: number;
}

/** What one process has done in a place since its sample before. */
export interface Done {
  readonly connection: string;
  readonly object: string;
  readonly applied: number;
  readonly pushed: number;
  readonly failed: number;
}

export interface Sample {
  readonly at: Date;
  readonly process: string;
  readonly standing: readonly Standing[] | null;
  readonly done: readonly Done[];
}

/** How long samples are kept, seconds. */
const keptSeconds = 3_900;

/** Keeps a sample, the first of a process for its moment, and takes away what is too old. */
export async function keepSample(sql: Sql, { at, process, standing, done }: Sample): Promise<void> {
  await run(
    sql,
    `insert into samples (at, process, standing, done) values ($1, $2, $3, $4) on conflict do nothing`,
    [at, process, standing && JSON.stringify(standing), JSON.stringify(done)],
  );
  await run(sql, `delete from samples where at < $1::timestamptz - $2::float8 * interval '1 second'`, [
    at,
    keptSeconds,
  ]);
}

/** All samples from a moment on, in their order. */
export function samplesSince(sql: Sql, from: Date): Promise<Sample[]> {
  return rows<Sample>(
    sql,
    `select at, process, standing, done from samples where at >= $1 order by at, process`,
    [from],
  );
}
