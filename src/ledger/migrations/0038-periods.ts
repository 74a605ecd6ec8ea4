/** Accounting periods: which are closed in which system, what waits for them, and what was re-dated because of them. */
export const periods = {
  id: '0038-periods',
  sql: `
create table periods (
  connection text not null,
  -- Whose books: an organisation or account set of that system; '' is all of it.
  book text not null default '',
  period text not null check (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  state text not null check (state in ('open', 'closed')),
  since timestamptz not null default now(),
  -- A refused write, a write that was taken again, or a person.
  known_by text not null check (known_by in ('refused', 'accepted', 'set')),
  author text,
  note text,
  -- Of one learnt from a refusal: when one copy is tried, and which is being tried now.
  probe_at timestamptz,
  probe_link uuid,
  -- Grows with every change, so that the sum over all rows tells whether anything did.
  version bigint not null default 1,
  primary key (connection, book, period)
);

alter table waits drop constraint waits_kind_check;
alter table waits add constraint waits_kind_check check (kind in ('ref', 'table', 'period'));

-- What its documents are dated there instead: {fields, from, to, period, book, note}.
alter table links add column redated jsonb;
`,
} as const;
