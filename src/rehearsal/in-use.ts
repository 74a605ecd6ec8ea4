/** Which versions of mappings are in use, which were, and who decided so. */
import { activationsOf, activeMappings, mappingVersions } from '../ledger/mappings.ts';
import type { Setup } from './versions.ts';

export interface MappingInUse {
  readonly name: string;
  readonly version: string;
  /** `applied` by a person, else what the file says. */
  readonly from: 'file' | 'applied';
  readonly fileVersion: string | null;
  /** The file was changed since the version was applied. */
  readonly isFileNewer: boolean;
  readonly author: string | null;
  readonly at: Date | null;
  readonly note: string | null;
  /** Copies that it concerns are still being made due. */
  readonly releasing: boolean;
}

/** Every mapping in use, by name. */
export async function mappingsInUse({
  live,
  files,
  database,
}: Pick<Setup, 'live' | 'files' | 'database'>): Promise<MappingInUse[]> {
  const decided = new Map((await activeMappings(database)).map((row) => [row.name, row]));
  const overrides = new Map(live.overrides.map((one) => [one.name, one]));
  return [...live.mappings.values()].map(({ name, compiled }) => {
    const override = overrides.get(name);
    const decision = decided.get(name);
    return {
      name,
      version: compiled.version,
      from: override === undefined ? 'file' : 'applied',
      fileVersion: files.get(name)?.compiled.version ?? null,
      isFileNewer: override?.isFileNewer ?? false,
      author: override?.author ?? null,
      at: override?.at ?? null,
      note: (override && decision?.note) ?? null,
      releasing: decision !== undefined && decision.finished_at === null,
    };
  });
}

/** Who put which version of a mapping in use, the last decision first, and every version there was. */
export async function mappingHistory({ database, live }: Pick<Setup, 'live' | 'database'>, name: string) {
  const [decisions, versions] = [await activationsOf(database, name), await mappingVersions(database, name)];
  return {
    name,
    inUse: live.mappings.get(name)?.compiled.version ?? null,
    decisions: decisions.map((row) => ({
      version: row.version,
      replaces: row.replaces,
      author: row.author,
      note: row.note,
      at: row.at,
      madeDue: row.marked,
      finished: row.finished_at !== null,
    })),
    versions: versions.map((row) => ({
      version: row.version,
      author: row.author,
      note: row.note,
      since: row.applied_at,
    })),
  };
}
