/** What a person decides about values that systems disagree about. */
import { HubError } from '../../errors.ts';
import { type ConflictRow, readConflicts, type Shown, writeConflicts } from '../../ledger/conflicts.ts';
import { type LinkRow, linksOfRecords } from '../../ledger/links.ts';
import { readShadows } from '../../ledger/shadows.ts';
import { shownAt, withShownAt } from '../../merge/index.ts';
import { entities, equal, isEntityName, type Json, validateRecord } from '../../model/index.ts';
import { decide, resolved } from '../apply/conflicts.ts';
import { followUp } from '../apply/effects.ts';
import { Unit, type Working } from '../apply/unit.ts';
import { mustBeWritten } from '../push/own-values.ts';
import type { World } from '../world.ts';

/** Conflicts decided in one transaction. */
const sliceSize = 100;

/** `take`: a connection, one of its copies as `<connection>/<object>/<remote id>`, or `golden`; a value of null clears. */
export type Choice = { readonly take: string } | { readonly value: Json };

export interface Asked {
  readonly id: string;
  /** The version that was looked at; a later one is refused. Absent: whatever it is now. */
  readonly version?: number | undefined;
}

export interface ResolveOptions {
  readonly author: string;
  /** Only tell what would happen. */
  readonly dryRun?: boolean | undefined;
}

/** A conflict that is (or with `dryRun` would be) over. */
export interface Decided {
  readonly id: string;
  readonly entity: string;
  readonly path: string;
  /** Absent: the record has none. */
  readonly value?: Json;
  /** Copies that show something else and are written. */
  readonly copies: readonly string[];
}

export interface Resolution {
  readonly resolved: readonly Decided[];
  /** In the order asked; nothing of these was changed. */
  readonly refused: readonly { readonly id: string; readonly error: HubError }[];
}

/**
 * Decides conflicts. Each that cannot be decided so is refused by itself, with one of the `conflicts.…` errors; the
 * others are. Their records get the value with the person as its origin, and what follows from a change follows.
 */
export async function resolveConflicts(
  world: World,
  asked: readonly Asked[],
  choice: Choice,
  options: ResolveOptions,
): Promise<Resolution> {
  const done: Decided[] = [];
  const refused: { id: string; error: HubError }[] = [];
  for (let from = 0; from < asked.length; from += sliceSize) {
    const slice = asked.slice(from, from + sliceSize);
    const { outcome, rings } = await world.database.transaction((sql) =>
      resolveSlice(world, new Unit(sql, new Date(world.now())), slice, choice, options),
    );
    world.ring(rings);
    done.push(...outcome.resolved);
    refused.push(...outcome.refused);
  }
  return { resolved: done, refused };
}

