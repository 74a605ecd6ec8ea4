/** The configuration that is in use, as files: hub.yaml with a variable for each secret, and the mappings. */
import { stringify } from 'yaml';
import { HubError } from '../errors.ts';
import { newestConfiguration } from '../ledger/configurations.ts';
import { mappingVersions } from '../ledger/mappings.ts';
import type { Sql } from '../ledger/sql.ts';
import { type Content, withVariables } from './content.ts';

export interface Exported {
  readonly at: string;
  readonly author: string;
  /** Path → content. */
  readonly files: Readonly<Record<string, string>>;
  /** Names the environment has to set before it can be used. */
  readonly variables: readonly string[];
}

/** Errors: `config.never-applied`. */
export async function exportConfiguration(sql: Sql): Promise<Exported> {
  const row = await newestConfiguration(sql);
  if (!row) throw new HubError('config.never-applied', {});
  const content = row.content as unknown as Content;
  const { hub, variables } = withVariables(content.hub);
  const files: Record<string, string> = { 'hub.yaml': stringify(hub, { lineWidth: 120 }) };
  const folder = typeof hub.mappings === 'string' ? hub.mappings : 'mappings';
  for (const [name, version] of Object.entries(content.mappings)) {
    const kept = (await mappingVersions(sql, name)).find((one) => one.version === version);
    if (!kept) continue;
    files[`${folder}/${name}.yaml`] = kept.content;
    for (const [base, text] of Object.entries(kept.bases)) files[`${folder}/${base}.yaml`] ??= text;
  }
  return { at: row.at.toISOString(), author: row.author, files, variables };
}
