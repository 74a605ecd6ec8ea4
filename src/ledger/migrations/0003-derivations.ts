/** Derived documents and what they were made of, code tables, stock promised but not yet booked. */
export const derivations = {
  id: '0003-derivations',
  sql: `
create table derivations (
  rule text not null,
  group_key text not null,
  source_id uuid not null,
  source_version bigint not null,
  share jsonb not null,
  primary key (rule, group_key, source_id)
);
create index derivations_source on derivations (source_id);

create table derivation_groups (
  rule text not null,
  group_key text not null,
  fields jsonb not null,
  lane text not null,
  state text not null check (state in ('due', 'done', 'parked')),
  due_at timestamptz not null,
  priority smallint not null default 5,
  attempts int not null default 0,
  error_code text,
  error text,
  primary key (rule, group_key)
);
create index derivation_groups_due on derivation_groups (lane, priority, due_at) where state = 'due';

create table derived (
  rule text not null,
  group_key text not null,
  part int not null,
  record_id uuid not null,
  primary key (rule, group_key, part)
);
create index derived_record on derived (record_id);

create table crossrefs (
  name text not null,
  connection text not null default '',
  key text not null,
  value text not null,
  valid_from date not null default '0001-01-01',
  valid_to date,
  author text not null,
  at timestamptz not null default now(),
  primary key (name, connection, key, value, valid_from)
);

create table mappings (
  name text not null,
  version text not null,
  content text not null,
  applied_at timestamptz not null default now(),
  primary key (name, version)
);

create table reservations (
  holder_id uuid not null,
  sku_id uuid not null,
  location_id text not null,
  quantity numeric not null,
  released_at timestamptz,
  primary key (holder_id, sku_id, location_id)
);
create index reservations_stock on reservations (sku_id, location_id);
create index reservations_released on reservations (released_at) where released_at is not null;
`,
} as const;
