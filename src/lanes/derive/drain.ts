import { combine, DeriveError, type DeriveRule, part, type Share } from '../../derive/index.ts';
import {
  type DerivedPart,
  finishGroup,
  type GroupRow,
  lockGroup,
  partsOf,
  readDueGroups,
  sharesOf,
} from '../../ledger/derivations.ts';
import { diff } from '../../merge/index.ts';
import type { JsonObject } from '../../model/index.ts';
import { followUp } from '../apply/effects.ts';
import { Unit } from '../apply/unit.ts';
import { attemptLimit, backoff } from '../retry.ts';
import type { Drain } from '../runner.ts';
import type { World } from '../world.ts';

/** Drains a derive lane `derive/<rule>/<shard>`: groups whose time has come become documents. */
export function deriveDrain(world: World): Drain {
  return async (hold) => {
    const groups = await readDueGroups(world.database, hold.lane, 50);
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
      if (!(await lockGroup(sql, group.rule, group.group_key))) return new Set<string>();
      const unit = new Unit(sql, new Date(world.now()));
      const outcome = await settleGroup(unit, rule, group);
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
      code: 'derive.failed',
      error: error instanceof Error ? error.message.slice(0, 500) : 'unknown failure',
      delayMs: backoff(group.attempts, Math.random()),
    });
  }
}

type GroupOutcome = { state: 'done' | 'parked'; code?: string; error?: string };

/**
 * The group's document is the sum of all its sources. A part nobody was asked to write yet is simply computed
 * again; once one is posted it stands, and what came late becomes the next part (or waits for a person).
 */
async function settleGroup(unit: Unit, rule: DeriveRule, group: GroupRow): Promise<GroupOutcome> {
  const shares = (await sharesOf(unit.sql, group.rule, group.group_key)) as unknown as Share[];
  const parts = await partsOf(unit.sql, group.rule, group.group_key);
  await unit.load(parts.map((one) => one.record_id));
  const open = parts.findLast((one) => !one.posted);
  const posted = parts.filter((one) => one !== open);
  if (shares.length === 0) {
    if (open) cancel(unit, open);
    return { state: 'done' };
  }
  const total = combine(rule, shares);
  const content = part(
    rule,
    total,
    posted.flatMap((one) => {
      const record = unit.get(one.record_id);
      return record ? [record.data] : [];
    }),
  );
  if (!content) {
    if (open) cancel(unit, open);
    return { state: 'done' };
  }
  if (posted.length > 0 && !open && rule.late === 'park') {
    return {
      state: 'parked',
      code: 'derive.late',
      error: `sources of ${group.group_key} changed after it was posted; decide whether the difference is posted`,
    };
  }
  const origin = { rule: rule.name, group: group.group_key, sources: shares.length };
  if (open) {
    const record = unit.get(open.record_id);
    if (!record) return { state: 'done' };
    const data = { ...record.data, ...content };
    const patch = diff(record.data, data);
    if (Object.keys(patch).length > 0)
      unit.change(record, data, { patch: patch as unknown as JsonObject, origin });
    return { state: 'done' };
  }
  const number = posted.length + 1;
  const record = unit.create(rule.entity, 'live', {
    connection: 'hub',
    kind: rule.name,
    number: group.group_key,
    part: String(number),
  });
  unit.change(record, content, { patch: diff({}, content) as unknown as JsonObject, origin });
  unit.derived.push({ rule: rule.name, group_key: group.group_key, part: number, record_id: record.id });
  return { state: 'done' };
}

function cancel(unit: Unit, open: DerivedPart): void {
  const record = unit.get(open.record_id);
  if (!record) return;
  record.state = 'deleted';
  unit.change(record, record.data, { patch: {}, origin: { reason: 'nothing is left of the group' } });
}
