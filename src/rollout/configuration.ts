/** Putting a configuration in use: what it would change, who did it, and what must not be lost by it. */
import { createHash } from 'node:crypto';
import type { HubConfig } from '../config/index.ts';
import { HubError } from '../errors.ts';
import type { Decider } from '../lanes/daily/decider.ts';
import { insertAudit } from '../ledger/audit.ts';
import {
  type ConfigurationRow,
  copiesIn,
  insertConfiguration,
  lockConfigurations,
  newestConfiguration,
} from '../ledger/configurations.ts';
import type { Database } from '../ledger/database.ts';
import { activeMappings } from '../ledger/mappings.ts';
import type { Sql } from '../ledger/sql.ts';
import { activateIn, defaultPerSecond } from '../rehearsal/activation.ts';
import type { SecretKey } from '../security/index.ts';
import { type Content, contentOf } from './content.ts';
import { type Difference, differences, lostPlaces } from './difference.ts';
import { type Stored, storeConfiguration } from './store.ts';

/** Copies that would be kept nowhere any more. */
export interface Orphans {
  /** `<connection>/<object>/<entity>`. */
  readonly place: string;
  readonly copies: number;
}

export interface Planned {
  /** What is in use now; null: nothing was ever put in use. */
  readonly base: (Pick<ConfigurationRow, 'id' | 'author' | 'via'> & { readonly at: string }) | null;
  readonly differences: readonly Difference[];
  readonly orphans: readonly Orphans[];
}

/** What a configuration would change. Writes nothing. */
export async function planConfiguration(sql: Sql, stored: Stored): Promise<Planned> {
  const base = await newestConfiguration(sql);
  const before = base && (base.content as unknown as Content);
  const after = contentIn(stored, before, fileVersions(stored));
  const inUse = before && { ...before, mappings: { ...before.mappings, ...(await applied(sql, before)) } };
  return {
    base: base ? { id: base.id, author: base.author, via: base.via, at: base.at.toISOString() } : null,
    differences: differences(inUse, after),
    orphans: await copiesIn(sql, lostPlaces(before, after)),
  };
}

export interface ApplyOptions {
  /** Let go the copies of places that are kept no more. */
  readonly allowOrphans: boolean;
  /** The configuration that was looked at before; another one meanwhile is refused. */
  readonly expected?: number | undefined;
  /** Copies a changed mapping makes due in a second. */
  readonly perSecond?: number | undefined;
  /** Done last of all, before it counts: what fails here undoes everything. Told whether anything is different. */
  readonly keep?: (sql: Sql, isDifferent: boolean) => Promise<void>;
}

export interface Applied extends Planned {
  /** Null: nothing was to be changed. */
  readonly id: number | null;
  /** Mappings whose copies are computed once more, at a rate. */
  readonly reruns: readonly string[];
}

/**
 * Puts a configuration in use, all of it or nothing: mappings from this moment in every process, the rest when hubs are
 * started anew. Noted with who did it. Errors: `config.orphans`, `config.changed-meanwhile`.
 */
export async function applyConfiguration(
  database: Database,
  stored: Stored,
  by: Decider,
  { allowOrphans, expected, perSecond = defaultPerSecond, keep }: ApplyOptions,
): Promise<Applied> {
  return database.transaction(async (sql) => {
    await lockConfigurations(sql);
    const planned = await planConfiguration(sql, stored);
    const { base, orphans } = planned;
    if (expected !== undefined && base && base.id !== expected)
      throw new HubError('config.changed-meanwhile', { author: base.author, at: base.at });
    if (!allowOrphans) refuseOrphans(orphans);
    const before = (await newestConfiguration(sql))?.content as unknown as Content | undefined;
    await storeConfiguration(sql, stored);
    const reruns: string[] = [];
    for (const { section, name, change } of planned.differences) {
      const mapping = stored.mappings.get(name);
      if (section !== 'mappings' || change !== 'changed' || !mapping) continue;
      const { version } = mapping.compiled;
      const file = { name, version, content: mapping.text, bases: mapping.bases };
      const done = await activateIn(sql, {
        ...{ name, version: file, file, author: by.author, note: by.reason, perSecond },
        replaces: before?.mappings[name],
      });
      if (done) reruns.push(name);
    }
    const content = contentIn(stored, before, fileVersions(stored));
    const note = { author: by.author, via: 'apply' as const, note: by.reason, content };
    const id = (await insertConfiguration(sql, note)) ?? null;
    if (id !== null || reruns.length > 0)
      await insertAudit(sql, [
        {
          author: by.author,
          action: 'config.apply',
          subject: `configuration/${id ?? base?.id ?? 0}`,
          details: {
            reason: by.reason,
            replaces: base?.id ?? null,
            changed: planned.differences.map((one) => `${one.change} ${one.section} ${one.name}`.trim()),
            orphans: orphans.map(({ place, copies }) => `${copies} ${place}`),
            reruns,
          },
        },
      ]);
    await keep?.(sql, id !== null || reruns.length > 0);
    return { ...planned, id, reruns };
  });
}

/**
 * What a start does: the same, where nothing is lost by it; mappings as files and people have them. Errors:
 * `config.orphans`.
 */
export async function startConfiguration(database: Database, stored: Stored): Promise<void> {
  await database.transaction(async (sql) => {
    await lockConfigurations(sql);
    const before = (await newestConfiguration(sql))?.content as unknown as Content | undefined;
    const versions = { ...fileVersions(stored), ...(before ? await applied(sql, before) : {}) };
    const content = contentIn(stored, before, versions);
    refuseOrphans(await copiesIn(sql, lostPlaces(before, content)));
    await storeConfiguration(sql, stored);
    await insertConfiguration(sql, { author: 'hub', via: 'start', note: null, content });
  });
}

function refuseOrphans(orphans: readonly Orphans[]): void {
  if (orphans.length === 0) return;
  const sum = orphans.reduce((total, one) => total + one.copies, 0);
  throw new HubError('config.orphans', {
    count: sum === 1 ? '1 copy' : `${sum} copies`,
    list: orphans.map(({ place, copies }) => `${copies} of ${place}`).join(', '),
  });
}

/** Versions of mappings that people have put in use instead of files, and that are in use still. */
async function applied(sql: Sql, before: Content): Promise<Record<string, string>> {
  const rows = await activeMappings(sql);
  return Object.fromEntries(
    rows.flatMap(({ name, version }) =>
      version !== null && name in before.mappings ? [[name, version]] : [],
    ),
  );
}

function fileVersions({ mappings }: Stored): Record<string, string> {
  return Object.fromEntries([...mappings.values()].map((one) => [one.name, one.compiled.version]));
}

/** The content as it compares with the one before: checksums under the same key, where the hub still has it. */
function contentIn(
  { config, landscape, seeds, keys }: Stored,
  before: Content | undefined,
  versions: Readonly<Record<string, string>>,
): Content {
  const key: SecretKey = keys.find((one) => one.id === before?.key) ?? keys[0];
  const crossrefs = Object.fromEntries(
    seeds.tables.map((table) => {
      const rows = seeds.rows.filter((row) => row.name === table.name);
      const text = JSON.stringify([table, rows]);
      return [table.name, createHash('sha256').update(text).digest('base64url').slice(0, 16)];
    }),
  );
  const used = new Set(partyMappings(config));
  const mappings = Object.entries(versions).filter(([name]) => used.has(name));
  return contentOf({ config, landscape, mappings, crossrefs, key });
}

function partyMappings(config: HubConfig): string[] {
  return Object.values(config.syncs).flatMap((sync) => Object.values(sync.parties).map((one) => one.mapping));
}
