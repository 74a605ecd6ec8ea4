import type { LinkRow } from '../../ledger/links.ts';
import type { ShadowRow } from '../../ledger/shadows.ts';
import {
  type Conflict,
  instantOf,
  mergeState,
  type Provenance,
  reviseDocument,
  type StateRules,
} from '../../merge/index.ts';
import { entities, isEntityName, type JsonObject, orderBalance, validateRecord } from '../../model/index.ts';
import { landedBefore } from '../landing.ts';
import { heardAt, type Prepared, toldWhen } from './prepare.ts';
import type { Stock } from './stock.ts';
import type { Working } from './unit.ts';

export type Merged =
  | {
      readonly kind: 'changed';
      readonly data: JsonObject;
      readonly patch: JsonObject;
      readonly conflicts?: JsonObject;
      /** The same conflicts of fields, for whoever goes on with them. */
      readonly disputed?: readonly Conflict[];
      readonly provenance: JsonObject;
    }
  | { readonly kind: 'noNews' }
  | { readonly kind: 'dropped'; readonly code: string; readonly error: string }
  | { readonly kind: 'invalid'; readonly code: string; readonly error: string };

/** Merges what one item says into a record by the rules of its nature. Pure. */
export function mergeItem(
  item: Prepared,
  record: Working,
  incoming: JsonObject,
  link: LinkRow | undefined,
  shadow: ShadowRow | undefined,
  rules: StateRules,
  now: string,
  stock: Stock,
): Merged {
  if (!isEntityName(record.entity)) {
    return { kind: 'invalid', code: 'apply.unknown-entity', error: `${record.entity} is not an entity` };
  }
  const definition = entities[record.entity];
  const isNew = record.before === 0 && record.patches.length === 0;
  const outcome = byNature(item, record, incoming, link, shadow, rules, now, stock);
  if ('kind' in outcome) return outcome;
  const quiet = Object.keys(outcome.patch).length === 0 && outcome.conflicts === undefined;
  if (quiet && !isNew && record.state === 'live') return { kind: 'noNews' };
  const issues = validateRecord(definition, outcome.data);
  if (issues.length > 0) {
    return {
      kind: 'invalid',
      code: 'apply.invalid',
      error: issues
        .slice(0, 5)
        .map((issue) => `${issue.path}: ${issue.message}`)
        .join('; '),
    };
  }
  if (record.entity === 'order') {
    const balance = orderBalance(outcome.data);
    if (!balance.ok) {
      return {
        kind: 'invalid',
        code: 'apply.unbalanced',
        error: `the ${balance.equation} of the order add up to ${balance.left}, but it says ${balance.right}; correct it at the source`,
      };
    }
  }
  return { kind: 'changed', ...outcome };
}

export interface Outcome {
  readonly data: JsonObject;
  readonly patch: JsonObject;
  readonly conflicts?: JsonObject;
  readonly disputed?: readonly Conflict[];
  readonly provenance: JsonObject;
}

function byNature(
  item: Prepared,
  record: Working,
  incoming: JsonObject,
  link: LinkRow | undefined,
  shadow: ShadowRow | undefined,
  rules: StateRules,
  now: string,
  stock: Stock,
): Outcome | Merged {
  const { row, party } = item;
  const nature = isEntityName(record.entity) ? entities[record.entity].nature : 'state';
  if (nature === 'quantity') return stock.reading(item, record, incoming);
  if (nature === 'document') {
    const fromIssuer = item.about === undefined && row.via !== 'answer' && (link?.origin ?? true);
    const revised = reviseDocument({
      golden: goldenOf(record),
      incoming,
      fromIssuer,
      stages: isEntityName(record.entity) ? entities[record.entity].stages : [],
      ...(shadow?.theirs ? { theirs: shadow.theirs } : {}),
    });
    return { data: revised.data, patch: patchOf(revised.patch), provenance: record.provenance };
  }
  const merged = mergeState({
    golden: record.data,
    theirs: shadow?.theirs ?? undefined,
    ...(shadow?.outstanding ? { outstanding: shadow.outstanding } : {}),
    ...landed(landedBefore(toldWhen(item), shadow, link?.origin === false)),
    incoming,
    parked: record.conflicted,
    origin: {
      connection: row.connection,
      at: instantOf(item.revision) ?? heardAt(item),
      receivedAt: heardAt(item),
      message: String(row.id),
      mapping: `${party.mapping.name}@${party.mapping.version}`,
    },
    rules,
    provenance: record.provenance as unknown as Readonly<Record<string, Provenance>>,
    now,
  });
  return {
    data: merged.data,
    patch: patchOf(merged.patch),
    provenance: merged.provenance as unknown as JsonObject,
    ...(merged.conflicts.length === 0
      ? {}
      : {
          conflicts: { fields: merged.conflicts as unknown as JsonObject[] },
          disputed: merged.conflicts,
        }),
  };
}

function landed(values: JsonObject | undefined): { landed?: JsonObject } {
  return values === undefined ? {} : { landed: values };
}

function goldenOf(record: Working): JsonObject | undefined {
  return Object.keys(record.data).length === 0 ? undefined : record.data;
}

function patchOf(patch: Readonly<Record<string, object>>): JsonObject {
  return patch as unknown as JsonObject;
}
