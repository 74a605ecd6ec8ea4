/** Values that systems disagree about and a person decides: one open conflict per record and path. */
export const conflicts = {
  id: '0011-conflicts',
  sql: `
create table conflicts (
  id uuid primary key,
  record_id uuid not null,
  entity text not null,
  path text not null,
  golden jsonb,
  told jsonb not null,
  version int not null,
  state text not null check (state in ('open', 'resolved')),
  opened_at timestamptz not null,
  changed_at timestamptz not null,
  resolved_at timestamptz,
  resolved_by text,
  resolution jsonb
);
create unique index conflicts_open on conflicts (record_id, path) where state = 'open';
create index conflicts_by_age on conflicts (state, opened_at, id);
-- Paths with an open conflict, read with the record: whoever merges or writes it knows them for free.
alter table records add column conflicted text[];
`,
} as const;
