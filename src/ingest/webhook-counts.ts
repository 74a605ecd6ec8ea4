/** What became of webhook messages since this process began, for people and metrics. */

export interface WebhookCounts {
  /** Acknowledged, by the secret they were verified with. */
  readonly accepted: { current: number; previous: number };
  /** Refused, by the code of the reason. */
  readonly refused: Record<string, number>;
  /** When a message came last that was verified with the secret that is being replaced, UTC ISO-8601. */
  previousAt?: string;
}

export class WebhookCounter {
  readonly #counts = new Map<string, WebhookCounts>();

  accepted(connection: string, previous: boolean): void {
    const counts = this.#of(connection);
    if (!previous) counts.accepted.current += 1;
    else {
      counts.accepted.previous += 1;
      counts.previousAt = new Date().toISOString();
    }
  }

  refused(connection: string, code: string): void {
    const { refused } = this.#of(connection);
    refused[code] = (refused[code] ?? 0) + 1;
  }

  /** By connection; those that have heard nothing are left out. */
  get counts(): Readonly<Record<string, WebhookCounts>> {
    return Object.fromEntries(this.#counts);
  }

  #of(connection: string): WebhookCounts {
    let counts = this.#counts.get(connection);
    if (!counts) {
      counts = { accepted: { current: 0, previous: 0 }, refused: {} };
      this.#counts.set(connection, counts);
    }
    return counts;
  }
}
