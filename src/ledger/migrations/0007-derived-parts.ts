/**
 * Which part counted which share, so that every part can be explained although its sources changed since; what a
 * person decided about a difference; sources a rule could not be followed for, parked by themselves.
 */
export const derivedParts = {
  id: '0007-derived-parts',
  sql: `
alter table derivations
  alter column share drop not null,
  add column part int,
  add column earlier jsonb;
-- Written before parts were noted: what stands counts in the last part there is.
update derivations d set part = p.part
from (select rule, group_key, max(part) as part from derived group by 1, 2) p
where p.rule = d.rule and p.group_key = d.group_key;

alter table derivation_groups
  add column source_id uuid,
  add column decision text check (decision in ('post', 'leave')),
  add column decided_by text;
create index derivation_groups_parked on derivation_groups (error_code) where state = 'parked';

alter table derived add column left_by text;
`,
} as const;
