import { fail } from '../kit/index.ts';

const minuteMs = 60_000;
/** Members remembered before those that are long quiet are forgotten. */
const sweepAt = 10_000;

/**
 * Messages to one member: beyond 30 a minute WeCom drops them and answers success all the same (verified), so that is
 * refused before it is sent. Of members named one by one, and of this process.
 */
export class MemberPace {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #sent = new Map<string, number[]>();

  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Counts a message to each of them, or none: throws `throttle` `wecom.member-limit` when one has had enough. */
  take(members: readonly string[]): void {
    const now = this.#now();
    if (this.#sent.size > sweepAt) this.#sweep(now);
    const unique = [...new Set(members.map((member) => member.toLowerCase()))];
    const recent = unique.map((member) => (this.#sent.get(member) ?? []).filter((at) => at > now - minuteMs));
    const full = recent.findIndex((sent) => sent.length >= this.#perMinute);
    if (full >= 0) {
      fail({
        kind: 'throttle',
        code: 'wecom.member-limit',
        message: `Member ${unique[full]} has been sent ${this.#perMinute} messages within a minute; WeCom would drop this one without a word.`,
        afterMs: (recent[full]?.[0] ?? now) + minuteMs - now,
      });
    }
    unique.forEach((member, at) => {
      this.#sent.set(member, [...(recent[at] ?? []), now]);
    });
  }

  #sweep(now: number): void {
    for (const [member, sent] of this.#sent) {
      if ((sent.at(-1) ?? 0) <= now - minuteMs) this.#sent.delete(member);
    }
  }
}
