/** The next part of what is derived: what has changed since its earlier parts were posted. */
import { decimal, entities, isObject, type Json, type JsonObject, pathInfo } from '../model/index.ts';
import { applySet, objects } from './evaluate.ts';
import { ADDITIVE_HEADER, ADDITIVE_LINE } from './lineFields.ts';
import type { DeriveRule } from './rule.ts';

/** What of a derived record adds up over its parts; everything else describes each of them. */
export interface Additive {
  /** List → decimal fields of its elements. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** Decimal fields of the record. */
  readonly header: readonly string[];
}

/** Of a summary what it sums; of other documents the quantities and amounts their entity knows. */
export function additiveOf(rule: DeriveRule): Additive {
  if (rule.kind === 'group') {
    const names = (list: DeriveRule['lines']) => list?.sum.map(({ name }) => name);
    const lines = names(rule.lines);
    const tenders = names(rule.tenders);
    return {
      lists: { ...(lines === undefined ? {} : { lines }), ...(tenders === undefined ? {} : { tenders }) },
      header: ['amount'],
    };
  }
  const isKnown = (path: string) => pathInfo(rule.entity, path) !== undefined;
  return {
    lists: isKnown('lines') ? { lines: ADDITIVE_LINE.filter((name) => isKnown(`lines[].${name}`)) } : {},
    header: ADDITIVE_HEADER.filter(isKnown),
  };
}

/**
 * The total less everything posted; undefined when nothing is left. Quantities and amounts that went down are
 * negative, lines whose sums are all zero are left out. Without a total nothing is wanted any more: the difference
 * takes everything posted back. A number an earlier part has already gets `-2`, `-3`, …
 */
export function part(
  rule: DeriveRule,
  total: JsonObject | undefined,
  posted: readonly JsonObject[],
): JsonObject | undefined {
  const ordinal = posted.length + 1;
  const [first] = posted;
  if (first === undefined) return total;
  const postedParts = posted.map((one) => withoutStages(rule, one));
  const { lists, header } = additiveOf(rule);
  const wanted = total ?? emptied(withoutStages(rule, first), lists, header);
  const delta: Record<string, Json> = { ...wanted };
  let isNothing = true;
  for (const [list, sums] of Object.entries(lists)) {
    const elements = rest(sums, list, wanted, postedParts);
    if (elements.length > 0 || wanted[list] !== undefined) delta[list] = elements;
    if (elements.length > 0) isNothing = false;
  }
  for (const name of header) {
    const amount = less(
      wanted[name],
      postedParts.map((posted) => posted[name]),
    );
    if (amount === undefined) continue;
    delta[name] = amount;
    if (!decimal.isZero(amount)) isNothing = false;
  }
  if (isNothing) return undefined;
  if (isObject(wanted.counts)) {
    const tickets = ticketsOf(wanted) - postedParts.reduce((sum, posted) => sum + ticketsOf(posted), 0);
    delta.counts = { ...wanted.counts, tickets };
  }
  // What a summary is set to follows from its content; a difference of another document keeps what was set.
  const data = rule.kind === 'group' ? applySet(rule, delta, delta, ordinal) : delta;
  const taken = postedParts.some((posted) => posted.number === data.number);
  return taken && typeof data.number === 'string' ? { ...data, number: `${data.number}-${ordinal}` } : data;
}

/** A document like this one, of which nothing is wanted. */
function emptied(first: JsonObject, lists: Additive['lists'], header: readonly string[]): JsonObject {
  const empty: Record<string, Json> = { ...first };
  for (const list of Object.keys(lists)) empty[list] = [];
  for (const name of header) if (empty[name] !== undefined) empty[name] = '0';
  if (isObject(first.counts)) empty.counts = { ...first.counts, tickets: 0 };
  return empty;
}

/** What a rule has made of a document: stages are what systems have told about it since. */
export function withoutStages(rule: DeriveRule, data: JsonObject): JsonObject {
  let content: JsonObject = data;
  for (const stage of entities[rule.entity].stages) content = without(content, stage.split('.'));
  return content;
}

function without(data: JsonObject, [step = '', ...rest]: readonly string[]): JsonObject {
  const name = step.replace(/\[\]$/, '');
  const value = data[name];
  if (value === undefined) return data;
  if (rest.length === 0) {
    const { [name]: _gone, ...kept } = data;
    return kept;
  }
  if (step.endsWith('[]')) return { ...data, [name]: objects(value).map((one) => without(one, rest)) };
  return isObject(value) ? { ...data, [name]: without(value, rest) } : data;
}

/** Elements of a list less the posted ones of the same key. */
function rest(
  sums: readonly string[],
  list: string,
  total: JsonObject,
  postedParts: readonly JsonObject[],
): JsonObject[] {
  const left = new Map<Json | undefined, JsonObject>(objects(total[list]).map((line) => [line.key, line]));
  for (const posted of postedParts.flatMap((one) => objects(one[list]))) {
    const before = left.get(posted.key);
    const changed: Record<string, Json> = { ...(before ?? posted) };
    for (const name of sums) {
      const difference = less(before?.[name], [posted[name]]);
      if (difference !== undefined) changed[name] = difference;
    }
    left.set(posted.key, changed);
  }
  const isZero = (value: Json | undefined) => typeof value !== 'string' || decimal.isZero(value);
  return [...left.values()]
    .filter((line) => !sums.every((name) => isZero(line[name])))
    .sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1));
}

/** a − Σ b; undefined when nobody told anything. */
function less(a: Json | undefined, b: readonly (Json | undefined)[]): string | undefined {
  const told = b.filter((value) => typeof value === 'string');
  if (typeof a !== 'string' && told.length === 0) return undefined;
  return decimal.sub(typeof a === 'string' ? a : '0', decimal.sum(told));
}

function ticketsOf(data: JsonObject): number {
  return isObject(data.counts) && typeof data.counts.tickets === 'number' ? data.counts.tickets : 0;
}
