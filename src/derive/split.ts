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
import { type Catalog, emptyCatalog } from './catalog.ts';
import { notTold } from './error.ts';
import { applySet, evaluate, joinKey } from './evaluate.ts';
import type { ShareLine } from './group.ts';
import { ADDITIVE_LINE } from './lineFields.ts';
import { type Taken, takeLines } from './lines.ts';
import type { DeriveRule } from './rule.ts';

/** One document made of one source. */
export interface DerivedOne {
  readonly data: JsonObject;
  /** Of its lines: which lines of the source they are made of, and with how much. */
  readonly lines: readonly ShareLine[];
}
export interface SplitPart extends DerivedOne {
  /** What the lines of the part have in common; stable. */
  readonly key: string;
  /** Ordinal from 1, in the order in which the lines first show the key. */
  readonly part: number;
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
  catalog: Catalog = emptyCatalog,
): SplitPart[] {
  const parts = new Map<string, { readonly fields: JsonObject; readonly lines: Taken[] }>();
  for (const taken of takeLines(rule, record, catalog)) {
    const fields: Record<string, Json> = {};
    for (const name of rule.split) {
      const value = taken.line[name];
      if (value === undefined) throw notTold(rule.name, `lines[${String(taken.line.key)}].${name}`);
      fields[name] = value;
    }
    const key = joinKey(Object.values(fields));
    const part = parts.get(key) ?? { fields, lines: [] };
    part.lines.push(taken);
    parts.set(key, part);
  }
  let last = Math.max(0, ...Object.values(known));
  return [...parts].map(([key, { fields, lines }]) => {
    const part = known[key] ?? ++last;
    const number = typeof record.number === 'string' ? { number: `${record.number}-${part}` } : {};
    const data = {
      ...number,
      ...referencesTo(rule, record),
      ...copied(rule, record),
      ...fields,
      lines: fittedLines(rule, record, lines),
    };
    return { key, part, data: applySet(rule, data, record, part), lines: lines.map(shareOf) };
  });
}

/**
 * One record made from another: `copy:` and `set:` over its lines (those `filter` and `lines.when` take; all
 * without them) and a reference to the source. Throws DeriveError when the record does not tell what it needs.
 */
export function deriveOne(rule: DeriveRule, record: JsonObject, catalog: Catalog = emptyCatalog): DerivedOne {
  const hasLines =
    pathInfo(rule.entity, 'lines') !== undefined && (record.lines !== undefined || rule.append.length > 0);
  const lines = hasLines ? takeLines(rule, record, catalog) : [];
  const data = {
    ...referencesTo(rule, record),
    ...copied(rule, record),
    ...(hasLines ? { lines: fittedLines(rule, record, lines) } : {}),
  };
  return { data: applySet(rule, data, record, 1), lines: lines.map(shareOf) };
}

/** The lines as the derived entity knows them, with the rule's `lines.set` over them. */
function fittedLines(rule: DeriveRule, record: JsonObject, lines: readonly Taken[]): JsonObject[] {
  return lines.map(({ line }) => {
    const fitted: Record<string, Json> = keepKnownFields(rule.entity, 'lines[].', line);
    for (const [name, expression] of Object.entries(rule.lineSet)) {
      const value = evaluate(rule, expression, { record, line });
      if (value === undefined) delete fitted[name];
      else fitted[name] = value;
    }
    return fitted;
  });
}

function shareOf({ line, origin }: Taken): ShareLine {
  const sums: Record<string, string> = {};
  for (const name of ADDITIVE_LINE) {
    const value = line[name];
    if (typeof value === 'string') sums[name] = value;
  }
  const source = {
    ...(origin.line === undefined ? {} : { line: origin.line }),
    ...(origin.via.length === 0 ? {} : { via: origin.via }),
    sums,
  };
  return { key: String(line.key), fields: {}, sums, from: [source] };
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

function keepKnownFields(entity: EntityName, prefix: string, value: JsonObject): Record<string, Json> {
  const fitted: Record<string, Json> = {};
  for (const [name, below] of Object.entries(value)) {
    if (canonicalPaths(entity).has(prefix + name)) fitted[name] = keepKnown(entity, prefix + name, below);
  }
  return fitted;
}
