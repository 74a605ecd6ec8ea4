/**
 * A limiter whose limits hold over all processes of a hub. Permits are taken from the ledger in small blocks and
 * handed to calls in memory; what is not used in time goes back, and what a killed process had runs out by itself.
 */
import { fail } from '../../../connectors/kit/errors.ts';
import { caught, type Limiter, once, stopped, tooFast } from '../../../connectors/kit/limiter.ts';
import { manyMayListen } from '../../../connectors/kit/listeners.ts';
import { type CallKind, spentAs } from '../../../connectors/kit/shared.ts';
import type { Limits } from '../../../connectors/kit/types.ts';
import type { Budget } from './budget.ts';
import {
  type Answer,
  goodForMs,
  holderLeaseMs,
  type Purpose,
  type Question,
  type Returned,
  sendWithinMs,
  travelMs,
} from './decide.ts';
import { windowsOf } from './windows.ts';

export interface SharedLimiterOptions {
  readonly holder: string;
  /** For sentences: `erp`, `pos/S01`. */
  readonly name: string;
  readonly limits: Limits;
  readonly budget: Budget;
  /** Asks the ledger. */
  ask(question: Question): Promise<Answer>;
  /** Milliseconds; must go forward. Default: a monotonic clock. */
  readonly now?: () => number;
  /** Longest a call waits for a rate, ms. Default 30 000. */
  readonly maxWaitMs?: number;
}

/** Permits of one grant. */
interface Block {
  readonly id: number;
  readonly date: string | undefined;
  readonly parts: { readonly purpose: Purpose; readonly share: CallKind; left: number }[];
  goodUntil: number;
  /** The last moment one of its calls can have been counted by the vendor. */
  settledAt: number;
  /** Calls that have not been answered. */
  readonly open: Set<Call>;
}

interface Call {
  readonly purpose: Purpose;
  startedAt: number;
  start(block: Block | undefined): void;
  giveUp(error: unknown): void;
}

/** A process that waits for what others hold asks this often, ms. */
const askAgainMs = 200;
/** Permits asked for at once, at the most. */
const most = 10_000;
/** While calls are under way the ledger is told so this often, ms: it is also how a process hears of others. */
const renewMs = 1_000;

export class SharedLimiter implements Limiter {
  readonly sendWithinMs: number | undefined;
  readonly #options: SharedLimiterOptions;
  readonly #now: () => number;
  readonly #maxWaitMs: number;
  readonly #spacingMs: number;
  /** A block used up in this time costs next to nothing of the pace: a fiftieth of the shortest window, ms. */
  readonly #quickMs: number;
  readonly #rated: boolean;
  readonly #limited: boolean;
  readonly #queue = new Set<Call>();
  #blocks: Block[] = [];
  #busy = 0;
  #slots = 0;
  #slotsUntil = Number.NEGATIVE_INFINITY;
  /** How many permits to ask for at once beyond those that wait: learnt from how fast the last ones went. */
  #ahead = 1;
  #asking: Promise<void> | undefined;
  #askAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #stopped = false;
  /** The ledger knows of something this process holds. */
  #known = false;

  constructor(options: SharedLimiterOptions) {
    const { limits, now = () => performance.now(), maxWaitMs = 30_000 } = options;
    this.#options = options;
    this.#now = now;
    this.#maxWaitMs = maxWaitMs;
    const windows = windowsOf(limits);
    this.#spacingMs = Math.max(0, ...windows.map(({ count, lengthMs }) => lengthMs / count));
    this.#quickMs = Math.min(goodForMs / 2, ...windows.map(({ lengthMs }) => lengthMs / 50));
    this.#rated = windows.length > 0 || limits.perDay !== undefined;
    this.#limited = limits.concurrent !== undefined;
    if (windows.length > 0) this.sendWithinMs = sendWithinMs;
  }

