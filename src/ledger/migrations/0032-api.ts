/** What people ask for by number and by chain, and long work they have asked for. */
export const api = {
  id: '0032-api',
  sql: `
create index records_called on records ((coalesce(data ->> 'number', data ->> 'code')));
create index identities_value on identities (value);
create index records_after_sale on records ((data ->> 'orderId')) where entity = 'afterSale';
create index records_of_claim on records ((data ->> 'afterSaleId')) where entity in ('return', 'refund');
create index records_fulfilling on records using gin ((data -> 'orderIds')) where entity = 'fulfilment';

-- Long work that somebody has asked for. beat_at: when whoever does it was last heard of.
create table jobs (
  id uuid primary key,
  kind text not null,
  subject text not null,
  state text not null default 'running' check (state in ('running', 'done', 'failed', 'cancelled')),
  done bigint not null default 0,
  total bigint,
  result jsonb,
  code text,
  error text,
  author text not null,
  started_at timestamptz not null default clock_timestamp(),
  beat_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz
);
create index jobs_running on jobs (id) where state = 'running';
`,
} as const;
