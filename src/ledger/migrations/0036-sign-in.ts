/**
 * People who sign in to the console. Users, sessions, accounts and verifications have the columns better-auth works with;
 * what is beside them in users is ours alone.
 */
export const signIn = {
  id: '0036-sign-in',
  sql: `
create table users (
  id uuid primary key,
  -- Lower case.
  email text not null unique check (email = lower(email)),
  email_verified boolean not null default false,
  name text not null,
  image text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by text not null default 'sign-in',
  role text not null default 'viewer' check (role in ('viewer', 'operator', 'integrator', 'admin')),
  -- Beside those of the role.
  scopes text[] not null default '{}',
  -- Who says what they may do: this hub, or the identity provider at each sign-in.
  rights_from text not null default 'provider' check (rights_from in ('hub', 'provider')),
  disabled_at timestamptz,
  disabled_by text,
  must_change_password boolean not null default false,
  -- A password that somebody else knows holds until then.
  password_expires_at timestamptz,
  last_seen_at timestamptz,
  version int not null default 1
);

create table sessions (
  id uuid primary key,
  -- Works with its signature alone, whose key is sealed.
  token text not null unique,
  user_id uuid not null references users on delete cascade,
  created_at timestamptz not null default now(),
  -- Last used, within a minute.
  updated_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ip_address text,
  user_agent text
);
create index sessions_user on sessions (user_id);
create index sessions_age on sessions (expires_at);

create table accounts (
  id uuid primary key,
  provider_id text not null,
  account_id text not null,
  user_id uuid not null references users on delete cascade,
  password text,
  -- Of a provider; never filled, the hub asks it nothing but who signs in.
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, account_id)
);
create index accounts_user on accounts (user_id);

-- What a sign-in by a provider begins with, for ten minutes.
create table verifications (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index verifications_identifier on verifications (identifier);

-- Attempts in a window, over all processes. Keys are hashes: who has tried to sign in as whom is not kept.
create table sign_in_attempts (
  key text primary key,
  count int not null,
  until timestamptz not null
);

create table sign_in_key (
  one boolean primary key default true check (one),
  sealed text not null
);
`,
} as const;
