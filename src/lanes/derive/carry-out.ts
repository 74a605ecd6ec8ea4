import type { DeriveRule, Settlement } from '../../derive/index.ts';
import { reviseDocument } from '../../merge/index.ts';
import { entities, type JsonObject, validateRecord } from '../../model/index.ts';
import type { Unit, Working } from '../apply/unit.ts';

/** What could not be done for a document, with the code it parks under. */
export interface Stuck {
  readonly code: 'derive.late' | 'derive.invalid';
  readonly error: string;
}

/** The document a settlement is about. */
export interface Target {
  readonly rule: DeriveRule;
  /** Names the group, or the source and the part of a split. */
  readonly key: string;
  /** Number of the part to be made, when one is. */
  readonly next: number;
  /** Why, for the history of the record. */
  readonly origin: JsonObject;
  /** A part's record. */
  readonly recordOf: (part: number) => Working | undefined;
  /** Who decided that the difference is not posted; it is noted and goes nowhere. */
  readonly leftBy?: string | undefined;
}

/**
 * Does what was decided about a document. Our rule is its issuer: it may revise the content, and leaves the stages
 * that systems have told. Answers the part that holds the content now, or why nothing was done.
 */
export function carryOut(unit: Unit, target: Target, settlement: Settlement): number | Stuck | undefined {
  const { rule, key } = target;
  switch (settlement.kind) {
    case 'none':
      return undefined;
    case 'park':
      return { code: 'derive.late', error: `${rule.name} ${key}: ${settlement.reason}` };
    case 'cancel': {
      const record = target.recordOf(settlement.part);
      if (record?.state !== 'live') return undefined;
      record.state = 'deleted';
      unit.change(
        record,
        { ...record.data },
        { patch: {}, origin: { reason: 'nothing is left of the group' } },
      );
      return undefined;
    }
    case 'revise': {
      const record = target.recordOf(settlement.part);
      if (record === undefined) return undefined;
      const { data, patch } = revised(rule, record.data, settlement.data);
      const wrong = invalid(target, data);
      if (wrong) return wrong;
      if (Object.keys(patch).length > 0 || record.state !== 'live') {
        record.state = 'live';
        unit.change(record, data, { patch, origin: target.origin });
      }
      return settlement.part;
    }
    case 'create': {
      const { data, patch } = revised(rule, undefined, settlement.data);
      const wrong = invalid(target, data);
      if (wrong) return wrong;
      const { leftBy } = target;
      const record = unit.create(rule.entity, leftBy === undefined ? 'live' : 'deleted', {
        connection: 'hub',
        kind: rule.name,
        number: key,
        part: String(target.next),
      });
      unit.change(record, data, { patch, origin: target.origin });
      unit.derived.push({
        rule: rule.name,
        group_key: key,
        part: target.next,
        record_id: record.id,
        ...(leftBy === undefined ? {} : { left_by: leftBy }),
      });
      return target.next;
    }
  }
}

function revised(
  rule: DeriveRule,
  golden: JsonObject | undefined,
  incoming: JsonObject,
): { data: JsonObject; patch: JsonObject } {
  const { stages } = entities[rule.entity];
  const { data, patch } = reviseDocument({ golden, incoming, fromIssuer: true, stages });
  return { data, patch: patch as unknown as JsonObject };
}

/** A document that does not fit the model would fail at every system; the rule has to be corrected. */
function invalid({ rule, key }: Target, data: JsonObject): Stuck | undefined {
  const issues = validateRecord(entities[rule.entity], data);
  if (issues.length === 0) return undefined;
  const told = issues.slice(0, 5).map((issue) => `${issue.path}: ${issue.message}`);
  return {
    code: 'derive.invalid',
    error: `${rule.name} ${key} makes a ${rule.entity} that is not valid: ${told.join('; ')}`,
  };
}
