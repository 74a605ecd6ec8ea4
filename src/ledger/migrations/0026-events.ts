/** What happened and who gets it: events, subscriptions, deliveries. */
export const events = {
  id: '0026-events',
  sql: `
-- What was kept so far had no content and nobody read it.
drop table events;

-- xid: the transaction that wrote it. Who follows events remembers a snapshot: what is visible now and was not then is
-- new, however late it was committed. seq: their order, given while the record is locked.
create table events (
  seq bigint generated always as identity,
  at timestamptz not null,
  xid xid8 not null default pg_current_xact_id(),
  id uuid not null,
  type text not null,
  version smallint not null default 1,
  subject text,
  key text,
  data jsonb not null,
  primary key (at, seq)
) partition by range (at);
create index events_new on events (xid, seq);
create index events_order on events (seq);
create index events_id on events (id);

-- Which types somebody listens to; others are not written. listener: 'subscription/<id>', 'rules' …
create table event_interest (
  type text not null,
  listener text not null,
  primary key (type, listener)
);

-- How far events have been told to everybody: all that was visible in seen, and of what is visible in reading up to
-- after_seq. reading is null between two readings. last_seq: the highest that was told.
create table event_cursor (
  name text primary key,
  seen pg_snapshot not null,
  reading pg_snapshot,
  after_seq bigint not null default 0,
  last_seq bigint not null default 0
);
insert into event_cursor (name, seen) values ('fan-out', pg_current_snapshot());

-- secrets: sealed, the signing secrets and the headers. next_at: when the rate allows the next post.
create table subscriptions (
  id uuid primary key,
  name text not null unique,
  declared boolean not null default false,
  types text[] not null,
  filter text,
  url text not null,
  secrets bytea not null,
  ordered boolean not null default false,
  per_second float8 check (per_second > 0),
  personal text not null default 'masked' check (personal in ('masked', 'full')),
  shards smallint not null default 1 check (shards between 1 and 16),
  state text not null default 'enabled' check (state in ('enabled', 'disabled', 'parked')),
  code text,
  reason text,
  state_at timestamptz not null default clock_timestamp(),
  failing_since timestamptz,
  delivered_at timestamptz,
  next_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  version int not null default 1
);

create table deliveries (
  seq bigint generated always as identity,
  at timestamptz not null,
  id uuid not null,
  subscription_id uuid not null,
  event_at timestamptz not null,
  event_seq bigint not null,
  event_id uuid not null,
  type text not null,
  key text,
  lane text not null,
  state text not null default 'due' check (state in ('due', 'done', 'failed', 'cancelled')),
  attempts int not null default 0,
  due_at timestamptz not null,
  status int,
  answer text,
  duration_ms int,
  error_code text,
  error text,
  log jsonb not null default '[]',
  replay boolean not null default false,
  finished_at timestamptz,
  primary key (at, seq)
) partition by range (at);
create index deliveries_due on deliveries (lane, due_at, seq) where state = 'due';
-- What stands before another one of the same key.
create index deliveries_key on deliveries (subscription_id, key, seq) where state = 'due';
create index deliveries_of on deliveries (subscription_id, seq desc);
create index deliveries_id on deliveries (id);
create index deliveries_event on deliveries (event_id);

-- What is rare and happens at many places is told by the table itself, so that no place forgets to. UUID version 7.
create function new_event_id() returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
    substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
    52, 1), 53, 1), 'hex')::uuid
$$;

create function tell_event(what text, about text, same text, content jsonb) returns void language sql volatile as $$
  insert into events (at, id, type, subject, key, data)
  select date_trunc('milliseconds', clock_timestamp()), new_event_id(), what, about, same, content
  where exists (select 1 from event_interest i where i.type = what)
$$;

create function tell_letter_of_link() returns trigger language plpgsql as $$
declare
  l links;
begin
  if tg_op <> 'DELETE' and new.state in ('parked', 'unknown') then
    l := new;
  else
    l := old;
  end if;
  perform tell_event(
    case when tg_op <> 'DELETE' and new.state in ('parked', 'unknown') then 'deadletter.opened' else 'deadletter.closed' end,
    l.record_id::text, 'push/' || l.id, jsonb_build_object(
      'letter', 'push/' || l.id, 'kind', 'push', 'connection', l.connection, 'object', l.object, 'entity', l.entity,
      'recordId', l.record_id, 'remoteId', l.remote_id, 'code', coalesce(l.error_code, ''),
      'error', coalesce(l.error, ''), 'attempts', l.attempts)
    || case when tg_op = 'DELETE' then jsonb_build_object('became', 'removed')
            when new.state in ('parked', 'unknown') then jsonb_build_object('state', new.state)
            else jsonb_build_object('became', new.state) end);
  return null;
end $$;
create trigger tell_letter after update of state on links for each row
  when ((old.state in ('parked', 'unknown')) <> (new.state in ('parked', 'unknown')))
  execute function tell_letter_of_link();
create trigger tell_letter_new after insert on links for each row
  when (new.state in ('parked', 'unknown')) execute function tell_letter_of_link();
create trigger tell_letter_gone after delete on links for each row
  when (old.state in ('parked', 'unknown')) execute function tell_letter_of_link();

create function tell_letter_of_inbox() returns trigger language plpgsql as $$
declare
  i inbox;
begin
  if new.state = 'dead' then
    i := new;
  else
    i := old;
  end if;
  perform tell_event(
    case when new.state = 'dead' then 'deadletter.opened' else 'deadletter.closed' end,
    i.record_id::text, 'inbox/' || i.id, jsonb_build_object(
      'letter', 'inbox/' || i.id, 'kind', 'inbox', 'connection', i.connection, 'object', i.object, 'entity', null,
      'recordId', i.record_id, 'remoteId', i.remote_id, 'code', coalesce(i.error_code, ''),
      'error', coalesce(i.error, ''), 'attempts', i.attempts)
    || case when new.state = 'dead' then jsonb_build_object('state', 'dead')
            else jsonb_build_object('became', new.state) end);
  return null;
end $$;
create trigger tell_letter after update of state on inbox for each row
  when ((old.state = 'dead') <> (new.state = 'dead')) execute function tell_letter_of_inbox();
create trigger tell_letter_new after insert on inbox for each row
  when (new.state = 'dead') execute function tell_letter_of_inbox();

create function tell_conflict() returns trigger language plpgsql as $$
begin
  perform tell_event(case when new.state = 'open' then 'conflict.opened' else 'conflict.resolved' end,
    new.record_id::text, new.record_id::text, jsonb_build_object(
      'conflict', new.id, 'entity', new.entity, 'recordId', new.record_id, 'path', new.path)
    || case when new.state = 'open' then '{}' else jsonb_build_object('by', new.resolved_by) end);
  return null;
end $$;
create trigger tell_opened after insert on conflicts for each row
  when (new.state = 'open') execute function tell_conflict();
create trigger tell_resolved after update of state on conflicts for each row
  when (old.state <> new.state) execute function tell_conflict();

create function tell_match() returns trigger language plpgsql as $$
begin
  perform tell_event('match.proposed', new.record_id::text, coalesce(new.record_id::text, new.remote_id),
    jsonb_build_object('match', new.id, 'entity', new.entity, 'recordId', new.record_id,
      'connection', new.connection, 'object', new.object, 'remoteId', new.remote_id));
  return null;
end $$;
create trigger tell_proposed after insert on matches for each row
  when (new.state = 'open') execute function tell_match();

create function tell_request() returns trigger language plpgsql as $$
begin
  perform tell_event('request.' || new.state, new.record_id::text, new.record_id::text, jsonb_build_object(
    'request', new.id, 'entity', new.entity, 'recordId', new.record_id, 'connection', new.connection,
    'object', new.object, 'kind', new.kind, 'code', new.code, 'reason', new.reason));
  return null;
end $$;
create trigger tell_answered after update of state on requests for each row
  when (old.state <> new.state and new.state in ('accepted', 'refused', 'withdrawn', 'overtaken'))
  execute function tell_request();

create function tell_pause() returns trigger language plpgsql as $$
begin
  perform tell_event('connection.paused', null, new.id, jsonb_build_object('connection', new.id,
    'until', to_char(new.paused_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'reason', new.paused_reason));
  return null;
end $$;
create trigger tell_paused after update of paused_until on connections for each row
  when (new.paused_until > clock_timestamp() and (old.paused_until is null or old.paused_until <= clock_timestamp()))
  execute function tell_pause();

create function tell_backfill() returns trigger language plpgsql as $$
begin
  perform tell_event('backfill.finished', null, new.connection || '/' || new.object, jsonb_build_object(
    'backfill', new.id, 'connection', new.connection, 'object', new.object, 'state', new.state, 'read', new.done));
  return null;
end $$;
create trigger tell_finished after update of state on backfills for each row
  when (old.state = 'running' and new.state <> 'running') execute function tell_backfill();

create function tell_subscription() returns trigger language plpgsql as $$
begin
  perform tell_event('subscription.disabled', null, new.id::text, jsonb_build_object('subscription', new.id,
    'name', new.name, 'state', new.state, 'code', coalesce(new.code, ''), 'reason', coalesce(new.reason, '')));
  return null;
end $$;
create trigger tell_disabled after update of state on subscriptions for each row
  when (old.state = 'enabled' and new.state <> 'enabled') execute function tell_subscription();
`,
} as const;
