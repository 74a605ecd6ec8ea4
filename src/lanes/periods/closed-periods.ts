import { DateTime } from 'luxon';
import { type ClosedPeriod, closedPeriods } from '../../ledger/periods.ts';
import type { Sql } from '../../ledger/sql.ts';

/**
 * The closed periods in memory: planning asks for each document, and they change a few times a month. Links that are read
 * tell the version they are to be planned with.
 */
export class ClosedPeriods {
  #version = 0;
  #closed: ReadonlyMap<string, ClosedPeriod> = new Map();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Reads them again unless this version is known. */
  async keepUp(sql: Sql, version: number): Promise<void> {
    if (version !== this.#version) await this.load(sql);
  }

  async load(sql: Sql): Promise<void> {
    const { version, closed } = await closedPeriods(sql);
    this.#closed = new Map(closed.map((one) => [keyOf(one.connection, one.book, one.period), one]));
    this.#version = version;
  }

  /** The closed period a document of this month falls under: its own book's, or that of all books. */
  of(connection: string, book: string, period: string): ClosedPeriod | undefined {
    if (this.#closed.size === 0) return undefined;
    return (
      this.#closed.get(keyOf(connection, book, period)) ?? this.#closed.get(keyOf(connection, '', period))
    );
  }

  /** Whether these copies may be the ones that closed periods are tried with. */
  get isTrying(): boolean {
    for (const one of this.#closed.values()) if (one.probe_link !== null) return true;
    return false;
  }

  /** `YYYY-MM-DD` */
  today(zone: string): string {
    return DateTime.fromMillis(this.#now(), { zone }).toFormat('yyyy-MM-dd');
  }
}

function keyOf(...names: readonly string[]): string {
  return JSON.stringify(names);
}
