/** Accepted webhook messages as they came, to be told again; and the mark of what was. */
export const webhookMessages = {
  id: '0028-webhook-messages',
  sql: `
create table webhook_messages (
  id bigint generated always as identity,
  received_at timestamptz not null,
  connection text not null,
  method text not null,
  query text not null,
  headers jsonb not null,
  body bytea not null,
  previous_secret boolean not null,
  primary key (received_at, id)
) partition by range (received_at);

alter table inbox add column replay_of bigint;
`,
} as const;