async function resolveSlice(
  world: World,
  unit: Unit,
  asked: readonly Asked[],
  choice: Choice,
  { author, dryRun }: ResolveOptions,
): Promise<{ outcome: Resolution; rings: ReadonlySet<string> }> {
  const { sql } = unit;
  const ids = asked.map((one) => one.id);
  await unit.load((await readConflicts(sql, ids)).map((row) => row.record_id));
  // Read again under the locks of their records: nobody else decides or joins them now.
  const rows = new Map((await readConflicts(sql, ids)).map((row) => [row.id, row]));
  const links = await linksOfRecords(sql, [...new Set([...rows.values()].map((row) => row.record_id))]);
  const shadows = await readShadows(
    sql,
    links.map((link) => link.id),
  );
  const theirs = new Map(shadows.map((shadow) => [shadow.link_id, shadow.theirs ?? undefined]));
  const done: Decided[] = [];
  const refused: { id: string; error: HubError }[] = [];
  const writes: ConflictRow[] = [];
  /** Copies that show another value … */
  const differing = new Map<string, LinkRow>();
  /** … the chosen one, with no write under way or since … */
  const agreeing = new Set<string>();
  /** … or do not tell it, so that only planning them shows whether they lack it. */
  const pending = new Set<string>();
  for (const one of asked) {
    try {
      const { row, record } = undecided(one, rows.get(one.id), unit);
      const value = chosen(row, record, choice);
      const setBy = {
        connection: '',
        at: unit.now.toISOString(),
        takenAt: unit.now.toISOString(),
        by: author,
      };
      const origin = { by: author, conflict: row.id, via: 'conflict' };
      checkFits(record, row, value);
      decide(unit, record, row, { value, setBy: { ...setBy, conflict: row.id }, origin });
      const taken = 'take' in choice ? { take: choice.take } : {};
      const over = resolved(row, unit.now, author, { ...taken, value: value ?? null });
      writes.push(over);
      rows.set(row.id, over);
      const copies: string[] = [];
      for (const link of links.filter((copy) => copy.record_id === record.id)) {
        const party = world.landscape.party(link.connection, link.object, link.entity);
        if (!party?.writes?.update || !party.mapping.writes || link.remote_id === null) continue;
        const shown = shownAt(theirs.get(link.id), row.path);
        if (shown === undefined) {
          pending.add(link.id);
          continue;
        }
        if (equal(shown.value, value)) {
          if (link.state === 'idle' && !(link.written_at && link.written_at >= row.changed_at))
            agreeing.add(link.id);
          continue;
        }
        differing.set(link.id, link);
        copies.push(`${link.connection}/${link.object}/${link.remote_id}`);
      }
      const { id, entity, path } = row;
      done.push({ id, entity, path, ...(value === undefined ? {} : { value }), copies });
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      refused.push({ id: one.id, error });
    }
  }
  if (dryRun !== true && done.length > 0) {
    await followUp(world, unit);
    // They may have been sent the golden value before they showed their own; what was sent counts no longer.
    for (const link of differing.values()) {
      unit.shadows.push({ link_id: link.id, sent_hash: mustBeWritten });
      unit.due.add(link.id);
      unit.rings.add(link.lane);
    }
    for (const id of agreeing) if (!differing.has(id) && !pending.has(id)) unit.due.delete(id);
    await unit.write();
    await writeConflicts(sql, writes);
  }
  return { outcome: { resolved: done, refused }, rings: dryRun ? new Set() : unit.rings };
}

/** The open conflict that was asked for, with its record. Throws when it is not what the person looked at. */
function undecided(
  { id, version }: Asked,
  row: ConflictRow | undefined,
  unit: Unit,
): { row: ConflictRow; record: Working } {
  const record = row && unit.get(row.record_id);
  if (!row || !record) throw new HubError('conflicts.unknown', { id });
  if (row.state === 'resolved') {
    const at = row.resolved_at?.toISOString() ?? '';
    throw new HubError('conflicts.resolved', { id, by: row.resolved_by ?? '', at });
  }
  if (version !== undefined && version !== row.version) {
    throw new HubError('conflicts.changed', { id, seen: version, version: row.version });
  }
  if (record.state !== 'live') throw new HubError('conflicts.record-gone', { id, state: record.state });
  return { row, record };
}

/** The value a choice means in one conflict; undefined: none. */
function chosen(row: ConflictRow, record: Working, choice: Choice): Json | undefined {
  if ('value' in choice) return choice.value ?? undefined;
  const { take } = choice;
  if (take === 'golden') return shownAt(record.data, row.path)?.value;
  const copies = Object.entries(row.told);
  const meant = copies.filter(([address, shown]) => address === take || shown.connection === take);
  const [first] = meant;
  if (!first) {
    const known = ['golden', ...copies.map(([address]) => address)].join(', ');
    throw new HubError('conflicts.no-value', { id: row.id, take, known });
  }
  if (meant.some(([, shown]) => !equal(shown.value, first[1].value))) {
    const known = meant.map(([address, shown]) => `${address} ${valueText(shown)}`).join(', ');
    throw new HubError('conflicts.several-values', { id: row.id, take, known });
  }
  return first[1].value;
}

/** Throws when the record would not fit the model any more, with the first place and reason. */
function checkFits(record: Working, row: ConflictRow, value: Json | undefined): void {
  if (!isEntityName(record.entity)) return;
  const definition = entities[record.entity];
  const [issue] = validateRecord(definition, withShownAt(record.data, row.path, value));
  if (!issue) return;
  throw new HubError('conflicts.bad-value', {
    value: JSON.stringify(value ?? null),
    path: row.path,
    reason: issue.message,
  });
}

/** What a copy shows, for sentences. */
export function valueText({ value }: Pick<Shown, 'value'>): string {
  return value === undefined || value === null
    ? 'nothing'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}
