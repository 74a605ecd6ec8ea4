/**
 * Who is who: what waits for a popular record goes on in parts, copies remember which record they came from, two
 * records that may be one are proposed to a person, and what a person made one can be taken apart again.
 */
export const matching = {
  id: '0014-matching',
  sql: `
-- What is there since filled_at although more waited for it than was let go at once: the rest goes on at its pace.
create table wait_fills (
  kind text not null,
  target text not null,
  filled_at timestamptz not null default clock_timestamp(),
  primary key (kind, target)
);
create index waits_since on waits (kind, target, since, subject_id);
drop index waits_target;

-- The record a copy belonged to before that one was merged into record_id. Of a merged record each system may
-- keep several copies; of our own making there is one per record that they came from.
alter table links add column came_from uuid;
create index links_came_from on links (came_from) where came_from is not null;
drop index links_record;
create unique index links_record on links (record_id, connection, object) where not origin and came_from is null;

-- A record that may be another one, or (with connection, object, remote_id) an object that is strongly two at once.
create table matches (
  id uuid primary key,
  entity text not null,
  record_id uuid,
  connection text,
  object text,
  remote_id text,
  since timestamptz not null default now(),
  state text not null default 'open' check (state in ('open', 'confirmed', 'rejected')),
  chosen uuid,
  decided_by text,
  decided_at timestamptz,
  check (record_id is not null or remote_id is not null)
);
create unique index matches_record on matches (record_id) where state = 'open' and remote_id is null;
create unique index matches_object on matches (connection, object, remote_id) where remote_id is not null;
create index matches_decided on matches (record_id);
create table match_candidates (
  match_id uuid not null references matches on delete cascade,
  record_id uuid not null,
  keys jsonb not null,
  primary key (match_id, record_id)
);
create index match_candidates_record on match_candidates (record_id);

-- What the one that was kept was when a person made two records one; kept_version is its first version afterwards.
create table record_merges (
  id uuid primary key,
  kept uuid not null,
  merged uuid not null,
  merged_state text not null,
  kept_data jsonb not null,
  kept_provenance jsonb not null,
  kept_version bigint not null,
  author text not null,
  at timestamptz not null default now(),
  undone_at timestamptz,
  undone_by text,
  -- Whatever refers to the merged record is made due after the commit; empty until all of it is.
  marked_at timestamptz
);
create unique index record_merges_open on record_merges (merged) where undone_at is null;
create index record_merges_unmarked on record_merges (id) where marked_at is null;
`,
} as const;
