import type { Catalog } from '../../derive/index.ts';
import { findIdentities } from '../../ledger/identities.ts';
import { readRecords, survivors } from '../../ledger/records.ts';
import type { JsonObject } from '../../model/index.ts';
import { ownKeyOf } from '../apply/references.ts';
import type { Unit } from '../apply/unit.ts';
import type { World } from '../world.ts';

/**
 * Golden products and code tables as one unit of work sees them. Rules are pure and cannot fetch: what they ask
 * for and is not here yet is remembered, and whoever runs them fetches it and runs them again.
 */
export class Goods implements Catalog {
  readonly #unit: Unit;
  readonly #tables: World['tables'];
  readonly #products = new Map<string, JsonObject | undefined>();
  readonly #ids = new Map<string, string | undefined>();
  readonly #askedIds = new Set<string>();
  readonly #askedCodes = new Set<string>();
  #asked = 0;

  constructor(unit: Unit, tables: World['tables']) {
    this.#unit = unit;
    this.#tables = tables;
  }

  product(id: string): JsonObject | undefined {
    const changing = this.#unit.get(id);
    if (changing !== undefined) return { ...changing.data, id: changing.id };
    if (!this.#products.has(id)) this.#lacks(this.#askedIds, id);
    return this.#products.get(id);
  }

  productOf(code: string): JsonObject | undefined {
    const claimed = this.#unit.identities.find(
      (one) => one.entity === 'product' && one.kind === ownKeyOf('product') && one.value === code,
    );
    const id = claimed?.record_id ?? this.#ids.get(code);
    if (id !== undefined) return this.product(id);
    if (!this.#ids.has(code)) this.#lacks(this.#askedCodes, code);
    return undefined;
  }

  rows(table: string, key: string, day: string | undefined): readonly Readonly<Record<string, string>>[] {
    return this.#tables.rows('', table, key, day);
  }

  /** How often something was asked for that is not here. */
  get asked(): number {
    return this.#asked;
  }

  #lacks(asked: Set<string>, what: string): void {
    asked.add(what);
    this.#asked += 1;
  }

  /** Fetches what was asked for. What does not exist is known not to from then on. */
  async fetch(): Promise<void> {
    const { sql } = this.#unit;
    const codes = [...this.#askedCodes];
    const kind = ownKeyOf('product');
    const claims = await findIdentities(
      sql,
      codes.map((value) => ({ entity: 'product', kind, scope: '', value })),
    );
    for (const code of codes) this.#ids.set(code, claims.find((one) => one.value === code)?.record_id);
    const ids = [...new Set([...this.#askedIds, ...claims.map((claim) => claim.record_id)])];
    const living = ids.length === 0 ? new Map<string, string>() : await survivors(sql, ids);
    const found = new Map(
      (await readRecords(sql, [...new Set(living.values())])).map((row) => [row.id, row]),
    );
    for (const id of ids) {
      const row = found.get(living.get(id) ?? id);
      this.#products.set(id, row?.state === 'live' ? { ...row.data, id: row.id } : undefined);
    }
    this.#askedIds.clear();
    this.#askedCodes.clear();
  }
}
