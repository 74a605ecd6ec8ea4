/**
 * Which version of a mapping is in use, who said so and why. The newest row of a name counts; a row without a
 * version means that the file is followed. `scanned_to` and `finished_at` say how far the copies that the change
 * concerns have been marked, so that whoever dies at it is followed by somebody else.
 */
export const mappingActivations = {
  id: '0008-mapping-activations',
  sql: `
alter table mappings add column author text, add column note text, add column bases jsonb not null default '{}';

create table mapping_activations (
  id bigint generated always as identity primary key,
  name text not null,
  version text,
  replaces text,
  file_version text,
  author text not null,
  note text,
  at timestamptz not null default now(),
  per_second float8 not null check (per_second > 0),
  scanned_to uuid,
  marked bigint not null default 0,
  finished_at timestamptz
);
create index mapping_activations_name on mapping_activations (name, id desc);
create index mapping_activations_open on mapping_activations (id) where finished_at is null;
`,
} as const;
