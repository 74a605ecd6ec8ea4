/** What was read of a hub's metrics. */
export interface Scraped {
  readonly times: number;
  /** Of the last answer. */
  readonly characters: number;
  /** Messages the hub says it has applied. */
  readonly applied: number;
}

/** Reads the metrics of a hub at once and each second, as a Prometheus in a hurry does. */
export class Scraper {
  readonly #url: string;
  #times = 0;
  #text = '';
  #reading: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  start(): void {
    this.#again();
    this.#timer = setInterval(() => this.#again(), 1_000);
  }

  /** Errors: one of the answers was not 200. */
  async pause(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
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
