/** Who was merged into a record: what names those names it. */
export const aliases = {
  id: '0040-aliases',
  sql: `create index records_merged on records (alias_of) where alias_of is not null;`,
};
