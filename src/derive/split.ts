/** Derivations from a single record: parts by a field of its lines, or one document made from another. */
import {
  canonicalPaths,
  type EntityName,
  entities,
  isList,
  isObject,
  type Json,
  type JsonObject,
  pathInfo,
  valueAt,
  withValue,
} from '../model/index.ts';
import { notTold } from './error.ts';
import { applySet, joinKey, objects, takesLine } from './evaluate.ts';
import type { DeriveRule } from './rule.ts';

export interface SplitPart {
  /** What the lines of the part have in common; stable. */
  readonly key: string;
  /** Ordinal from 1, in the order in which the lines first show the key. */
  readonly part: number;
  readonly data: JsonObject;
}

/**
 * One derived record per value of the split fields. The lines keep their keys and go along as far as the derived
 * entity knows their fields. Without `set`, the number is the source's with `-1`, `-2`, …, and fields that name
 * the source entity (`orderIds`, `orderId`) hold the source's id. `known` gives parts made before their ordinals
 * again. Throws DeriveError when a line does not tell a split field.
 */
export function splitRecord(
  rule: DeriveRule,
  record: JsonObject,
  known: Readonly<Record<string, number>> = {},
): SplitPart[] {
  const parts = new Map<string, { readonly fields: JsonObject; readonly lines: JsonObject[] }>();
  for (const line of objects(record.lines)) {
    if (!takesLine(rule, rule.linesWhen, record, line)) continue;
    const fields: Record<string, Json> = {};
    for (const name of rule.split) {
      const value = line[name];
      if (value === undefined) throw notTold(rule.name, `lines[${String(line.key)}].${name}`);
      fields[name] = value;
    }
    const key = joinKey(Object.values(fields));
    const part = parts.get(key) ?? { fields, lines: [] };
    part.lines.push(line);
    parts.set(key, part);
  }
  let last = Math.max(0, ...Object.values(known));
  return [...parts].map(([key, { fields, lines }]) => {
    const part = known[key] ?? ++last;
    const number = typeof record.number === 'string' ? { number: `${record.number}-${part}` } : {};
    const fitted = keepKnown(rule.entity, 'lines', lines);
    const data = {
      ...number,
      ...referencesTo(rule, record),
      ...copied(rule, record),
      ...fields,
      lines: fitted,
    };
    return { key, part, data: applySet(rule, data, record, part) };
  });
}

/**
 * One record made from another: `copy:` and `set:` over its lines (those `lines.when` takes; all without it) and
 * a reference to the source.
 */
export function deriveOne(rule: DeriveRule, record: JsonObject): JsonObject {
  const lines = objects(record.lines).filter((line) => takesLine(rule, rule.linesWhen, record, line));
  const hasLines = pathInfo(rule.entity, 'lines') !== undefined && record.lines !== undefined;
  const data = {
    ...referencesTo(rule, record),
    ...copied(rule, record),
    ...(hasLines ? { lines: keepKnown(rule.entity, 'lines', lines) } : {}),
  };
  return applySet(rule, data, record, 1);
}

/** Fields of the derived record itself that name the source's entity. */
function referencesTo(rule: DeriveRule, record: JsonObject): JsonObject {
  if (typeof record.id !== 'string' || rule.entity === rule.from) return {};
  const references: Record<string, Json> = {};
  for (const [path, entity] of Object.entries(entities[rule.entity].references)) {
    if (entity !== rule.from || path.includes('[]')) continue;
    references[path] = pathInfo(rule.entity, path)?.kind === 'values' ? [record.id] : record.id;
  }
  return references;
}

function copied(rule: DeriveRule, record: JsonObject): JsonObject {
  let data: JsonObject = {};
  for (const [to, from] of Object.entries(rule.copy)) {
    const value = valueAt(record, from);
    if (value !== undefined) data = withValue(data, to, keepKnown(rule.entity, to, value));
  }
  return data;
}

/** What of a value the entity knows below a path. */
function keepKnown(entity: EntityName, path: string, value: Json): Json {
  const kind = pathInfo(entity, path)?.kind;
  if (kind === 'object' && isObject(value)) return keepKnownFields(entity, `${path}.`, value);
  if (kind === 'list' && isList(value)) {
    return value.filter(isObject).map((element) => keepKnownFields(entity, `${path}[].`, element));
  }
  return value;
}

function keepKnownFields(entity: EntityName, prefix: string, value: JsonObject): JsonObject {
  const fitted: Record<string, Json> = {};
  for (const [name, below] of Object.entries(value)) {
    if (canonicalPaths(entity).has(prefix + name)) fitted[name] = keepKnown(entity, prefix + name, below);
  }
  return fitted;
}
