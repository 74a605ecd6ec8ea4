/**
 * What all processes share about a vendor: calls handed out, slots, the day's account and the breaker per unit the
 * vendor counts, written by compare-and-set; and tokens, sealed, with who signs in right now.
 */
export const limits = {
  id: '0015-limits',
  sql: `
create table call_limits (
  connection text not null,
  unit text not null,
  version bigint not null default 0,
  state jsonb not null,
  primary key (connection, unit)
) with (fillfactor = 50);

create table vendor_tokens (
  connection text not null,
  name text not null,
  version bigint not null default 0,
  fingerprint text not null default '',
  sealed text,
  obtained_at timestamptz,
  good_until timestamptz,
  holder uuid,
  holder_until timestamptz,
  refusal jsonb,
  refused_until timestamptz,
  primary key (connection, name)
);
`,
} as const;
