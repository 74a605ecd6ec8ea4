/**
 * Who may use the API, what was answered to requests that may come twice, and an audit log that nobody can change
 * unseen: each entry is chained to the one before with a hash, in the order of commits.
 */
export const access = {
  id: '0029-access',
  sql: `
create table tokens (
  id uuid primary key,
  name text not null,
  -- SHA-256 of the secret, which is shown once and kept nowhere.
  hash bytea not null unique,
  role text not null check (role in ('viewer', 'operator', 'integrator', 'admin')),
  -- Beside those of the role.
  scopes text[] not null default '{}',
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz,
  -- Within five minutes.
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text
);
-- A name is free again when its token is revoked.
create unique index tokens_name on tokens (name) where revoked_at is null;

create table idempotency (
  token_id uuid not null,
  key text not null,
  -- SHA-256 of method, path and body.
  request bytea not null,
  started_at timestamptz not null default now(),
  status int,
  -- Headers and body, sealed: an answer may show a secret once.
  answer text,
  primary key (token_id, key)
);
create index idempotency_age on idempotency (started_at);

-- The chain stands beside the entries: entries are added in any order, and chained when their transaction commits.
create table audit_chain (
  seq bigint primary key,
  audit_id bigint not null unique,
  -- SHA-256 of details. An entry whose details were erased for a person's sake still fits into the chain.
  details_hash bytea not null,
  -- SHA-256 of the hash before and of everything else in the entry.
  hash bytea not null
);

create function audit_append(entry audit) returns void language plpgsql set search_path from current as $$
declare
  last audit_chain;
  details_hash bytea := sha256(convert_to(entry.details::text, 'UTF8'));
begin
  -- Held until the transaction ends: whoever comes next sees this one. AUDT in ASCII.
  perform pg_advisory_xact_lock(1096107092, hashtext(current_schema()));
  select * into last from audit_chain order by seq desc limit 1;
  insert into audit_chain (seq, audit_id, details_hash, hash) values (
    coalesce(last.seq, 0) + 1, entry.id, details_hash,
    sha256(coalesce(last.hash, decode(repeat('00', 32), 'hex')) || convert_to(jsonb_build_array(
      coalesce(last.seq, 0) + 1, entry.id, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      entry.author, entry.action, entry.subject, encode(details_hash, 'hex'))::text, 'UTF8')));
end $$;

do $$ declare entry audit; begin
  for entry in select * from audit order by id loop perform audit_append(entry); end loop;
end $$;

create function audit_chained() returns trigger language plpgsql set search_path from current as $$
begin
  perform audit_append(new);
  return null;
end $$;
create constraint trigger audit_chained after insert on audit
  deferrable initially deferred for each row execute function audit_chained();

create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only ever added to' using errcode = 'insufficient_privilege';
end $$;
-- All that may change is that details are erased, which has to be an entry itself; see verifyAudit.
create function audit_refuse_update() returns trigger language plpgsql as $$
begin
  if new.details <> '{"erased": true}'
     or (new.id, new.at, new.author, new.action, new.subject)
        is distinct from (old.id, old.at, old.author, old.action, old.subject) then
    raise exception 'the audit log is only ever added to' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger audit_kept before update on audit for each row execute function audit_refuse_update();
create trigger audit_not_removed before delete or truncate on audit
  for each statement execute function audit_refuse();
create trigger audit_chain_kept before update or delete or truncate on audit_chain
  for each statement execute function audit_refuse();
`,
} as const;
