/** What a person decides about opening differences, in bulk. */
import { setTimeout as delay } from 'node:timers/promises';
import { openingLinks } from '../../ledger/adoption.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { type LinkRow, linksByIds } from '../../ledger/links.ts';
import { readShadows } from '../../ledger/shadows.ts';
import type { Sql } from '../../ledger/sql.ts';
import { diff, shownAt, withoutKeys, withShownAt } from '../../merge/index.ts';
import { entities, isEntityName, isUnder, type JsonObject, validateRecord } from '../../model/index.ts';
import { followUp } from '../apply/effects.ts';
import { claimIdentities } from '../apply/pairing.ts';
import { Unit, type Working } from '../apply/unit.ts';
import type { World } from '../world.ts';

export interface OpeningChoice {
  readonly connection: string;
  readonly object?: string | undefined;
  /** Only of this field and what is below it, without keys: `barcodes[].unitId`. */
  readonly field?: string | undefined;
  /** `hub`: the copy is written the golden values. `theirs`: its values become golden, and other copies get them. */
  readonly take: 'hub' | 'theirs';
  readonly author: string;
  readonly note?: string | undefined;
  /** Only count. */
  readonly dryRun?: boolean | undefined;
  /** Copies decided a second. */
  readonly perSecond: number;
  /** Told after each slice how many copies are decided so far; throwing stops there. */
  readonly progress?: ((copies: number) => Promise<void>) | undefined;
}

export interface OpeningDecision {
  /** Copies decided about. */
  readonly copies: number;
  /** Values decided about. */
  readonly values: number;
  /** Copies whose values the model refuses in the golden record; nothing of these was decided. */
  readonly refused: readonly { readonly record: string; readonly reason: string }[];
}

/** Copies decided in one transaction at the most. */
const sliceSize = 100;

/**
 * Decides about the differences of every copy that is meant, in slices: what was decided stays decided when it is
 * interrupted, and doing it again goes on with the rest.
 */
export async function decideOpenings(world: World, choice: OpeningChoice): Promise<OpeningDecision> {
  let copies = 0;
  let values = 0;
  const refused: { record: string; reason: string }[] = [];
  const size = Math.max(1, Math.min(sliceSize, choice.perSecond));
  let after: string | undefined;
  for (;;) {
    const page = await openingLinks(world.database, choice.connection, choice.object, after, size);
    const last = page.at(-1);
    if (last === undefined) return { copies, values, refused };
    const began = world.now();
    const { done, rings } = await world.database.transaction((sql) => slice(world, sql, page, choice));
    world.ring(rings);
    copies += done.copies;
    values += done.values;
    await choice.progress?.(copies);
    refused.push(...done.refused);
    after = last.id;
    if (page.length < size) return { copies, values, refused };
    const rest = began + (done.copies * 1_000) / choice.perSecond - world.now();
    if (choice.dryRun !== true && rest > 0) await delay(rest);
  }
}

async function slice(
  world: World,
  sql: Sql,
  page: readonly { readonly id: string; readonly record_id: string }[],
  choice: OpeningChoice,
): Promise<{ done: OpeningDecision; rings: ReadonlySet<string> }> {
  const unit = new Unit(sql, new Date(world.now()));
  await unit.load(page.map((link) => link.record_id));
  // Read again under the locks of their records: nobody tells or decides anything about them now.
  const ids = page.map((link) => link.id);
  const links = await linksByIds(sql, ids);
  const theirs = new Map((await readShadows(sql, ids)).map((row) => [row.link_id, row.theirs ?? {}]));
  const decided: { link: LinkRow; record: Working; paths: readonly string[] }[] = [];
  const refused: { record: string; reason: string }[] = [];
  for (const link of links) {
    const record = unit.get(link.record_id);
    const opening = unit.openings.get(link.id)?.paths ?? link.opening ?? [];
    const { field } = choice;
    const paths = opening.filter(
      (path) => field === undefined || isUnder(path, [field]) || isUnder(withoutKeys(path), [field]),
    );
    if (record?.state !== 'live' || paths.length === 0) continue;
    if (choice.take === 'theirs') {
      const reason = takeTheirs(unit, record, link, paths, theirs.get(link.id) ?? {}, choice);
      if (reason !== undefined) {
        refused.push({ record: String(record.data.number ?? record.data.code ?? record.id), reason });
        continue;
      }
    } else {
      unit.due.add(link.id);
      unit.rings.add(link.lane);
    }
    const left = opening.filter((path) => !paths.includes(path));
    unit.openings.set(link.id, { recordId: record.id, paths: left, isNew: true });
    decided.push({ link, record, paths });
  }
  const values = decided.reduce((sum, one) => sum + one.paths.length, 0);
  const done = { copies: decided.length, values, refused };
  if (choice.dryRun === true || decided.length === 0) return { done, rings: new Set() };
  await followUp(world, unit);
  await unit.write();
  const { take, author, note } = choice;
  await insertAudit(
    sql,
    decided.map(({ link, record, paths }) => ({
      author,
      action: 'adopt.decide',
      subject: `push/${link.id}`,
      details: {
        ...{ take, paths, record: record.id, connection: link.connection, object: link.object },
        ...(note === undefined ? {} : { note }),
      },
    })),
  );
  return { done, rings: unit.rings };
}

/** Makes the values a copy shows golden, as set by the person; answers why the model refuses them. */
function takeTheirs(
  unit: Unit,
  record: Working,
  link: LinkRow,
  paths: readonly string[],
  theirs: JsonObject,
  { author, note }: OpeningChoice,
): string | undefined {
  const data = paths.reduce((now, path) => withShownAt(now, path, shownAt(theirs, path)?.value), record.data);
  if (isEntityName(record.entity)) {
    const [issue] = validateRecord(entities[record.entity], data);
    if (issue) return `${issue.path}: ${issue.message}`;
  }
  const at = unit.now.toISOString();
  const setBy = { connection: link.connection, at, takenAt: at, by: author };
  const others = Object.entries(record.provenance).filter(([path]) => !isUnder(path, paths));
  record.provenance = {
    ...Object.fromEntries(others),
    ...Object.fromEntries(paths.map((path) => [path, setBy])),
  };
  const patch = diff(record.data, data) as unknown as JsonObject;
  const { connection, object, remote_id } = link;
  const origin = {
    ...{ by: author, via: 'adopt', connection, object, remoteId: remote_id },
    ...(note === undefined ? {} : { note }),
  };
  unit.change(record, data, { patch, origin });
  claimIdentities(unit, record);
  return undefined;
}
