/** What people type into one box to find something, and how the hub stood in the last hour. */
export const settings = {
  id: '0037-settings',
  sql: `
-- By its number, and by how it begins: one index for both.
drop index records_called;
create index records_called on records ((coalesce(data ->> 'number', data ->> 'code')) text_pattern_ops);
create index records_name on records (lower(data ->> 'name') text_pattern_ops)
  where entity in ('customer', 'product', 'location');
create index records_receiver on records ((data #>> '{receiver,phone,e164}')) where entity = 'order';

-- Each process adds a row every few seconds and takes away what is older than an hour: nothing of it has to survive.
-- standing: how the hub stood, as this process saw it. done: what the process has done since its row before.
create unlogged table samples (
  at timestamptz not null,
  process text not null,
  standing jsonb,
  done jsonb not null,
  primary key (at, process)
);
`,
} as const;
