/** Deliveries that wait stand in a narrow table of their own; the log is written once something was tried. */
export const fanout = {
  id: '0030-fanout',
  sql: `
-- Where a delivery stands in the log; given when it is told.
create sequence delivery_places;
select setval('delivery_places', (select coalesce(max(seq), 0) + 1 from deliveries));

-- What is still to be posted. A row of the log is wide and found in several ways, so each change of it costs many times
-- what it costs here: these rows come and go, and most get into the log once, with what came of them.
create table due_deliveries (
  seq bigint primary key default nextval('delivery_places'),
  at timestamptz not null,
  id uuid not null,
  subscription_id uuid not null,
  event_at timestamptz not null,
  event_seq bigint not null,
  event_id uuid not null,
  type text not null,
  key text,
  lane text not null,
  attempts int not null default 0,
  due_at timestamptz not null,
  replay boolean not null default false
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

insert into due_deliveries (seq, at, id, subscription_id, event_at, event_seq, event_id, type, key, lane, attempts, due_at, replay)
select seq, at, id, subscription_id, event_at, event_seq, event_id, type, key, lane, attempts, due_at, replay
from deliveries where state = 'due' order by seq;
delete from deliveries where state = 'due' and attempts = 0;

create index due_deliveries_next on due_deliveries (lane, due_at, seq);
-- What stands before another one of the same key.
create index due_deliveries_key on due_deliveries (subscription_id, key, seq) where key is not null;

drop index deliveries_due;
drop index deliveries_key;
drop index deliveries_id;
alter table deliveries drop constraint deliveries_pkey;
alter table deliveries add primary key (id, at);
alter table deliveries alter column seq drop identity;
alter table deliveries drop column lane;
`,
} as const;
