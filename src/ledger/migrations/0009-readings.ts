/** When a reading was begun and when we last wrote: a reading older than our own write tells what was there before. */
export const readings = {
  id: '0009-readings',
  sql: `
alter table links add column written_at timestamptz;
alter table inbox add column read_at timestamptz;
`,
} as const;
