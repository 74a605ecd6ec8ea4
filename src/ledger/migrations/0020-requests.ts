/** What a system is asked to do and may refuse. */
export const requests = {
  id: '0020-requests',
  sql: `
-- A row is changed only by who holds its record. undo: what its acceptance has changed, to be taken back when a document
-- proves the opposite. unwanted: the rule that asked does not hold any more; not asked again. try_id, try_at: the last time it was sent. priority: the copy's own, while it goes before others.
create table requests (
  id uuid primary key,
  record_id uuid not null,
  entity text not null,
  connection text not null,
  object text not null,
  link_id uuid,
  kind text not null,
  payload jsonb not null default '{}',
  asked_by text not null,
  asked_at timestamptz not null default clock_timestamp(),
  deadline timestamptz not null,
  state text not null,
  code text,
  reason text,
  answered_at timestamptz,
  undo jsonb,
  due_at timestamptz not null default clock_timestamp(),
  attempts int not null default 0,
  try_id uuid,
  try_at timestamptz,
  priority smallint not null default 5,
  unwanted boolean not null default false,
  closed_at timestamptz,
  closed_by text,
  note text,
  version int not null default 1
);
create unique index requests_open on requests (record_id, connection, object, kind) where state in ('asked', 'unknown');
create index requests_standing on requests (record_id) where state in ('asked', 'unknown', 'accepted');
create index requests_states on requests (state, asked_at) where closed_at is null;

-- Somebody has asked something about it: whoever locks the record sees so without looking further.
alter table records add column asked boolean not null default false;
`,
} as const;
