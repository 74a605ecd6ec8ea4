import {
  applies,
  closeTime,
  type DerivedOne,
  DeriveError,
  type DeriveRule,
  deriveOne,
  settle,
  share,
  splitRecord,
} from '../../derive/index.ts';
import {
  dueGroups,
  type GroupDue,
  type GroupName,
  type GroupParked,
  type GroupRow,
  holdGroups,
  parkGroups,
  touchGroups,
  unparkSources,
} from '../../ledger/derivation-groups.ts';
import { askRetry } from '../../ledger/derivation-retries.ts';
import {
  type DerivedRow,
  derivedFrom,
  moveShares,
  postedOf,
  type ShareWrite,
  writeShares,
} from '../../ledger/derivations.ts';
import type { JsonObject } from '../../model/index.ts';
import { carryOut } from '../derive/carry-out.ts';
import { Goods } from '../derive/goods.ts';
import { derivesNothing } from '../history.ts';
import type { World } from '../world.ts';
import type { Unit, Working } from './unit.ts';

/** One rule to be followed for one source. */
interface Task {
  readonly rule: DeriveRule;
  readonly source: Working;
  /** The source with its id, as rules see it. */
  readonly record: JsonObject;
}

/** Everything one run of the rules is going to write. */
interface Run {
  readonly unit: Unit;
  readonly shares: ShareWrite[];
  readonly groups: Map<string, GroupDue>;
  readonly moves: { rule: string; source_id: string; group_key: string | null }[];
  readonly parked: GroupParked[];
  /** Keys a source may be parked under, that are to be forgotten. */
  readonly fine: GroupName[];
  /** Documents made of single sources, by rule and source. */
  readonly made: Map<string, DerivedRow[]>;
  readonly posted: ReadonlySet<string>;
  /** A person's decision about one document. */
  readonly decided?: GroupRow | undefined;
}

/**
 * Runs every rule that reads the changed records, in the transaction that changes them; of a source that is gone,
 * what was derived is taken back. A rule that cannot be followed for a source parks for this source alone.
 * Answers what was parked.
 */
export async function deriveFrom(
  world: World,
  unit: Unit,
  changed: readonly Working[],
  only?: { readonly rule: DeriveRule; readonly row: GroupRow },
): Promise<readonly GroupParked[]> {
  const tasks = changed.flatMap((source): Task[] => {
    const record = { ...source.data, id: source.id };
    const rules = only === undefined ? world.landscape.rulesFrom(source.entity) : [only.rule];
    const followed = only ? rules : rules.filter((rule) => !derivesNothing(world.landscape, rule, source));
    return followed.map((rule) => ({ rule, source, record }));
  });
  const tellsGoods = changed.some(({ entity, state }) => entity === 'product' && state === 'live');
  if (tasks.length === 0) {
    if (tellsGoods && world.landscape.rules.length > 0) await askRetry(unit.sql, 'derive.not-known');
    return [];
  }
  const made = await madeBefore(unit, tasks);
  const ids = [...made.values()].flatMap((rows) => rows.map((row) => row.record_id));
  await unit.load(ids);
  const run: Run = {
    unit,
    shares: [],
    groups: new Map(),
    moves: [],
    parked: [],
    fine: [],
    made,
    // Asked now that the records are locked: whoever is about to write one finds it changed.
    posted: await postedOf(unit.sql, ids),
    decided: only?.row,
  };
  await follow(world, run, tasks);
  await write(run);
  // What lacked goods is tried again now that goods are told.
  if (tellsGoods) await askRetry(unit.sql, 'derive.not-known');
  return run.parked;
}

/** What was made of these sources one by one, here or before. */
async function madeBefore(unit: Unit, tasks: readonly Task[]): Promise<Map<string, DerivedRow[]>> {
  const single = tasks.filter(({ rule }) => rule.kind !== 'group');
  const known = await derivedFrom(
    unit.sql,
    [...new Set(single.filter(({ source }) => source.before > 0).map(({ source }) => source.id))],
    [...new Set(single.map(({ rule }) => rule.name))],
  );
  const made = new Map<string, DerivedRow[]>();
  for (const row of [...known, ...unit.derived]) {
    const address = `${row.rule}/${sourceOf(row.group_key)}`;
    made.set(address, [...(made.get(address) ?? []), row]);
  }
  return made;
}

/** Runs the tasks; those that asked for goods which are not here run again when these are fetched. */
async function follow(world: World, run: Run, tasks: readonly Task[]): Promise<void> {
  const goods = new Goods(run.unit, world.tables);
  let left = tasks;
  while (left.length > 0) {
    const again: Task[] = [];
    for (const task of left) {
      const before = goods.asked;
      let outcome: () => void;
      try {
        outcome = derive(run, task, goods);
      } catch (error) {
        if (!(error instanceof DeriveError)) throw error;
        outcome = () => park(run, task, task.source.id, error.code, error.message);
      }
      // What came out without the goods it asked for is no outcome.
      if (goods.asked === before) outcome();
      else again.push(task);
    }
    if (again.length > 0) await goods.fetch();
    left = again;
  }
}

