/** How vendors push: at least once, again until acknowledged, sometimes twice, sometimes out of order. */
import http from 'node:http';
import https from 'node:https';

/** One HTTP request of a vendor to the hub, signed as the vendor signs. */
export interface OutgoingWebhook {
  readonly method?: 'GET' | 'POST';
  /** Where to, query included. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface WebhookResponse {
  readonly status: number;
  readonly body: string;
}

export interface WebhookSenderOptions<Message> {
  /** Makes and signs the request, anew for every attempt (timestamps move on). `target` is the hub's address. */
  readonly prepare: (message: Message, target: string, attempt: number) => OutgoingWebhook;
  /** Whether this answer is the vendor's acknowledgement; anything else is sent again. */
  readonly acknowledged: (response: WebhookResponse) => boolean;
  /** Pauses before the re-sends, ms; after the last one the message is given up. Default 6 growing pauses. */
  readonly resendAfterMs?: readonly number[];
  /** Requests at once. Default 16. */
  readonly concurrency?: number;
  /** Deadline of one attempt, ms. Default 5000. */
  readonly timeoutMs?: number;
}

const defaultResends = [50, 200, 1000, 3000, 10_000, 30_000];

interface Job<Message> {
  readonly message: Message;
  readonly target: string;
  attempt: number;
}

/** Sends messages to the hub; queues without bound, `concurrency` at once, over kept-alive connections. */
export class WebhookSender<Message> {
  /** Every n-th message is sent twice; 0: never. */
  duplicateEvery = 0;
  /** Messages are held back until this many are there, then sent in reverse; 0 or 1: in order. */
  reorderWithin = 0;
  readonly #options: WebhookSenderOptions<Message>;
  readonly #concurrency: number;
  readonly #httpAgent: http.Agent;
  readonly #httpsAgent: https.Agent;
  readonly #waitingForIdle = new Set<() => void>();
  readonly #timers = new Map<NodeJS.Timeout, Job<Message>>();
  #target: string | undefined;
  #queue: Job<Message>[] = [];
  #head = 0;
  #held: Job<Message>[] = [];
  #flushHeld: NodeJS.Immediate | undefined;
  #running = 0;
  #stopped = false;
  #accepted = 0;
  #counts = { sent: 0, acknowledged: 0, refused: 0, givenUp: 0 };

  constructor(options: WebhookSenderOptions<Message>) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? 16;
    const agent = { keepAlive: true, maxSockets: this.#concurrency, timeout: 4000 };
    this.#httpAgent = new http.Agent(agent);
    this.#httpsAgent = new https.Agent(agent);
  }

  /** Where messages go from now on; undefined: they are dropped. Re-sends keep their first address. */
  notifyAt(target: string | undefined): void {
    this.#target = target;
  }

  /** Requests made, acknowledged ones, answered otherwise or not at all, and messages given up. */
  get counts(): Readonly<{ sent: number; acknowledged: number; refused: number; givenUp: number }> {
    return { ...this.#counts };
  }

  send(message: Message): void {
    if (this.#target === undefined || this.#stopped) return;
    this.#accepted++;
    const twice = this.duplicateEvery > 0 && this.#accepted % this.duplicateEvery === 0;
    for (let copy = 0; copy < (twice ? 2 : 1); copy++) {
      this.#take({ message, target: this.#target, attempt: 0 });
    }
  }

  /** Resolves when nothing is queued, on its way, or waiting to be sent again. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#waitingForIdle.add(resolve));
  }

  /** Forgets what is queued and closes the connections. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers.keys()) clearTimeout(timer);
    this.#timers.clear();
    if (this.#flushHeld) clearImmediate(this.#flushHeld);
    this.#queue = [];
    this.#head = 0;
    this.#held = [];
    this.#httpAgent.destroy();
    this.#httpsAgent.destroy();
    await this.idle();
  }

  #take(job: Job<Message>): void {
    if (this.reorderWithin <= 1) {
      this.#queue.push(job);
      this.#pump();
      return;
    }
    this.#held.push(job);
    if (this.#held.length >= this.reorderWithin) this.#releaseHeld();
    else this.#flushHeld ??= setImmediate(() => this.#releaseHeld());
  }

  /** Also runs when no more messages come, so that nothing is held back for ever. */
  #releaseHeld(): void {
    if (this.#flushHeld) clearImmediate(this.#flushHeld);
    this.#flushHeld = undefined;
    this.#queue.push(...this.#held.reverse());
    this.#held = [];
    this.#pump();
  }

  #pump(): void {
    while (this.#running < this.#concurrency) {
      const job = this.#queue[this.#head];
      if (!job) break;
      this.#head++;
      this.#running++;
      void this.#deliver(job).finally(() => {
        this.#running--;
        this.#pump();
      });
    }
    if (this.#head > 1024 || this.#head === this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    if (this.#isIdle()) {
      for (const resolve of this.#waitingForIdle) resolve();
      this.#waitingForIdle.clear();
    }
  }

  async #deliver(job: Job<Message>): Promise<void> {
    job.attempt++;
    this.#counts.sent++;
    const request = this.#options.prepare(job.message, job.target, job.attempt);
    // A connection that breaks is an answer that is no acknowledgement: it leads to a re-send below.
    const response = await this.#post(request).catch(() => undefined);
    if (response && this.#options.acknowledged(response)) {
      this.#counts.acknowledged++;
      return;
    }
    this.#counts.refused++;
    const pauseMs = (this.#options.resendAfterMs ?? defaultResends)[job.attempt - 1];
    if (pauseMs === undefined || this.#stopped) {
      this.#counts.givenUp++;
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#queue.push(job);
      this.#pump();
    }, pauseMs);
    this.#timers.set(timer, job);
  }

  #post(request: OutgoingWebhook): Promise<WebhookResponse> {
    return new Promise((resolve, reject) => {
      const secure = request.url.startsWith('https:');
      const sent = (secure ? https : http).request(
        request.url,
        {
          method: request.method ?? 'POST',
          agent: secure ? this.#httpsAgent : this.#httpAgent,
          headers: { ...request.headers, ...lengthOf(request.body) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            clearTimeout(deadline);
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
          });
        },
      );
      const deadline = setTimeout(
        () => sent.destroy(new Error('No answer in time.')),
        this.#options.timeoutMs ?? 5000,
      );
      sent.on('error', reject);
      sent.on('close', () => {
        clearTimeout(deadline);
        reject(new Error('The connection was closed.'));
      });
      sent.end(request.body);
    });
  }

  #isIdle(): boolean {
    return (
      this.#running === 0 &&
      this.#timers.size === 0 &&
      this.#held.length === 0 &&
      this.#head >= this.#queue.length
    );
  }
}

function lengthOf(body: string | Uint8Array | undefined): Record<string, number> {
  return body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
}
