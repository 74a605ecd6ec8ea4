/**
 * Code tables with several columns and a memory of what was removed, what was told to whom under which code, what
 * waiting is worth, and the pace at which whatever waited goes on.
 */
export const codeTables = {
  id: '0006-code-tables',
  sql: `
-- A table and its columns. The version grows with every change, so that whoever holds a copy can tell.
create table crossref_tables (
  name text primary key,
  key_columns text[] not null default '{key}',
  value_columns text[] not null default '{value}',
  version bigint not null default 1
);
insert into crossref_tables (name) select distinct name from crossrefs;

-- Several key columns stand in key, joined; value columns beside the first stand in more.
alter table crossrefs
  add column more jsonb not null default '{}',
  add column position int not null default 0,
  add column removed_at timestamptz,
  add column removed_by text;

-- By triggers, so that no change can forget to tell: not one made by hand in the database either.
create function crossrefs_changed() returns trigger language plpgsql set search_path from current as $$
begin
  insert into crossref_tables as t (name) select distinct name from changed order by name
  on conflict (name) do update set version = t.version + 1;
  return null;
end $$;
create trigger crossrefs_inserted after insert on crossrefs
  referencing new table as changed for each statement execute function crossrefs_changed();
create trigger crossrefs_updated after update on crossrefs
  referencing new table as changed for each statement execute function crossrefs_changed();
create trigger crossrefs_deleted after delete on crossrefs
  referencing old table as changed for each statement execute function crossrefs_changed();

-- The codes the body last written was made with, as table/key.
alter table shadows add column codes text[];
alter table tries add column codes text[];

-- back: the code is the vendor's. filled_at: no longer missing, goes on when its turn comes.
alter table waits
  add column back boolean not null default false,
  add column amount numeric,
  add column currency text,
  add column filled_at timestamptz;
create index waits_filled on waits (filled_at, since) where filled_at is not null;

-- A bucket of tokens for all processes together: one for each subject let go, refilled at the pace.
create table release_pace (
  one boolean primary key default true check (one),
  per_second float8 not null default 200,
  tokens float8 not null default 200,
  at timestamptz not null default now()
);
insert into release_pace default values;
`,
} as const;
