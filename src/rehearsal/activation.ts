/**
 * Putting a version of a mapping in use. The decision is one row; the copies it concerns are found page by page after
 * it, by whoever comes first, and become due so many in a second. A process that dies at it is followed by another.
 */
import type { Party } from '../lanes/landscape.ts';
import type { World } from '../lanes/world.ts';
import type { Database, Queryable } from '../ledger/database.ts';
import { holdLinks } from '../ledger/links.ts';
import {
  type ActivationRow,
  activeMappings,
  advanceActivation,
  advanceMessages,
  insertActivation,
  lockActivations,
  type MappingVersion,
  saveMappings,
  takeUnfinished,
} from '../ledger/mappings.ts';
import { linksAfter, oneAtATime, readOnly } from '../ledger/rehearsal.ts';
import { type Release, releaseLinks, releaseMessages, remark } from '../ledger/releases.ts';
import { type ShadowWrite, writeShadows } from '../ledger/shadows.ts';
import { judgeCopies } from './copies.ts';
import type { Side } from './side.ts';

const pageSize = 500;
/** Copies that become due in a second, when nothing else is asked for. */
export const defaultPerSecond = 20;

export interface Decision {
  readonly name: string;
  /** The version to use; undefined: the file is followed again. */
  readonly version: MappingVersion | undefined;
  /** The file as it is now, so that it can be told when it changes. */
  readonly file: MappingVersion | undefined;
  readonly author: string;
  readonly note?: string | undefined;
  /** Copies that become due in a second. @default 20 */
  readonly perSecond?: number | undefined;
  /** What was in use until now, where nobody had decided about the mapping; absent: its file as it is now. */
  readonly replaces?: string | undefined;
}

/** Stores a version and puts it in use, from now on, in every process. Undefined: it is in use already. */
export async function activate(database: Database, decision: Decision): Promise<{ id: number } | undefined> {
  return database.transaction((sql) => activateIn(sql, decision));
}

/** The same in a transaction of the caller. */
export async function activateIn(sql: Queryable, decision: Decision): Promise<{ id: number } | undefined> {
  const { name, version, file, author, note } = decision;
  await lockActivations(sql);
  const current = (await activeMappings(sql)).find((row) => row.name === name);
  const following = current === undefined || current.version === null;
  if (following ? version === undefined : version?.version === current.version) return undefined;
  const own = version === undefined ? [] : [{ ...version, author, ...(note === undefined ? {} : { note }) }];
  await saveMappings(sql, [...(file === undefined ? [] : [file]), ...own]);
  const id = await insertActivation(sql, {
    name,
    version: version?.version ?? null,
    replaces: current?.version ?? decision.replaces ?? file?.version ?? null,
    file_version: file?.version ?? null,
    author,
    note: note ?? null,
    per_second: decision.perSecond ?? defaultPerSecond,
  });
  return { id };
}

/** What a decision would mean for the copies that exist. */
export interface CopyCount {
  readonly looked: number;
  /** Copies that become due, by what happens to them then. */
  readonly due: {
    readonly write: number;
    readonly wait: number;
    readonly park: number;
    readonly rest: number;
  };
  /** Copies to which only the order of values would be new: nothing is written. */
  readonly reordered: number;
}

/** Counts the copies that would become due if `after` were in use instead of `before`. Writes nothing. */
export async function countCopies(
  database: Database,
  before: Side | undefined,
  after: Side,
  parties: readonly Party[],
): Promise<CopyCount> {
  const due = { write: 0, wait: 0, park: 0, rest: 0 };
  let [looked, reordered] = [0, 0];
  let last: string | undefined;
  for (;;) {
    const links = await readOnly(database, async (reading) => {
      const page = await linksAfter(reading, placesOf(parties), last, pageSize);
      for (const verdict of await judgeCopies(reading, before, after, page)) {
        if (verdict.kind === 'due') due[verdict.next] += 1;
        if (verdict.kind === 'reordered') reordered += 1;
      }
      return page;
    });
    looked += links.length;
    last = links.at(-1)?.id;
    if (links.length < pageSize) return { looked, due, reordered };
  }
}

