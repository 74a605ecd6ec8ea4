/** Rehearsing a derivation: the documents it makes now and the ones it would make, of the same sources. */
import {
  applies,
  type Catalog,
  DeriveError,
  type DeriveRule,
  deriveOne,
  Summary,
  share,
  splitRecord,
} from '../derive/index.ts';
import { Unit } from '../lanes/apply/unit.ts';
import type { CodeTables } from '../lanes/code-tables.ts';
import { Goods } from '../lanes/derive/goods.ts';
import type { Database } from '../ledger/database.ts';
import type { RecordRow } from '../ledger/records.ts';
import { lastRecords, readOnly } from '../ledger/rehearsal.ts';
import type { JsonObject } from '../model/index.ts';
import { Findings, type Outcome, type Rehearsal } from './findings.ts';
import { numberOf } from './outward.ts';

export interface DerivationRehearsalOptions {
  readonly database: Database;
  readonly tables: CodeTables;
  /** Undefined: the rule is new. */
  readonly before: DeriveRule | undefined;
  readonly after: DeriveRule;
  /** How many of the last sources. @default 1000 */
  readonly last?: number;
  /** Read at once. @default 500 */
  readonly pageSize?: number;
}

/**
 * Derives from the last records of the source entity by both rules and compares the documents. Summaries are compared
 * over these sources only, so that the oldest group may be there in part, on both sides.
 */
export async function rehearseDerivation(options: DerivationRehearsalOptions): Promise<Rehearsal> {
  const { database, tables, after, pageSize = 500 } = options;
  const findings = new Findings();
  const sides = { before: new Documents(options.before), after: new Documents(after) };
  let last: string | undefined;
  for (let left = options.last ?? 1000; left > 0; ) {
    const size = Math.min(left, pageSize);
    const records = await readOnly(database, async (reading) => {
      const page = await lastRecords(reading, after.from, last, size);
      const goods = new Goods(new Unit(reading, new Date()), tables);
      for (const record of page) {
        const told = await withGoods(goods, () => [
          sides.before.of(record, goods),
          sides.after.of(record, goods),
        ]);
        note(findings, after.name, record, told[0] ?? new Map(), told[1] ?? new Map());
      }
      return page;
    });
    if (records.length < size) break;
    left -= size;
    last = records.at(-1)?.id;
  }
  const [before, summed] = [sides.before.summaries(), sides.after.summaries()];
  for (const group of new Set([...before.keys(), ...summed.keys()])) {
    const place = { way: 'derive' as const, where: after.name };
    findings.add(
      place,
      group,
      before.get(group) ?? { kind: 'kept-in' },
      summed.get(group) ?? { kind: 'kept-in' },
    );
  }
  return findings.result();
}

/** What rules make of one source is only final when all the goods they asked for were there. */
async function withGoods<R>(goods: Goods, work: () => readonly (() => R)[]): Promise<R[]> {
  for (;;) {
    const asked = goods.asked;
    const settled = work();
    if (goods.asked === asked) return settled.map((settle) => settle());
    await goods.fetch();
  }
}

/** Documents by their key within the source, or trouble under the empty key. */
type Made = ReadonlyMap<string, Outcome>;

/** What one rule makes. Summaries grow as sources come; everything else is answered at once. */
class Documents {
  readonly #rule: DeriveRule | undefined;
  readonly #groups = new Map<string, Summary>();

  constructor(rule: DeriveRule | undefined) {
    this.#rule = rule;
  }

  /** Follows the rule for a source; the result is taken by calling what is answered. */
  of(source: RecordRow, goods: Catalog): () => Made {
    const rule = this.#rule;
    if (!rule || rule.from !== source.entity) return () => new Map();
    const record = { ...source.data, id: source.id };
    try {
      if (!applies(rule, record)) return () => new Map();
      if (rule.kind === 'group') return this.#grouped(rule, record, goods);
      const pieces =
        rule.kind === 'split'
          ? splitRecord(rule, record, {}, goods)
          : [{ key: '', ...deriveOne(rule, record, goods) }];
      const made = new Map(
        pieces.map(({ key, data }): [string, Outcome] => [key, { kind: 'ok', document: data }]),
      );
      return () => made;
    } catch (error) {
      if (!(error instanceof DeriveError)) throw error;
      const errors = new Map([[error.code, error.message]]);
      return () => new Map([['', { kind: 'stopped', errors, waits: new Set<string>() }]]);
    }
  }

  #grouped(rule: DeriveRule, record: JsonObject, goods: Catalog): () => Made {
    const told = share(rule, record, goods);
    return () => {
      const summary = this.#groups.get(told.key) ?? new Summary(rule);
      this.#groups.set(told.key, summary);
      summary.add(told);
      return new Map();
    };
  }

  /** The documents of all groups so far. */
  summaries(): Made {
    const made = new Map<string, Outcome>();
    for (const [key, summary] of this.#groups) {
      try {
        made.set(key, { kind: 'ok', document: summary.record() ?? {} });
      } catch (error) {
        if (!(error instanceof DeriveError)) throw error;
        made.set(key, { kind: 'stopped', errors: new Map([[error.code, error.message]]), waits: new Set() });
      }
    }
    return made;
  }
}

function note(findings: Findings, rule: string, record: RecordRow, before: Made, after: Made): void {
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const name = key === '' ? numberOf(record) : `${numberOf(record)}/${key}`;
    const [was, is] = [before.get(key), after.get(key)];
    const none: Outcome = { kind: 'kept-in' };
    findings.add({ way: 'derive', where: rule }, name, was ?? none, is ?? none);
  }
}
