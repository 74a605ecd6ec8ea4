/** What was last sent, so that an update sends only what differs; and the difference itself, as evidence of a write. */
export const differences = {
  id: '0013-differences',
  sql: `
alter table shadows add column sent_body jsonb;
alter table tries add column difference jsonb;
alter table tries drop constraint tries_outcome_check;
alter table tries add constraint tries_outcome_check
  check (outcome in ('done', 'failed', 'unknown', 'absent', 'abandoned', 'repeated'));
`,
} as const;
