/** What people decide is kept for good, and letters of one object are found by it: a later version closes them. */
export const deadLetters = {
  id: '0016-dead-letters',
  sql: `
create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  author text not null,
  action text not null,
  subject text not null,
  details jsonb not null default '{}'
);
create index audit_subject on audit (subject, id desc);

-- edited_from: the message this one takes the place of, with what a person has made of it; what the vendor told stays
-- there. fetched_at: the body was not told but asked for, and is asked for anew when the message is tried again.
alter table inbox add column edited_from bigint, add column fetched_at timestamptz;
create index inbox_letters on inbox (connection, object, remote_id)
  where state = 'dead' or (state = 'due' and error_code = 'inbox.retried');
`,
} as const;
