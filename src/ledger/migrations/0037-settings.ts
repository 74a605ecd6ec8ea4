/** What people type into one box to find something. */
export const settings = {
  id: '0037-settings',
  sql: `
-- By its number, and by how it begins: one index for both.
drop index records_called;
create index records_called on records ((coalesce(data ->> 'number', data ->> 'code')) text_pattern_ops);
create index records_name on records (lower(data ->> 'name') text_pattern_ops)
  where entity in ('customer', 'product', 'location');
create index records_receiver on records ((data #>> '{receiver,phone,e164}')) where entity = 'order';
`,
} as const;
