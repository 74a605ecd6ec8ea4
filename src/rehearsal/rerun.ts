/** Computing once more what a change of a mapping touches: after its file was changed, or where somebody is not sure. */
import { HubError } from '../errors.ts';
import type { Decider } from '../lanes/daily/decider.ts';
import type { World } from '../lanes/world.ts';
import { insertAudit } from '../ledger/audit.ts';
import { activeMappings, insertActivation, lockActivations, mappingVersions } from '../ledger/mappings.ts';
import { type CopyCount, countCopies, defaultPerSecond, partiesWith } from './activation.ts';
import { type KnowsVersions, versionsOf } from './watch.ts';

export interface RerunInput {
  readonly name: string;
  /** The version copies were written with; absent: the one that was in use before. */
  readonly from?: string | undefined;
  readonly perSecond?: number | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface Rerun {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly perSecond: number;
  /** Of a preview: what becomes of the copies. */
  readonly copies?: CopyCount;
  /** The decision, as `lianhub mappings list` shows how far it is. */
  readonly activation?: number;
}

/** What knows the mappings in use. */
export interface InUse extends KnowsVersions {
  readonly mappings: ReadonlyMap<string, { readonly compiled: { readonly version: string } }>;
}

/**
 * Makes due, at a rate, every copy that the version in use writes otherwise than the one before; messages it would read
 * otherwise go on. Errors: `mappings.unknown`, `mappings.unknown-version`, `rerun.same`.
 */
export async function rerunMapping(
  world: World,
  live: InUse,
  input: RerunInput,
  by: Decider,
): Promise<Rerun> {
  const { name, perSecond = defaultPerSecond } = input;
  const to = live.mappings.get(name)?.compiled.version;
  if (to === undefined)
    throw new HubError('mappings.unknown', { name, known: [...live.mappings.keys()].join(', ') });
  const kept = await mappingVersions(world.database, name);
  const from = input.from ?? kept.find((one) => one.version !== to)?.version;
  if (from === undefined || from === to) throw new HubError('rerun.same', { name, version: to });
  if (!kept.some((one) => one.version === from))
    throw new HubError('mappings.unknown-version', { name, version: from });
  const head = { name, from, to, perSecond };
  const versions = versionsOf(live, world.tables);
  if (input.dryRun) {
    const after = await versions.current(0);
    const before = await versions.with(name, from);
    return { ...head, copies: await countCopies(world.database, before, after, partiesWith(after, name)) };
  }
  const activation = await world.database.transaction(async (sql) => {
    await lockActivations(sql);
    const current = (await activeMappings(sql)).find((row) => row.name === name);
    const id = await insertActivation(sql, {
      name,
      version: current?.version ?? null,
      replaces: from,
      file_version: current?.file_version ?? to,
      author: by.author,
      note: by.reason,
      per_second: perSecond,
    });
    await insertAudit(sql, [
      {
        author: by.author,
        action: 'mappings.rerun',
        subject: `mapping/${name}`,
        details: { from, to, perSecond, activation: id, reason: by.reason },
      },
    ]);
    return id;
  });
  return { ...head, activation };
}
