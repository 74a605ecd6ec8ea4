/** Connections, lanes, the inbox and what has been seen: everything needed to accept and queue work. */
export const foundation = {
  id: '0001-foundation',
  sql: `
create table connections (
  id text primary key,
  connector text not null,
  config jsonb not null,
  secrets bytea,
  mode text not null check (mode in ('observe', 'shadow', 'live')),
  paused_until timestamptz,
  paused_reason text,
  updated_at timestamptz not null default now()
);

create table lanes (
  lane text primary key,
  kind text not null,
  rings bigint not null default 0,
  holder uuid,
  epoch bigint not null default 0,
  lease_until timestamptz
);

create table inbox (
  id bigint generated always as identity,
  received_at timestamptz not null,
  connection text not null,
  object text not null,
  remote_id text not null,
  via text not null check (via in ('webhook', 'poll', 'answer')),
  revision text,
  body bytea,
  hint jsonb,
  lane text not null,
  priority smallint not null default 5,
  state text not null default 'due' check (state in ('due', 'waiting', 'done', 'dropped', 'dead')),
  attempts int not null default 0,
  due_at timestamptz not null,
  error_code text,
  error text,
  record_id uuid,
  finished_at timestamptz,
  primary key (received_at, id)
) partition by range (received_at);
-- Oldest first within priority, whatever was due when: a row that waited goes before the newer ones of its object.
create index inbox_due on inbox (lane, priority, id, due_at) where state = 'due';
create index inbox_object on inbox (connection, object, remote_id, id desc);
create index inbox_trouble on inbox (connection, state, id) where state in ('dead', 'waiting');

create table seen (
  connection text not null,
  message_id text not null,
  seen_at timestamptz not null default now(),
  primary key (connection, message_id)
);

create table cursors (
  connection text not null,
  object text not null,
  cursor jsonb,
  interval_ms int not null,
  due_at timestamptz not null,
  started_at timestamptz,
  covered_at timestamptz,
  attempts int not null default 0,
  error_code text,
  error text,
  primary key (connection, object)
);
`,
} as const;
