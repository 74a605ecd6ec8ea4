/** A record beside its copies, value by value: what the hub has, who set it, and what each system shows of it. */
import { laidOver, landingsOf } from '../lanes/landing.ts';
import { openConflicts } from '../ledger/conflicts.ts';
import { type ChangeRow, changesOf } from '../ledger/explain.ts';
import { type LinkRow, linksOfRecords } from '../ledger/links.ts';
import type { FoundRecord } from '../ledger/record-search.ts';
import { readRecords } from '../ledger/records.ts';
import { readShadows, type ShadowRow } from '../ledger/shadows.ts';
import type { Sql } from '../ledger/sql.ts';
import { isNormalForm, shownAt } from '../merge/index.ts';
import { equal, isEntityName, isObject, type Json, type JsonObject, pathInfo } from '../model/index.ts';
import { type Leaf, leavesOf, touches } from './fields.ts';
import { changesRead } from './made.ts';
import { toldBy } from './origin.ts';
import { isPersonal, maskedValue, personalValues, withoutSecrets } from './personal.ts';

/** What one system shows of a value. */
export interface ShownValue {
  readonly link: string;
  /**
   * - `same`     what the hub has
   * - `alike`    the same, kept in its own way: rounded, trimmed, in another order
   * - `differs`  another value, or one the hub does not have
   * - `none`     it shows that there is none, and the hub has one
   * - `untold`   nothing is known of it there
   */
  readonly as: 'same' | 'alike' | 'differs' | 'none' | 'untold';
  /** How that is known: it told so, it was written there, or it is on its way; null: not at all. */
  readonly by: 'told' | 'written' | 'sent' | null;
  readonly value: Json;
}

/** Who set a value last, in short. */
export interface Setter {
  readonly kind: 'system' | 'rule' | 'person' | 'unknown';
  /** The connection, the rule or the person. */
  readonly name: string | null;
  readonly at: string | null;
  readonly version: number | null;
}

export interface ComparedField {
  /** With keys of list elements; those of hidden values are `[***]`. */
  readonly path: string;
  readonly personal: boolean;
  /** Null: the hub has none. */
  readonly value: Json;
  /** The record the value names. */
  readonly refersTo: { readonly id: string; readonly entity: string; readonly number: string | null } | null;
  readonly set: Setter;
  /** The conflict that is open about it. */
  readonly conflict: string | null;
  readonly shown: readonly ShownValue[];
}

export interface Comparison {
  /** Values at which some system shows another one. */
  readonly differences: number;
  readonly fields: readonly ComparedField[];
  /** Place to go on from; null: these are the last. */
  readonly next: number | null;
}

export interface ComparisonOptions {
  /** Only where systems differ. */
  readonly differing: boolean;
  /** How many fields come before. */
  readonly from: number;
  readonly limit: number;
  readonly showPersonal: boolean;
}

/** Compares a record with its copies, in the order of its fields. */
export async function compareRecord(
  sql: Sql,
  record: FoundRecord,
  { differing, from, limit, showPersonal }: ComparisonOptions,
): Promise<Comparison> {
  const links = await linksOfRecords(sql, [record.id]);
  const shadows = await readShadows(
    sql,
    links.map((link) => link.id),
  );
  const sides = links.map(
    (link) =>
      new Side(
        link,
        shadows.find((one) => one.link_id === link.id),
      ),
  );
  const rows = fieldsOf(record.data, sides).map((leaf) => ({
    leaf,
    shown: sides.map((side) => side.show(leaf)),
  }));
  const isDifferent = ({ shown }: { readonly shown: readonly ShownValue[] }): boolean =>
    shown.some((one) => one.as === 'differs' || one.as === 'none');
  const meant = differing ? rows.filter(isDifferent) : rows;
  const page = meant.slice(from, from + limit);
  const changes = await changesOf(sql, record.id, changesRead);
  const conflicts = await openConflicts(sql, [record.id]);
  const referred = await referredBy(
    sql,
    record.entity,
    page.map((one) => one.leaf),
  );
  const known = showPersonal ? [] : personalValues(record.entity, record.data);
  const fields = page.map(({ leaf, shown }): ComparedField => {
    const personal = isPersonal(record.entity, leaf.path);
    const veil = (value: Json): Json =>
      showPersonal ? withoutSecrets(value) : maskedValue(record.entity, leaf.schema, value, known);
    return {
      // The key of an element may be what is personal: a claimed identity, a telephone number.
      path: personal && !showPersonal ? leaf.plain.replace(/\[[^\]]*\]/g, '[***]') : leaf.plain,
      personal,
      value: veil(leaf.value),
      refersTo: (typeof leaf.value === 'string' && referred.get(leaf.value)) || null,
      set: setterOf(record.provenance, changes, leaf.path),
      conflict: conflicts.find((one) => touches({ [one.path]: {} }, leaf.path))?.id ?? null,
      shown: shown.map((one) => ({ ...one, value: veil(one.value) })),
    };
  });
  return {
    differences: rows.filter(isDifferent).length,
    fields,
    next: from + limit < meant.length ? from + limit : null,
  };
}

