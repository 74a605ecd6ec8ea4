import {
  DeriveError,
  type DeriveRule,
  type PartState,
  type Share,
  Summary,
  settle,
} from '../../derive/index.ts';
import { chainsOf } from '../../ledger/chains.ts';
import { finishGroup, type GroupRow, lockGroup, readDueGroups } from '../../ledger/derivation-groups.ts';
import { countShares, partsOf, postedOf, sharesOf } from '../../ledger/derivations.ts';
import { documents } from '../apply/batch.ts';
import { deriveFrom } from '../apply/derive.ts';
import { followUp } from '../apply/effects.ts';
import { LostRace, Unit } from '../apply/unit.ts';
import { attemptLimit, backoff } from '../retry.ts';
import type { Drain } from '../runner.ts';
import type { World } from '../world.ts';
import { carryOut } from './carry-out.ts';

/** Drains a derive lane `derive/<rule>/<shard>`: groups whose time has come become documents. */
export function deriveDrain(world: World): Drain {
  return async (hold) => {
    const groups = await readDueGroups(world.database, hold.lane, 50);
    // What lacked a code is tried again because there is one: the tables have to be those of now.
    if (groups.some((group) => group.source_id !== null)) await world.tables.load(world.database);
    for (const group of groups) {
      if (hold.signal.aborted) break;
      await closeGroup(world, group);
    }
    return groups.length;
  };
}

async function closeGroup(world: World, group: GroupRow): Promise<void> {
  const rule = world.landscape.rules.find((one) => one.name === group.rule);
  if (!rule) {
    await finishGroup(world.database, group.rule, group.group_key, {
      state: 'parked',
      code: 'derive.no-rule',
      error: `hub.yaml has no rule ${group.rule} any more`,
    });
    return;
  }
  try {
    const rings = await world.database.transaction(async (sql) => {
      const unit = new Unit(sql, new Date(world.now()));
      // Records before groups, the order of those who change a source.
      if (group.source_id !== null) await loadChain(unit, group.source_id);
      else await unit.load((await partsOf(sql, group.rule, group.group_key)).map((row) => row.record_id));
      const locked = await lockGroup(sql, group.rule, group.group_key);
      if (!locked) return new Set<string>();
      const outcome =
        group.source_id === null
          ? await settleGroup(unit, rule, locked)
          : await deriveAgain(world, unit, rule, locked, group.source_id);
      await followUp(world, unit);
      await unit.write();
      await finishGroup(sql, group.rule, group.group_key, outcome);
      return unit.rings;
    });
    world.ring(rings);
  } catch (error) {
    const again = !(error instanceof DeriveError) && group.attempts + 1 < attemptLimit;
    if (!again)
      world.log.error({ err: error, rule: group.rule, group: group.group_key }, 'derivation failed');
    await finishGroup(world.database, group.rule, group.group_key, {
      state: again ? 'due' : 'parked',
      code: error instanceof DeriveError ? error.code : 'derive.failed',
      error: error instanceof Error ? error.message.slice(0, 500) : 'unknown failure',
      delayMs: error instanceof LostRace ? 0 : backoff(group.attempts, Math.random()),
    });
  }
}

type GroupOutcome = { state: 'done' | 'parked'; code?: string; error?: string };

/**
 * The group's document is the sum of all its sources. A part nobody was asked to write yet is simply computed
 * again; once one is posted it stands, and what came late goes by the rule's policy.
 */
async function settleGroup(unit: Unit, rule: DeriveRule, group: GroupRow): Promise<GroupOutcome> {
  // The rule grouped once and does not any more: its groups are history.
  if (rule.kind !== 'group') return { state: 'done' };
  const { sql } = unit;
  const summary = new Summary(rule);
  for await (const share of sharesOf(sql, group.rule, group.group_key)) {
    summary.add(share as unknown as Share);
  }
  const rows = await partsOf(sql, group.rule, group.group_key);
  const ids = rows.map((row) => row.record_id);
  await unit.load(ids);
  // Asked now that the records are locked: whoever is about to write one finds it changed.
  const posted = await postedOf(sql, ids);
  const recordOf = (part: number) => {
    const row = rows.find((one) => one.part === part);
    return row && unit.get(row.record_id);
  };
  const parts = rows.flatMap(({ part, record_id }): PartState[] => {
    const record = recordOf(part);
    return record ? [{ part, data: record.data, posted: posted.has(record_id) }] : [];
  });
  const settlement = settle(rule, summary.record(), parts, group.decision !== null);
  const outcome = carryOut(
    unit,
    {
      rule,
      key: group.group_key,
      next: (rows.at(-1)?.part ?? 0) + 1,
      origin: { rule: rule.name, group: group.group_key, sources: summary.count },
      recordOf,
      leftBy: group.decision === 'leave' ? (group.decided_by ?? 'unknown') : undefined,
    },
    settlement,
  );
  if (typeof outcome === 'object') return { state: 'parked', ...outcome };
  if (outcome !== undefined) await countShares(sql, group.rule, group.group_key, outcome);
  return { state: 'done' };
}

/** A source that a rule could not be followed for, or whose document waits for a decision: once more. */
async function deriveAgain(
  world: World,
  unit: Unit,
  rule: DeriveRule,
  row: GroupRow,
  sourceId: string,
): Promise<GroupOutcome> {
  const source = unit.get(sourceId);
  if (source?.entity !== rule.from) return { state: 'done' };
  const parked = await deriveFrom(world, unit, [source], { rule, row });
  const own = parked.find((one) => one.group_key === row.group_key);
  return own ? { state: 'parked', code: own.code, error: own.error } : { state: 'done' };
}

/** Locks a source with everything that changes together with it. */
async function loadChain(unit: Unit, sourceId: string): Promise<void> {
  await unit.load([sourceId, ...(await chainsOf(unit.sql, [sourceId], documents))]);
}
