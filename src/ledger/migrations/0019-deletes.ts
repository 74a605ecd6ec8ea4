/** What was deleted where: copies that are gone, deletions that wait for somebody, and complete listings. */
export const deletes = {
  id: '0019-deletes',
  sql: `
alter table inbox add column deleted boolean not null default false;

-- gone_at: the system says this copy is there no more. gone_by: 'there', somebody there deleted it; 'hub', we did.
-- gone_revision: what the system calls the moment of the deletion.
-- full_pass: the last complete listing that showed it.
alter table links add column gone_at timestamptz, add column gone_by text check (gone_by in ('there', 'hub')),
  add column gone_revision text, add column full_pass bigint;
create index links_gone on links (connection, object) where gone_at is not null;
create index records_deleted on records (id) where state = 'deleted';

-- One row per copy that seems to be deleted, or was. candidate: a complete listing did not show it, and nobody has
-- confirmed that yet. held: too many at once. confirmed: on its way through the inbox. deleted: the record was
-- deleted with it. rejected: a person said that it is not to be deleted.
create table deletions (
  link_id uuid primary key,
  record_id uuid not null,
  entity text not null,
  connection text not null,
  object text not null,
  remote_id text not null,
  via text not null check (via in ('event', 'pass')),
  state text not null check (state in ('candidate', 'held', 'confirmed', 'deleted', 'rejected')),
  -- When its system was asked for it and did not know it, or has told the deletion itself.
  proven_at timestamptz,
  revision text,
  found_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  error_code text,
  error text
);
create index deletions_open on deletions (connection, object, link_id) where state in ('candidate', 'held');
create index deletions_done on deletions (connection, object, changed_at) where state in ('confirmed', 'deleted');

create table full_passes (
  connection text not null,
  object text not null,
  interval_ms bigint not null,
  pass bigint not null default 0,
  phase text not null default 'idle' check (phase in ('idle', 'listing', 'confirming')),
  cursor jsonb,
  listed int not null default 0,
  -- Candidates up to this one were asked for.
  asked_to uuid,
  started_at timestamptz,
  complete_at timestamptz,
  due_at timestamptz not null,
  attempts int not null default 0,
  error_code text,
  error text,
  primary key (connection, object)
);
`,
} as const;
