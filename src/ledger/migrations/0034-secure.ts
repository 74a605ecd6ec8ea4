/**
 * People who were erased, as far as they must be known again: keyed hashes of what named them. Who has the database alone
 * cannot try values out, the key is sealed.
 */
export const secure = {
  id: '0034-secure',
  sql: `
-- What erasing somebody has changed, counted; no value of theirs. phone_shared: their phone was of others, too.
create table erasures (
  id uuid primary key,
  at timestamptz not null default clock_timestamp(),
  author text not null,
  reason text not null,
  finished_at timestamptz,
  told jsonb not null default '{}'
);

-- strength: a strong one tells the person by itself, a weak one beside another of the same erasure. sieve: 16 bits of
-- another hash, so that most values need not be hashed in full to be known as somebody else's.
create table tombstones (
  hash bytea not null,
  erasure_id uuid not null references erasures on delete cascade,
  strength text not null check (strength in ('strong', 'weak')),
  sieve int not null,
  primary key (hash, erasure_id)
);
create index tombstones_erasure on tombstones (erasure_id);

-- Ids of messages are forgotten by age.
create index seen_age on seen (seen_at);

create table erasure_key (
  one boolean primary key default true check (one),
  sealed text not null
);
`,
} as const;
