/**
 * What people do day by day: records and copies that are held, credentials that stand in for others, objects that are
 * fetched because somebody asked, and what configuration was put in use by whom.
 */
export const verbs = {
  id: '0033-verbs',
  sql: `
-- Not asked of what is there: all of it was written under the narrower rule.
alter table inbox drop constraint inbox_via_check;
alter table inbox add constraint inbox_via_check
  check (via in ('webhook', 'poll', 'answer', 'fetch')) not valid;

-- A reading somebody asked for has an end as well, and keeps also what is known word for word.
alter table backfills
  add column until timestamptz,
  add column via text not null default 'poll' check (via in ('poll', 'fetch'));

-- Nothing is written while one stands. connection '' is every system, object '' every object.
create table holds (
  record_id uuid not null,
  connection text not null default '',
  object text not null default '',
  author text not null,
  reason text not null,
  at timestamptz not null default now(),
  primary key (record_id, connection, object)
);

-- For this copy a step that names one credential uses another.
create table step_credentials (
  link_id uuid not null,
  instead_of text not null,
  credential text not null,
  author text not null,
  at timestamptz not null default now(),
  primary key (link_id, instead_of)
);

-- The configuration as it was put in use, the newest last; secrets as checksums under the key of the hub.
create table configurations (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  author text not null,
  -- 'start' or 'apply'
  via text not null check (via in ('start', 'apply')),
  note text,
  content jsonb not null
);

-- An edit of many records is taken back by its id.
create index audit_edit on audit ((details ->> 'edit')) where action = 'records.edit';
create index records_about_order on records ((data ->> 'orderId'))
  where entity in ('afterSale', 'return', 'refund', 'receipt');
`,
} as const;
