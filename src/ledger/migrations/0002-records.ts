/** Golden records, the links to every system's copy, and the evidence of every change and write. */
export const records = {
  id: '0002-records',
  sql: `
create table records (
  id uuid primary key,
  entity text not null,
  state text not null default 'live' check (state in ('live', 'placeholder', 'merged', 'deleted')),
  alias_of uuid,
  source_connection text,
  source_kind text,
  source_number text,
  source_part text not null default '',
  data jsonb not null,
  version bigint not null,
  provenance jsonb not null default '{}',
  mapping_version text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
) with (fillfactor = 80);
create unique index records_source
  on records (entity, source_connection, source_kind, source_number, source_part)
  where source_number is not null;
create index records_of_fulfilment on records ((data ->> 'fulfilmentId')) where entity = 'shipment';
create index records_of_order on records (entity, (data ->> 'orderId')) where entity in ('shipment', 'receivable');
create index records_stock on records ((data ->> 'skuId'), (data ->> 'locationId')) where entity = 'inventory';

create table identities (
  entity text not null,
  kind text not null,
  scope text not null,
  value text not null,
  record_id uuid not null,
  strength text not null check (strength in ('strong', 'weak')),
  primary key (entity, kind, scope, value, record_id)
);
create unique index identities_strong on identities (entity, kind, scope, value) where strength = 'strong';
create index identities_record on identities (record_id);

create table links (
  id uuid primary key,
  record_id uuid not null,
  entity text not null,
  connection text not null,
  object text not null,
  origin boolean not null default false,
  remote_id text,
  remote_number text,
  remote_status text,
  step text,
  state text not null check (state in ('idle', 'due', 'waiting', 'unknown', 'parked')),
  lane text not null,
  priority smallint not null default 5,
  due_at timestamptz not null,
  attempts int not null default 0,
  seen_revision text,
  seen_hash text,
  dirty_since timestamptz,
  pushed_version bigint,
  error_code text,
  error text
) with (fillfactor = 70);
create unique index links_remote on links (connection, object, remote_id) where remote_id is not null;
-- One copy of ours per system; copies we were told of may be several (a chain's tills each keep the product).
create unique index links_record on links (record_id, connection, object) where not origin;
create index links_of_record on links (record_id);
create index links_number on links (connection, entity, remote_number) where remote_number is not null;
create index links_due on links (lane, priority, due_at) where state = 'due';
create index links_trouble on links (connection, state) where state in ('waiting', 'unknown', 'parked');

create table shadows (
  link_id uuid primary key,
  theirs jsonb,
  sent_hash text,
  outstanding jsonb,
  lines jsonb,
  mapping_version text
) with (fillfactor = 70);

create table tries (
  id uuid not null,
  started_at timestamptz not null,
  link_id uuid not null,
  step text not null,
  key text not null,
  body jsonb not null,
  body_hash text,
  record_version bigint not null,
  send_by timestamptz not null,
  outcome text check (outcome in ('done', 'failed', 'unknown', 'absent', 'abandoned')),
  lookups int not null default 0,
  answer jsonb,
  duration_ms int,
  finished_at timestamptz,
  primary key (started_at, id)
) partition by range (started_at);
create index tries_open on tries (link_id) where outcome is null or outcome = 'unknown';
create index tries_link on tries (link_id, started_at);

create table changes (
  id uuid not null,
  at timestamptz not null,
  record_id uuid not null,
  version bigint not null,
  origin jsonb not null,
  patch jsonb not null,
  conflicts jsonb,
  mapping_version text,
  primary key (at, id)
) partition by range (at);
create index changes_record on changes (record_id, version);

create table events (
  id bigint generated always as identity,
  at timestamptz not null,
  type text not null,
  entity text not null,
  record_id uuid not null,
  version bigint not null,
  primary key (at, id)
) partition by range (at);

create table waits (
  subject text not null check (subject in ('link', 'inbox')),
  subject_id text not null,
  subject_at timestamptz,
  kind text not null check (kind in ('ref', 'table')),
  target text not null,
  since timestamptz not null default now(),
  primary key (subject, subject_id, kind, target)
);
create index waits_target on waits (kind, target);
`,
} as const;
