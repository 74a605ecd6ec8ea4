import { applies, closeTime, type DeriveRule, deriveOne, share, splitRecord } from '../../derive/index.ts';
import {
  dueGroups,
  findDerived,
  type GroupDue,
  moveShares,
  type ShareWrite,
  touchGroups,
  writeShares,
} from '../../ledger/derivations.ts';
import { reviseDocument } from '../../merge/index.ts';
import { entities, isEntityName, type JsonObject } from '../../model/index.ts';
import type { World } from '../world.ts';
import type { Unit, Working } from './unit.ts';

interface Derived {
  readonly rule: DeriveRule;
  readonly source: Working;
  /** Names the derived record within the rule: the source, and the part's key when one source gives several. */
  readonly key: string;
  readonly part: number;
  readonly data: JsonObject;
}

/** Runs every rule that reads the changed records, in the transaction that changes them. */
export async function deriveFrom(world: World, unit: Unit, changed: readonly Working[]): Promise<void> {
  const shares: ShareWrite[] = [];
  const groups = new Map<string, GroupDue>();
  const moves: { rule: string; source_id: string; group_key: string | null }[] = [];
  const derived: Derived[] = [];
  for (const source of changed) {
    const record = { ...source.data, id: source.id };
    for (const rule of world.landscape.rulesFrom(source.entity)) {
      const holds = applies(rule, record);
      if (rule.kind === 'group') {
        const groupKey = holds ? addShare(unit, rule, source, record, shares, groups) : null;
        if (source.before > 0) moves.push({ rule: rule.name, source_id: source.id, group_key: groupKey });
      } else if (holds && rule.kind === 'split') {
        for (const piece of splitRecord(rule, record)) {
          derived.push({
            rule,
            source,
            key: `${source.id}/${piece.key}`,
            part: piece.part,
            data: piece.data,
          });
        }
      } else if (holds) {
        derived.push({ rule, source, key: source.id, part: 1, data: deriveOne(rule, record) });
      }
    }
  }
  await writeShares(unit.sql, shares);
  await dueGroups(unit.sql, [...groups.values()]);
  await touchGroups(unit.sql, await moveShares(unit.sql, moves));
  for (const group of groups.values()) unit.rings.add(group.lane);
  await place(unit, derived);
}

function addShare(
  unit: Unit,
  rule: DeriveRule,
  source: Working,
  record: JsonObject,
  shares: ShareWrite[],
  groups: Map<string, GroupDue>,
): string {
  const told = share(rule, record);
  shares.push({
    rule: rule.name,
    group_key: told.key,
    source_id: source.id,
    source_version: source.before + 1,
    share: told as unknown as JsonObject,
  });
  const address = `${rule.name}/${told.key}`;
  if (!groups.has(address)) {
    groups.set(address, {
      rule: rule.name,
      group_key: told.key,
      fields: told.fields,
      lane: `derive/${rule.name}/0`,
      due_at: closeTime(rule, told.fields, unit.now.toISOString()),
    });
  }
  return told.key;
}

/** Makes or revises derived records. Our rule is their issuer, so it may revise their content but keeps stages. */
async function place(unit: Unit, derived: readonly Derived[]): Promise<void> {
  if (derived.length === 0) return;
  const known = await findDerived(
    unit.sql,
    derived
      .filter((one) => one.source.before > 0)
      .map((one) => ({ rule: one.rule.name, group_key: one.key })),
  );
  await unit.load(known.map((row) => row.record_id));
  const ids = new Map(known.map((row) => [`${row.rule}/${row.group_key}`, row.record_id]));
  for (const [key, id] of unit.derivedHere) ids.set(key, id);
  const fresh: { rule: string; group_key: string; part: number; record_id: string }[] = [];
  for (const one of derived) {
    const address = `${one.rule.name}/${one.key}`;
    const id = ids.get(address);
    const existing = id === undefined ? undefined : unit.get(id);
    const record =
      existing ??
      unit.create(one.rule.entity, 'live', {
        connection: 'hub',
        kind: one.rule.name,
        number: one.key,
        part: String(one.part),
      });
    const revised = reviseDocument({
      golden: existing?.data,
      incoming: one.data,
      fromIssuer: true,
      stages: isEntityName(one.rule.entity) ? entities[one.rule.entity].stages : [],
    });
    if (!existing) {
      fresh.push({ rule: one.rule.name, group_key: one.key, part: one.part, record_id: record.id });
      unit.derivedHere.set(address, record.id);
    } else if (Object.keys(revised.patch).length === 0) continue;
    unit.change(record, revised.data, {
      patch: revised.patch as unknown as JsonObject,
      origin: { rule: one.rule.name, source: one.source.id, sourceVersion: one.source.before + 1 },
    });
  }
  unit.derived.push(...fresh);
}
