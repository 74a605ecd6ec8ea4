/** Taking over systems that already hold data: what they would be written, and where they differ from the start. */
export const adoption = {
  id: '0018-adoption',
  sql: `
-- What a copy would be written if its party were live; without a body: nobody has worked it out, it is only observed.
create table intents (
  link_id uuid primary key,
  connection text not null,
  object text not null,
  entity text not null,
  step text,
  key text,
  body jsonb,
  difference jsonb,
  record_version bigint,
  at timestamptz not null default now()
);
create index intents_place on intents (connection, object, entity, link_id);

-- Paths at which a copy differed from the golden record when it was paired, as long as nobody has decided about them.
alter table links add column opening text[];
create index links_opening on links (connection, object, id) where opening is not null;
`,
} as const;
