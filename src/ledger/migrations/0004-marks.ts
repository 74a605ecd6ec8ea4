/**
 * How often a link was marked dirty. A copy depends on more than its record (stock on reservations, any body on
 * codes and numbers), so the record's version alone cannot tell whether something changed while it was written.
 */
export const marks = {
  id: '0004-marks',
  sql: `alter table links add column marks bigint not null default 0;`,
} as const;
