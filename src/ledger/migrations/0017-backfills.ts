/** Complete readings of one object of one system, on demand: where each goes on, and how far it is. */
export const backfills = {
  id: '0017-backfills',
  sql: `
create table backfills (
  id bigint generated always as identity primary key,
  connection text not null,
  object text not null,
  since timestamptz,
  rate float8 check (rate > 0),
  state text not null default 'running' check (state in ('running', 'done', 'cancelled', 'failed')),
  cursor jsonb,
  done bigint not null default 0,
  kept bigint not null default 0,
  total bigint,
  author text not null,
  started_at timestamptz not null default clock_timestamp(),
  -- The stretch under way: a rate is told of it alone, not of the time somebody had stopped it for.
  resumed_at timestamptz not null default clock_timestamp(),
  resumed_done bigint not null default 0,
  finished_at timestamptz,
  due_at timestamptz not null default clock_timestamp(),
  attempts int not null default 0,
  error_code text,
  error text
);
-- Two of one object would only read the same twice.
create unique index backfills_running on backfills (connection, object) where state = 'running';

-- How much of what a backfill has read is still to be applied: nothing else has this priority.
create index inbox_backfill on inbox (connection, object, due_at) where state = 'due' and priority = 9;
`,
} as const;
