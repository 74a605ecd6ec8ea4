/** How much went where, minute by minute: for charts, which ask for a day and must not read messages for it. */
export const traffic = {
  id: '0039-traffic',
  sql: `
create table traffic (
  minute timestamptz not null,
  connection text not null,
  object text not null,
  received int not null default 0,
  written int not null default 0,
  refused int not null default 0,
  repeated int not null default 0,
  dead int not null default 0,
  primary key (minute, connection, object)
) with (fillfactor = 70);
`,
};
