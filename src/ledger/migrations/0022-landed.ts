/**
 * What the last write that was done has put into a copy, with the moments it was sent and known to be done and the
 * revision it made there; and where what was told last of that copy stands in that order. The system has what has
 * landed, whatever was heard of it before.
 */
export const landed = {
  id: '0022-landed',
  sql: `
alter table shadows add column told jsonb, add column sent_at timestamptz, add column landed jsonb;
`,
} as const;
