/** What counting large tables has shown, section by section of the overview, and when: told instead of counting again. */
export const overview = {
  id: '0024-overview',
  sql: `
create table overview (
  section text primary key,
  told jsonb not null,
  counted_at timestamptz not null,
  took_ms float8 not null
);
`,
} as const;