/** How a process knows what is and what was in use. */
export interface Versions {
  /** The way things are now; at least as new as the decision asked about. */
  current(activation: number): Promise<Side>;
  /** The same with another version of one mapping (null: the file's); undefined when that is not known any more. */
  with(name: string, version: string | null): Promise<Side | undefined>;
}

/**
 * Makes due what decisions concern, until none is left or somebody else is at it. To be called by every process that
 * works; answers how many copies this call made due.
 */
export async function releaseConcerned(
  world: Pick<World, 'database' | 'now'>,
  versions: Versions,
  isOver: () => boolean = () => false,
): Promise<number> {
  let total = 0;
  while (!isOver()) {
    const done = await world.database.transaction((sql) => releasePage(sql, world.now, versions));
    if (done === undefined) break;
    total += done;
  }
  return total;
}

async function releasePage(
  sql: Queryable,
  now: () => number,
  versions: Versions,
): Promise<number | undefined> {
  const decision = await takeUnfinished(sql);
  if (!decision) return undefined;
  const { id, name } = decision;
  const newer = (await activeMappings(sql)).some((row) => row.name === name && row.id > id);
  if (newer) {
    // What became of the copies meanwhile is for the newer decision to find out.
    await advanceActivation(sql, id, { scannedTo: null, marked: 0, finished: true });
    return 0;
  }
  const after = await versions.current(id);
  const before = await versions.with(name, decision.replaces);
  const parties = partiesWith(after, name);
  if (decision.scanned_to === null && decision.messages_to !== null) {
    await letMessagesGo(sql, decision, decision.messages_to, parties, now());
    return 0;
  }
  const links = await linksAfter(sql, placesOf(parties), decision.scanned_to ?? undefined, pageSize);
  const verdicts = await judgeCopies(oneAtATime(sql), before, after, links);
  const releases: Release[] = [];
  const underWay: string[] = [];
  const reordered: ShadowWrite[] = [];
  for (const [index, link] of links.entries()) {
    const verdict = verdicts[index];
    if (link.state === 'due' || link.state === 'unknown') underWay.push(link.id);
    else if (verdict?.kind === 'due')
      releases.push({ id: link.id, delayMs: delayOf(decision, releases.length, now()) });
    else if (verdict?.kind === 'reordered') reordered.push({ link_id: link.id, sent_hash: verdict.sentHash });
  }
  await holdLinks(sql, [
    ...underWay,
    ...releases.map((release) => release.id),
    ...reordered.map((shadow) => shadow.link_id),
  ]);
  await remark(sql, underWay);
  await releaseLinks(sql, releases);
  await writeShadows(sql, reordered);
  await advanceActivation(sql, id, {
    scannedTo: links.at(-1)?.id ?? null,
    marked: releases.length,
    finished: links.length < pageSize,
  });
  return releases.length;
}

/** A page of the messages that were refused or wait; they come before the copies, in a queue of their own. */
async function letMessagesGo(
  sql: Queryable,
  decision: ActivationRow,
  after: number,
  parties: readonly Party[],
  now: number,
): Promise<void> {
  const { id, per_second: perSecond, messages: marked } = decision;
  const places = parties.filter((party) => party.reads);
  const delayMs = delayOf({ ...decision, marked }, 0, now);
  const page =
    places.length === 0
      ? { to: null, released: 0 }
      : await releaseMessages(sql, places.map(placeOf), after, pageSize, { delayMs, perSecond });
  await advanceMessages(sql, id, page);
}

function placeOf({ connection, object }: Party): { connection: string; object: string } {
  return { connection, object };
}

/** Milliseconds until the next copy may become due: all of a decision's copies stand in one queue. */
function delayOf({ at, marked, per_second }: ActivationRow, place: number, now: number): number {
  return Math.max(0, at.getTime() + ((marked + place) / per_second) * 1000 - now);
}

/** The parties that speak this mapping. */
export function partiesWith({ landscape }: Side, mapping: string): Party[] {
  return landscape.parties.filter((party) => party.mapping.name === mapping);
}

function placesOf(parties: readonly Party[]): string[] {
  return parties
    .filter((party) => party.writes && party.mapping.writes)
    .map(({ connection, object, entity }) => `${connection}/${object}/${entity}`);
}
