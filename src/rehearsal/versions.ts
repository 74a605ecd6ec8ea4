/** Proposing another text or version of a mapping: what it would mean, and putting it in use. */
import { InvalidConfig } from '../config/index.ts';
import { HubError } from '../errors.ts';
import type { CodeTables } from '../lanes/code-tables.ts';
import type { Party } from '../lanes/landscape.ts';
import type { Database } from '../ledger/database.ts';
import { type MappingVersion, mappingVersions } from '../ledger/mappings.ts';
import { isError } from '../problems/index.ts';
import { type LiveMappings, labelOf } from '../setup/live.ts';
import type { LoadedMapping } from '../setup/mappings.ts';
import { activate, type CopyCount, countCopies, partiesWith, releaseConcerned } from './activation.ts';
import type { Side } from './side.ts';
import { versionsOf } from './watch.ts';

/** What proposals are made from: the configuration with its files, what is in use, the code tables and the data. */
export interface Setup {
  readonly live: LiveMappings;
  readonly files: ReadonlyMap<string, LoadedMapping>;
  readonly tables: CodeTables;
  readonly database: Database;
}

/** Another version of a mapping, checked and fitted into the configuration. */
export interface Proposal {
  readonly name: string;
  /** Undefined: the file is followed again. */
  readonly version: MappingVersion | undefined;
  readonly mapping: LoadedMapping;
  readonly before: Side;
  readonly after: Side;
  /** The parties that speak it, as they would be. */
  readonly parties: readonly Party[];
}

/** Proposes a text. Throws `config.invalid` with everything that is wrong, `mappings.unknown` for one nobody uses. */
export async function proposeText(
  setup: Setup,
  file: string,
  text: string | Uint8Array,
  bases?: MappingVersion['bases'],
): Promise<Proposal> {
  const { landscape, mapping, problems } = await setup.live.tryOut(file, text, bases);
  const shown = typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
  if (landscape === undefined || mapping === undefined)
    throw new InvalidConfig(problems.filter(isError), () => shown);
  mustBeUsed(setup, mapping.name);
  const version = versionOf(mapping);
  return proposal(setup, mapping, version, { landscape, codes: setup.tables });
}

/** Proposes a version that was used before, named by its beginning; `file` proposes to follow the file again. */
export async function proposeVersion(setup: Setup, name: string, version: string): Promise<Proposal> {
  mustBeUsed(setup, name);
  const file = setup.files.get(name);
  if (version === 'file' && file !== undefined) {
    const landscape = await setup.live.with(name, null);
    if (landscape) return proposal(setup, file, undefined, { landscape, codes: setup.tables });
  }
  const kept = await findVersion(setup.database, name, version);
  return proposeText(setup, labelOf(kept), kept.content, kept.bases);
}

/** The hub with one mapping as somebody names it: `active`, `file`, or the beginning of a version. */
export async function sideWith(setup: Setup, name: string, against: string): Promise<Side> {
  if (against === 'active') return { landscape: setup.live.landscape, codes: setup.tables };
  return (await proposeVersion(setup, name, against)).after;
}

/** Counts which copies would become due. Writes nothing. */
export function countProposal({ database }: Setup, { before, after, parties }: Proposal): Promise<CopyCount> {
  return countCopies(database, before, after, parties);
}

export interface Applied {
  /** False: it was in use already, and nothing was done. */
  readonly isNew: boolean;
  /** Copies that became due, or will, by and by. */
  readonly released: number;
}

/**
 * Stores a proposal and puts it in use in every process. The copies it concerns become due at a bounded rate; a running
 * hub that is faster than this call finds them itself, and `released` then counts only what was left.
 */
export async function applyProposal(
  setup: Setup,
  proposal: Proposal,
  by: { readonly author: string; readonly note?: string | undefined; readonly perSecond?: number },
): Promise<Applied> {
  const { database, live, tables } = setup;
  if (!(await putInUse(setup, proposal, by))) return { isNew: false, released: 0 };
  const released = await releaseConcerned({ database, now: Date.now }, versionsOf(live, tables));
  return { isNew: true, released };
}

/** The same, leaving the copies it concerns to the running hub. False: it was in use already, and nothing was done. */
export async function putInUse(
  { database, live, files }: Setup,
  proposal: Proposal,
  by: { readonly author: string; readonly note?: string | undefined; readonly perSecond?: number },
): Promise<boolean> {
  const file = files.get(proposal.name);
  const decided = await activate(database, {
    ...by,
    name: proposal.name,
    version: proposal.version,
    file: file && versionOf(file),
  });
  if (decided) await live.keepUp(decided.id);
  return decided !== undefined;
}

/** A version of a mapping by the beginning of its checksum. Throws `mappings.unknown-version`. */
export async function findVersion(
  database: Database,
  name: string,
  version: string,
): Promise<MappingVersion> {
  const found = (await mappingVersions(database, name)).filter((row) => row.version.startsWith(version));
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new HubError('mappings.unknown-version', { name, version });
  return only;
}

function mustBeUsed({ live }: Setup, name: string): void {
  if (live.mappings.has(name)) return;
  throw new HubError('mappings.unknown', { name, known: [...live.mappings.keys()].join(', ') });
}

function proposal(
  { live, tables }: Setup,
  mapping: LoadedMapping,
  version: MappingVersion | undefined,
  after: Side,
): Proposal {
  const before = { landscape: live.landscape, codes: tables };
  return { name: mapping.name, version, mapping, before, after, parties: partiesWith(after, mapping.name) };
}

function versionOf({ name, text, bases, compiled }: LoadedMapping): MappingVersion {
  return { name, version: compiled.version, content: text, bases };
}
