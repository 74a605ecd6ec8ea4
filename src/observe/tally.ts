import { Counter, type Registry } from 'prom-client';

/** Where something happened that no configuration names: one series for all of it, so that labels stay bounded. */
const elsewhere = 'other';

/**
 * A counter by connection, object and one of a few outcomes. Counting is two look-ups and an addition, and makes nothing
 * new; Prometheus' own counters are filled when somebody asks.
 */
export class Tally<Outcome extends string> {
  readonly #outcomes: readonly Outcome[];
  readonly #places: Readonly<Record<Outcome, number>>;
  readonly #cells = new Map<string, Map<string, Float64Array>>();

  /** @param label name of the label that holds the outcome */
  constructor(
    registry: Registry,
    about: { readonly name: string; readonly help: string; readonly label: string },
    outcomes: readonly Outcome[],
  ) {
    this.#outcomes = outcomes;
    this.#places = Object.fromEntries(outcomes.map((outcome, at) => [outcome, at])) as Record<
      Outcome,
      number
    >;
    const tally = this;
    new Counter({
      name: about.name,
      help: about.help,
      labelNames: ['connection', 'object', about.label],
      registers: [registry],
      collect() {
        this.reset();
        tally.each((connection, object, outcome, count) =>
          this.inc({ connection, object, [about.label]: outcome }, count),
        );
      },
    });
  }

  /** Makes the series of a place, at zero: what does not happen can only be seen against that. */
  declare(connection: string, object: string, outcomes: readonly Outcome[]): void {
    const cells = this.#cellsOf(connection, object) ?? this.#make(connection, object);
    for (const outcome of outcomes) cells[this.#outcomes.length + this.#places[outcome]] = 1;
  }

  add(connection: string, object: string, outcome: Outcome, count: number): void {
    const cells =
      this.#cellsOf(connection, object) ??
      this.#cellsOf(connection, elsewhere) ??
      this.#make(connection, elsewhere);
    const at = this.#places[outcome];
    cells[at] = (cells[at] as number) + count;
  }

  #cellsOf(connection: string, object: string): Float64Array | undefined {
    return this.#cells.get(connection)?.get(object);
  }

  /** Counts, and behind them whether a count is shown while it is zero. */
  #make(connection: string, object: string): Float64Array {
    const made = new Float64Array(2 * this.#outcomes.length);
    const objects = this.#cells.get(connection) ?? new Map<string, Float64Array>();
    this.#cells.set(connection, objects.set(object, made));
    return made;
  }

  /** Tells every count there is. */
  each(tell: (connection: string, object: string, outcome: Outcome, count: number) => void): void {
    for (const [connection, objects] of this.#cells) {
      for (const [object, cells] of objects) {
        for (const [at, outcome] of this.#outcomes.entries()) {
          const count = cells[at] as number;
          if (count > 0 || cells[this.#outcomes.length + at] === 1) tell(connection, object, outcome, count);
        }
      }
    }
  }
}