/** Follows one rule for one source; what is answered notes the outcome. Throws DeriveError. */
function derive(run: Run, task: Task, goods: Goods): () => void {
  const { rule, source, record } = task;
  const isGone = source.state !== 'live';
  const holds = !isGone && applies(rule, record);
  if (rule.kind === 'group') {
    if (!holds) return () => leave(run, task, null);
    const told = share(rule, record, goods);
    const due_at = closeTime(rule, told.fields, run.unit.now.toISOString());
    return () => {
      const group_key = told.key;
      run.shares.push({
        rule: rule.name,
        group_key,
        source_id: source.id,
        source_version: versionOf(source),
        share: told as unknown as JsonObject,
      });
      const lane = laneOf(rule);
      run.groups.set(`${rule.name}/${group_key}`, {
        rule: rule.name,
        group_key,
        fields: told.fields,
        lane,
        due_at,
      });
      leave(run, task, group_key);
      fine(run, task, source.id);
    };
  }
  const made = run.made.get(`${rule.name}/${source.id}`) ?? [];
  if (!holds && (made.length === 0 || (rule.leave === 'keep' && !isGone)))
    return () => fine(run, task, source.id);
  const wanted = holds ? wantedOf(task, made, goods) : new Map<string, Wanted>();
  return () => {
    fine(run, task, source.id);
    for (const key of new Set([...wanted.keys(), ...made.map((row) => row.group_key)])) {
      place(run, task, key, wanted.get(key), made);
    }
  };
}

interface Wanted extends DerivedOne {
  readonly part: number;
}

/** The documents the rule makes of the source, by their key: the source, and the part of a split. */
function wantedOf(
  { rule, source, record }: Task,
  made: readonly DerivedRow[],
  goods: Goods,
): Map<string, Wanted> {
  if (rule.kind === 'one') return new Map([[source.id, { ...deriveOne(rule, record, goods), part: 1 }]]);
  const known: Record<string, number> = Object.create(null);
  for (const row of made) {
    const key = row.group_key.slice(source.id.length + 1);
    known[key] = Math.min(known[key] ?? row.part, row.part);
  }
  const pieces = splitRecord(rule, record, known, goods);
  return new Map(pieces.map(({ key, ...piece }) => [`${source.id}/${key}`, piece]));
}

/** Makes or revises the documents of one key. */
function place(
  run: Run,
  task: Task,
  key: string,
  wanted: Wanted | undefined,
  made: readonly DerivedRow[],
): void {
  const { rule, source } = task;
  const { unit, decided } = run;
  const rows = made.filter((row) => row.group_key === key);
  const recordOf = (part: number): Working | undefined => {
    const row = rows.find((one) => one.part === part);
    return row && unit.get(row.record_id);
  };
  const parts = rows.flatMap(({ part, record_id }) => {
    const record = recordOf(part);
    return record ? [{ part, data: record.data, posted: run.posted.has(record_id) }] : [];
  });
  const decision = decided?.group_key === key ? decided : undefined;
  const settlement = settle(rule, wanted?.data, parts, decision?.decision != null);
  const last = parts.at(-1)?.part;
  const outcome = carryOut(
    unit,
    {
      rule,
      key,
      next: last === undefined ? (wanted?.part ?? 1) : last + 1,
      origin: { rule: rule.name, source: source.id, sourceVersion: versionOf(source) },
      recordOf,
      leftBy: decision?.decision === 'leave' ? (decision.decided_by ?? 'unknown') : undefined,
    },
    settlement,
  );
  if (typeof outcome === 'object') {
    park(run, task, key, outcome.code, outcome.error);
    return;
  }
  fine(run, task, key);
  if (outcome === undefined) return;
  run.shares.push({
    rule: rule.name,
    group_key: key,
    source_id: source.id,
    source_version: versionOf(source),
    share: { lines: (wanted?.lines ?? []) as unknown as JsonObject[] },
    part: outcome,
  });
}

/** The source belongs to this group of the rule now, or to none, and to no other. */
function leave({ unit, moves }: Run, { rule, source }: Task, group_key: string | null): void {
  if (source.before > 0 || unit.shared.has(source.id))
    moves.push({ rule: rule.name, source_id: source.id, group_key });
  unit.shared.add(source.id);
}

function fine({ fine: list }: Run, { rule, source }: Task, group_key: string): void {
  if (source.before > 0) list.push({ rule: rule.name, group_key });
}

function park(run: Run, { rule, source }: Task, group_key: string, code: string, error: string): void {
  run.parked.push({ rule: rule.name, group_key, lane: laneOf(rule), source_id: source.id, code, error });
}

/** Rows of one table after the other, each in one order: whoever else writes them takes turns. */
async function write({ unit, shares, moves, groups, parked, fine: forgotten }: Run): Promise<void> {
  await writeShares(unit.sql, shares);
  const due = [...groups.values()];
  const left = await moveShares(unit.sql, moves);
  // A group alone is locked as it is written; of several kinds all at once, in one order.
  const others = [...left, ...forgotten, ...parked];
  if (others.length > 0) await holdGroups(unit.sql, [...due, ...others]);
  await dueGroups(unit.sql, due);
  await touchGroups(unit.sql, left);
  for (const group of due) unit.rings.add(group.lane);
  for (const group of left) unit.rings.add(`derive/${group.rule}/0`);
  const stuck = new Set(parked.map((one) => `${one.rule}/${one.group_key}`));
  await unparkSources(
    unit.sql,
    forgotten.filter((one) => !stuck.has(`${one.rule}/${one.group_key}`)),
  );
  await parkGroups(unit.sql, parked);
}

function laneOf(rule: DeriveRule): string {
  return `derive/${rule.name}/0`;
}

/** The version of the source this is derived from: the one this unit writes, if it does. */
function versionOf(source: Working): number {
  return source.changed ? source.before + 1 : source.before;
}

function sourceOf(groupKey: string): string {
  return groupKey.split('/', 1)[0] ?? groupKey;
}
