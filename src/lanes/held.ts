/** What of telling others is held until a person has seen to it: why, and what to do. */
import { errorTable } from '../errors.ts';
import { heldRules, heldSubscriptions } from '../ledger/held-outward.ts';
import type { Sql } from '../ledger/sql.ts';

interface Held {
  readonly state: string;
  readonly code: string | null;
  readonly reason: string | null;
  /** UTC ISO-8601. */
  readonly since: string;
  readonly todo: string;
}

export interface HeldOutward {
  readonly subscriptions: readonly (Held & { readonly name: string })[];
  readonly rules: readonly (Held & { readonly rule: string; readonly count: number })[];
}

export async function heldOutward(sql: Sql): Promise<HeldOutward> {
  const [subscriptions, rules] = await Promise.all([heldSubscriptions(sql), heldRules(sql)]);
  return {
    subscriptions: subscriptions.map(({ since, ...one }) => ({
      ...one,
      since: since.toISOString(),
      todo: advice(
        one.code,
        `lianhub subscriptions enable ${one.name}, then lianhub deliveries replay --subscription ${one.name} ` +
          `--since ${since.toISOString()} --missing`,
      ),
    })),
    rules: rules.map(({ since, ...one }) => ({
      ...one,
      since: since.toISOString(),
      todo: advice(
        one.code,
        one.state === 'unknown'
          ? `lianhub rules list --rule ${one.rule} --state unknown, look at the system whether it was done, then lianhub rules resolve`
          : `lianhub rules list --rule ${one.rule} --state failed, then lianhub rules retry or skip`,
      ),
    })),
  };
}

/** What the code's row of the table advises, and the commands. */
function advice(code: string | null, commands: string): string {
  const table: Readonly<Record<string, { readonly message: string; readonly hint?: string }>> = errorTable;
  const hint = code === null ? undefined : table[code]?.hint;
  return hint === undefined ? commands : `${hint} ${commands}`;
}
