interface Asked<Ask, Answer> {
  readonly ask: Ask;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export interface TogetherOptions<Ask, Answer> {
  /** Does the work of all of them; answers each in its place. */
  readonly work: (asks: readonly Ask[]) => Promise<readonly Answer[]>;
  /** How much goes into one group at the most; one ask always goes. @default all that wait */
  readonly most?: number;
  /** How much an ask is. @default 1 */
  readonly weightOf?: (ask: Ask) => number;
  /** Groups follow each other no faster than this, ms, unless as much waits as goes into one. @default 0 */
  readonly everyMs?: number;
}

/**
 * Lets many ask the database as one: a statement and a commit cost nearly the same for the few rows of one lane as for
 * those of four. One group at a time; what is asked meanwhile goes with the next. A group that fails is done once more
 * for each alone, so that none fails for what another one has.
 */
export class Together<Ask, Answer> {
  readonly #options: TogetherOptions<Ask, Answer>;
  readonly #waiting: Asked<Ask, Answer>[] = [];
  /** How much waits altogether. */
  #weight = 0;
  #isBusy = false;
  /** When the next group begins, if that is planned. */
  #planned: 'soon' | 'later' | undefined;
  #timer: NodeJS.Timeout | undefined;
  #begunAt = Number.NEGATIVE_INFINITY;

  constructor(options: TogetherOptions<Ask, Answer>) {
    this.#options = options;
  }

  /** Fails when it fails alone. */
  ask(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ask, resolve, reject });
      this.#weight += this.#weightOf(ask);
      this.#plan();
    });
  }

  #plan(): void {
    if (this.#isBusy || this.#waiting.length === 0) return;
    const { everyMs = 0, most = Number.POSITIVE_INFINITY } = this.#options;
    const rest = this.#weight >= most ? 0 : this.#begunAt + everyMs - performance.now();
    if (this.#planned !== undefined && (rest > 0 || this.#planned === 'soon')) return;
    clearTimeout(this.#timer);
    this.#planned = rest > 0 ? 'later' : 'soon';
    if (rest > 0) this.#timer = setTimeout(() => this.#begin(), rest);
    // Those who ask in the same turn of the event loop go together.
    else setImmediate(() => this.#begin());
  }

  #begin(): void {
    this.#planned = undefined;
    this.#isBusy = true;
    this.#begunAt = performance.now();
    const group = this.#waiting.splice(0, this.#size());
    for (const { ask } of group) this.#weight -= this.#weightOf(ask);
    void this.#run(group).finally(() => {
      this.#isBusy = false;
      this.#plan();
    });
  }

  async #run(group: readonly Asked<Ask, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.work(group.map((one) => one.ask));
      for (const [index, one] of group.entries()) one.resolve(answers[index] as Answer);
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const one of group) await this.#run([one]);
    }
  }

  /** How many of those that wait go next. */
  #size(): number {
    const { most = Number.POSITIVE_INFINITY } = this.#options;
    let weight = 0;
    const over = this.#waiting.findIndex(({ ask }) => {
      weight += this.#weightOf(ask);
      return weight > most;
    });
    return over < 0 ? this.#waiting.length : Math.max(1, over);
  }

  #weightOf(ask: Ask): number {
    return this.#options.weightOf?.(ask) ?? 1;
  }
}
