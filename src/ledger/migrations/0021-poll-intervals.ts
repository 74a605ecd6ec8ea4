/** Milliseconds of more than 24 days do not fit into four bytes. */
export const pollIntervals = {
  id: '0021-poll-intervals',
  sql: 'alter table cursors alter interval_ms type bigint',
} as const;