/** What is known of one copy. */
class Side {
  readonly #link: LinkRow;
  readonly #sent: JsonObject | undefined;
  readonly #told: JsonObject | undefined;
  readonly #written: JsonObject | undefined;

  constructor(link: LinkRow, shadow: ShadowRow | undefined) {
    this.#link = link;
    this.#sent = shadow?.outstanding ?? undefined;
    this.#told = shadow?.theirs ?? undefined;
    const landings = landingsOf(shadow?.landed);
    this.#written =
      landings.length === 0
        ? undefined
        : landings.reduce<JsonObject>((all, { values }) => laidOver(all, values), {});
  }

  /** Everything it is known to hold, for the names of fields alone. */
  get fields(): JsonObject {
    return laidOver(this.#written ?? {}, this.#told ?? {});
  }

  show({ path, value }: Leaf): ShownValue {
    const link = this.#link.id;
    const sent = shownAt(this.#sent, path);
    const told = shownAt(this.#told, path);
    const written = shownAt(this.#written, path);
    // What is on its way counts for more than what was shown before it was sent.
    const there = sent ?? told ?? written;
    if (there === undefined || this.#link.gone_at)
      return { link, as: value === null || there === undefined ? 'untold' : 'none', by: null, value: null };
    const by = sent ? 'sent' : told ? 'told' : 'written';
    return { link, as: comparedTo(value, there.value), by, value: there.value ?? null };
  }
}

function comparedTo(golden: Json, theirs: Json | undefined): ShownValue['as'] {
  if (theirs === undefined) return golden === null ? 'same' : 'none';
  if (equal(golden, theirs)) return 'same';
  return golden !== null && isNormalForm(theirs, golden) ? 'alike' : 'differs';
}

/** Fields of the record, then those only its copies have. */
function fieldsOf(data: JsonObject, sides: readonly Side[]): Leaf[] {
  const own = leavesOf(data);
  const known = new Set(own.map((leaf) => leaf.path));
  const isOwn = (path: string): boolean => shownAt(data, path)?.value !== undefined;
  const others = new Map<string, Leaf>();
  for (const side of sides) {
    for (const leaf of leavesOf(side.fields)) {
      const tells = leaf.value !== null && !(Array.isArray(leaf.value) && leaf.value.length === 0);
      if (tells && !known.has(leaf.path) && !isOwn(leaf.path))
        others.set(leaf.path, { ...leaf, value: null });
    }
  }
  return [...own, ...others.values()];
}

/** Who set the value at a path. Pure. */
export function setterOf(provenance: JsonObject, changes: readonly ChangeRow[], path: string): Setter {
  const change = changes.find((one) => touches(one.patch, path));
  if (change === undefined) {
    // Changes are kept for a while only; a state remembers of each field who told it last.
    const entry = provenance[path];
    if (!isObject(entry)) return { kind: 'unknown', name: null, at: null, version: null };
    const at = typeof entry.takenAt === 'string' ? entry.takenAt : null;
    return typeof entry.by === 'string'
      ? { kind: 'person', name: entry.by, at, version: null }
      : { kind: 'system', name: textOf(entry.connection), at, version: null };
  }
  const { origin, version } = change;
  const head = { at: change.at.toISOString(), version };
  const told = toldBy(change);
  if (told) return { kind: 'system', name: told.connection, ...head };
  if (typeof origin.rule === 'string') return { kind: 'rule', name: origin.rule, ...head };
  const person = textOf(origin.by ?? origin.author);
  return { kind: person === null ? 'unknown' : 'person', name: person, ...head };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Records that values of these fields name, by id. */
async function referredBy(
  sql: Sql,
  entity: string,
  leaves: readonly Leaf[],
): Promise<Map<string, ComparedField['refersTo']>> {
  if (!isEntityName(entity)) return new Map();
  const ids = leaves.flatMap(({ schema, value }) => {
    const info = pathInfo(entity, schema);
    return info?.type === 'reference' && typeof value === 'string' && uuid.test(value) ? [value] : [];
  });
  const records = await readRecords(sql, [...new Set(ids)]);
  return new Map(
    records.map((one) => [
      one.id,
      { id: one.id, entity: one.entity, number: textOf(one.data.number ?? one.data.code) },
    ]),
  );
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
