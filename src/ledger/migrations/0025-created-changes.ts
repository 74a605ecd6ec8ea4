/**
 * What a record was when it came to be is kept as it is: taking it apart into the values that were set costs more than
 * everything else that is noted of a new record, and is rarely looked at.
 */
export const createdChanges = {
  id: '0025-created-changes',
  sql: `
alter table changes alter column patch drop not null, add column created jsonb;

create function patch_of(patch jsonb, created jsonb) returns jsonb language sql immutable as $$
  select coalesce(patch, (
    select jsonb_object_agg(f.key, jsonb_build_object('to', f.value)) from jsonb_each(created) f), '{}')
$$;
`,
} as const;
