/**
 * When the reading that was applied last was done: one begun before that may show an older state. And what was sent to a
 * system before its last write, as long as that one was not seen there: it may still come back.
 */
export const seenAt = {
  id: '0012-seen-at',
  sql: `
alter table links add column seen_at timestamptz;
alter table shadows add column earlier jsonb;
`,
} as const;
