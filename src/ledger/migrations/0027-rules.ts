/** What rules and milestones wait for, have done, and could not do. */
export const rules = {
  id: '0027-rules',
  sql: `
-- rule: its place in hub.yaml, rules.<name> or milestones.<name>. once: what it is done once for, the event or, of a
-- milestone, what it is about. guarded: an event may come that ends it, so it is not due before events are told up to
-- then. input: what the action is told, made when the event came; event: kept where it could not be made. due_at of one
-- that is running: when nobody can be at it any more. ended_by, ended_at: the event that ended it, and its time.
create table rule_timers (
  id uuid primary key,
  rule text not null,
  once text not null,
  event_id uuid not null,
  event_type text not null,
  event_at timestamptz not null,
  subject text,
  lane text not null,
  state text not null default 'due' check (state in
    ('due', 'running', 'done', 'cancelled', 'met', 'missed', 'failed', 'unknown', 'skipped')),
  guarded boolean not null,
  due_at timestamptz not null,
  connection text,
  action text,
  credential text,
  input jsonb,
  event jsonb,
  attempts int not null default 0,
  try_id uuid,
  try_at timestamptz,
  code text,
  reason text,
  answer jsonb,
  ended_by uuid,
  ended_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  version int not null default 1,
  unique (rule, once)
);
create index rule_timers_due on rule_timers (lane, due_at) where state in ('due', 'running');
create index rule_timers_stuck on rule_timers (state, created_at) where state in ('failed', 'unknown');
create index rule_timers_finished on rule_timers (finished_at) where finished_at is not null;
create index rule_timers_subject on rule_timers (subject);

-- What a timer that an event may still end is about.
create table rule_keys (
  rule text not null,
  key text not null,
  timer_id uuid not null references rule_timers on delete cascade,
  primary key (rule, key, timer_id)
);
create index rule_keys_timer on rule_keys (timer_id);

-- The last event that ends a rule, by what it is about: one that began later finds it has happened.
create table rule_ends (
  rule text not null,
  key text not null,
  event_id uuid not null,
  at timestamptz not null,
  primary key (rule, key)
);
create index rule_ends_at on rule_ends (at);

create table rule_counts (
  rule text not null,
  day date not null,
  outcome text not null,
  count bigint not null,
  primary key (rule, day, outcome)
);
`,
} as const;
