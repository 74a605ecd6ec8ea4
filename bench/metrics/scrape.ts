/** What was read of a hub's metrics. */
export interface Scraped {
  readonly times: number;
  /** Of the last answer. */
  readonly characters: number;
  /** Messages the hub says it has applied. */
  readonly applied: number;
}

/** Reads the metrics of a hub every so often while it works, as Prometheus does. */
export class Scraper {
  readonly #url: string;
  readonly #everyMs: number;
  /** How long the hub has worked since the last reading, ms; it is read at once when it begins. */
  #worked: number;
  #startedAt = 0;
  #times = 0;
  #text = '';
  #reading: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  /** @param everyMs of the time the hub works; while it does not, nobody reads */
  constructor(url: string, everyMs: number) {
    this.#url = url;
    this.#everyMs = everyMs;
    this.#worked = everyMs;
  }

  start(): void {
    this.#startedAt = performance.now();
    this.#wait();
  }

  /** Errors: one of the answers was not 200. */
  async pause(): Promise<void> {
    clearTimeout(this.#timer);
    this.#worked += performance.now() - this.#startedAt;
    await this.#reading;
  }

  #wait(): void {
    this.#timer = setTimeout(
      () => {
        this.#worked = 0;
        this.#startedAt = performance.now();
        this.#again();
        this.#wait();
      },
      Math.max(0, this.#everyMs - this.#worked),
    );
  }

  /** Reads a last time. */
  async tell(): Promise<Scraped> {
    this.#again();
    await this.#reading;
    const counts = this.#text.matchAll(/^lianhub_messages_applied_total\{.*\} (\d+)$/gm);
    const applied = [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    return { times: this.#times, characters: this.#text.length, applied };
  }

  #again(): void {
    this.#reading = this.#reading.then(() => this.#read());
    // Told by whoever waits for it.
    this.#reading.catch(() => undefined);
  }

  async #read(): Promise<void> {
    const answer = await fetch(`${this.#url}/metrics`);
    if (!answer.ok) throw new Error(`metrics were answered with ${answer.status}`);
    this.#text = await answer.text();
    this.#times += 1;
  }
}
