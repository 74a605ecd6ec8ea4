/** Movements of stock, each counted once by its permanent key; snapshots supersede those that happened before them. */
export const movements = {
  id: '0010-movements',
  sql: `
create table movements (
  connection text not null,
  key text not null,
  sku_id uuid not null,
  location_id text not null,
  owner_id text not null default '',
  quality text not null default '',
  delta numeric not null,
  -- As the system told it, and as far as its clock is believed.
  told_at timestamptz not null,
  occurred_at timestamptz not null,
  reason text,
  inbox_id bigint not null,
  primary key (connection, key)
);
create index movements_bucket on movements (sku_id, location_id, occurred_at);
`,
} as const;