  acquire(signal: AbortSignal, write = false): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const leave = (error: unknown): void => {
        signal.removeEventListener('abort', onAbort);
        this.#queue.delete(call);
        reject(error);
      };
      const call: Call = {
        purpose: this.#purposeOf(signal, write),
        startedAt: 0,
        start: (block) => {
          signal.removeEventListener('abort', onAbort);
          resolve(once(() => this.#ended(call, block)));
        },
        giveUp: leave,
      };
      const onAbort = (): void => leave(caught(() => stopped(signal)));
      if (signal.aborted) return onAbort();
      if (this.#stopped) return leave(caught(() => unavailable('the hub stops')));
      manyMayListen(signal);
      signal.addEventListener('abort', onAbort, { once: true });
      const expected = this.#queue.size * this.#spacingMs;
      if (expected > this.#maxWaitMs) return leave(caught(() => tooFast(expected)));
      this.#queue.add(call);
      this.#drain();
    });
  }

  /**
   * Only a day is divided between kinds of work. Without one all calls draw on the same permits: one kind of them left over
   * would hold a block, and with it the window, until it goes bad.
   */
  #purposeOf(signal: AbortSignal, write: boolean): Purpose {
    if (this.#options.limits.perDay === undefined) return 'any';
    return spentAs(signal) ?? (write ? 'write' : 'any');
  }

  /** Gives everything back; calls that wait end with `retry`. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const call of this.#queue) call.giveUp(caught(() => unavailable('the hub stops')));
    await this.#asking;
    if (!this.#known) return;
    this.#busy = 0;
    for (const block of this.#blocks) {
      block.goodUntil = Number.NEGATIVE_INFINITY;
      block.open.clear();
    }
    await this.#options.ask(this.#question()).catch(() => {
      // Without a ledger it runs out by itself.
    });
  }

  #drain(): void {
    if (this.#stopped) return;
    const now = this.#now();
    const lacking = new Set<Purpose>();
    for (const call of this.#queue) {
      if (this.#limited && (this.#busy >= this.#slots || now >= this.#slotsUntil)) {
        this.#askSoon(now);
        return;
      }
      if (lacking.has(call.purpose)) continue;
      const block = this.#rated ? this.#take(call.purpose, now) : undefined;
      if (this.#rated && !block) {
        lacking.add(call.purpose);
        this.#askSoon(now);
        continue;
      }
      this.#queue.delete(call);
      this.#busy += 1;
      call.startedAt = now;
      if (block) {
        block.open.add(call);
        block.settledAt = Math.max(block.settledAt, now + travelMs);
      }
      call.start(block);
    }
    if (this.#known) this.#wakeAt(now + renewMs);
  }

  #take(purpose: Purpose, now: number): Block | undefined {
    for (const block of this.#blocks) {
      if (now >= block.goodUntil) continue;
      const part = block.parts.find((one) => one.purpose === purpose && one.left > 0);
      if (!part) continue;
      part.left -= 1;
      // All permits of a block count until its last call is answered, so it should be used up in no time.
      if (isUsed(block)) {
        const tookMs = now - (block.goodUntil - goodForMs);
        this.#ahead = tookMs < this.#quickMs ? Math.min(most, this.#ahead * 2) : Math.ceil(this.#ahead / 2);
      }
      return block;
    }
    return undefined;
  }

  #ended(call: Call, block: Block | undefined): void {
    this.#busy -= 1;
    if (block?.open.delete(call) && block.open.size === 0) {
      // All were answered: none can be counted by the vendor any more.
      block.settledAt = Math.min(block.settledAt, this.#now());
      // Those who wait for the window may have less to wait now that this can be told.
      if (isUsed(block) && this.#queue.size > 0) this.#askAt = this.#now();
    }
    this.#drain();
  }

  #askSoon(now: number): void {
    if (this.#asking) return;
    if (now < this.#askAt) {
      this.#wakeAt(this.#askAt);
      return;
    }
    this.#ask();
  }

  #ask(): void {
    const began = this.#now();
    const question = this.#question();
    this.#known = true;
    const asking = this.#options
      .ask(question)
      .then(
        (answer) => this.#heard(question, answer, began),
        (error: unknown) => this.#failed(error),
      )
      .finally(() => {
        this.#asking = undefined;
        this.#drain();
      });
    this.#asking = asking;
  }

  #question(): Question {
    const { holder, limits, budget } = this.#options;
    const now = this.#now();
    const returned: Returned[] = [];
    this.#blocks = this.#blocks.filter((block) => {
      if (!isUsed(block) && now < block.goodUntil) return true;
      // Told once it is known when its calls were over: that frees the window sooner.
      if (block.open.size > 0 && now < block.settledAt) return true;
      const unused: Partial<Record<CallKind, number>> = {};
      for (const { share, left } of block.parts) if (left > 0) unused[share] = (unused[share] ?? 0) + left;
      if (Object.keys(unused).length > 0) this.#ahead = 1;
      returned.push({ id: block.id, unused, date: block.date, agoMs: now - block.settledAt });
      return false;
    });
    const room = this.#limited && this.#slots > 0 ? Math.max(1, this.#slots - this.#busy) : this.#queue.size;
    const wants: Partial<Record<Purpose, number>> = {};
    if (this.#rated) {
      for (const { purpose } of this.#queue) wants[purpose] = (wants[purpose] ?? 0) + 1;
      for (const [purpose, count] of Object.entries(wants) as [Purpose, number][]) {
        wants[purpose] = Math.max(Math.min(count, room), this.#ahead) - this.#inHand(purpose, now);
      }
    }
    return {
      holder,
      limits,
      budget,
      wants,
      returned,
      busy: this.#busy,
      demand: this.#busy + this.#queue.size,
      waiting: this.#queue.size,
    };
  }

  #inHand(purpose: Purpose, now: number): number {
    return this.#blocks.reduce(
      (sum, block) =>
        now >= block.goodUntil
          ? sum
          : sum + block.parts.reduce((of, one) => (one.purpose === purpose ? of + one.left : of), 0),
      0,
    );
  }

  #heard(question: Question, answer: Answer, began: number): void {
    const now = this.#now();
    this.#slots = answer.slots;
    this.#slotsUntil = began + holderLeaseMs;
    if (question.demand === 0) this.#known = false;
    if (answer.grant) {
      this.#blocks.push({
        id: answer.grant.id,
        date: answer.grant.date,
        parts: answer.grant.parts.map(({ purpose, share, count }) => ({ purpose, share, left: count })),
        goodUntil: began + goodForMs,
        settledAt: began,
        open: new Set(),
      });
    }
    for (const call of this.#queue) {
      if (answer.usedUp.includes(call.purpose)) call.giveUp(caught(() => this.#budgetUsed(call, answer)));
    }
    if (answer.opensInMs > this.#maxWaitMs) {
      for (const call of this.#queue) call.giveUp(caught(() => tooFast(answer.opensInMs)));
    }
    const short = this.#limited && this.#busy + this.#queue.size > answer.slots;
    // What opens is open to all: those that wait for it do not all come back in the same moment.
    const opens = now + answer.opensInMs + Math.random() * 10;
    // What this process has not given back yet may free the window sooner than the ledger knows.
    const sooner = Math.min(opens, ...this.#blocks.map((block) => Math.max(now + 10, block.settledAt)));
    if (answer.opensInMs > 0) this.#askAt = sooner;
    else if (short)
      this.#askAt = now + (answer.contended ? askAgainMs * (0.75 + Math.random() / 2) : renewMs);
    else this.#askAt = now;
  }

  #budgetUsed({ purpose }: Call, { resetsInMs }: Answer): never {
    const { name, budget } = this.#options;
    const what = purpose === 'any' ? 'calls' : `share for ${purpose}`;
    const at = new Date(Date.now() + resetsInMs).toISOString();
    fail({
      kind: 'retry',
      code: 'http.budget-used',
      message: `Today's ${what} of ${name} is used up; it goes on at ${at}, midnight in ${budget.zone}.`,
      afterMs: Math.ceil(resetsInMs),
    });
  }

  #failed(error: unknown): void {
    this.#askAt = this.#now() + askAgainMs;
    for (const call of this.#queue)
      call.giveUp(caught(() => unavailable('the ledger does not answer', error)));
  }

  #wakeAt(moment: number): void {
    if (this.#timer && this.#timerAt <= moment) return;
    clearTimeout(this.#timer);
    this.#timerAt = moment;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        // Renewing, or giving back what nobody here needs any more.
        if (!this.#asking && this.#known && this.#now() >= this.#askAt) this.#ask();
        else this.#drain();
      },
      Math.max(1, Math.ceil(moment - this.#now())),
    );
    this.#timer.unref();
  }
}

function isUsed(block: Block): boolean {
  return block.parts.every((part) => part.left === 0);
}

function unavailable(why: string, cause?: unknown): never {
  fail(
    {
      kind: 'retry',
      code: 'http.limits-unknown',
      message: `Whether this connection may call now cannot be told (${why}); nothing was sent.`,
      afterMs: 1_000,
    },
    cause,
  );
}
