/** Finds what was derived from a record: the key of a derived record begins with its source. */
export const derivedSources = {
  id: '0005-derived-sources',
  sql: `create index derived_source on derived (split_part(group_key, '/', 1));`,
} as const;
