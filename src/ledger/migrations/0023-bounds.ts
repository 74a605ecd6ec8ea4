/**
 * Work that may be about a whole system is done in parts of bounded size, and each kind of it knows how far it is: a
 * complete listing that is compared with what is known, what refers to a merged record, messages that a changed mapping
 * lets go on, derivations that are tried again.
 */
export const bounds = {
  id: '0023-bounds',
  sql: `
alter table full_passes drop constraint full_passes_phase_check;
alter table full_passes add constraint full_passes_phase_check
  check (phase in ('idle', 'listing', 'comparing', 'confirming'));

-- Records up to this one were looked at, and so many copies were made due.
alter table record_merges add column scanned_to uuid, add column marked bigint not null default 0;

-- Messages up to this one were looked at; null: all were. So many go on.
alter table mapping_activations add column messages_to bigint default 0, add column messages bigint not null default 0;

-- What is parked for a reason that may be gone is tried again: what was parked before upto. That is set once no
-- transaction runs any more that may not have seen why the reason is gone.
create table derivation_retries (
  id bigint generated always as identity primary key,
  code text not null,
  asked_in xid8 not null default pg_current_xact_id(),
  asked_at timestamptz not null default clock_timestamp(),
  upto timestamptz
);
`,
} as const;
