/**
 * Every error the hub itself makes, in one table: a stable code, the HTTP status it is answered with, a
 * sentence that tells the operator what is wrong, and, where it helps, what to do. `{name}` in a sentence is
 * filled in when the error is made; never put a secret, a body or a header there. The cause is for engineers
 * and is neither sent nor printed as part of the sentence.
 *
 * What vendors answer is not here: that is a connector's own error table.
 */
import { accessErrors } from './error-table/access.ts';
import { configurationErrors } from './error-table/configuration.ts';
import { dailyErrors } from './error-table/daily.ts';
import { decisionErrors } from './error-table/decisions.ts';
import { deliveryErrors } from './error-table/delivery.ts';
import type { ErrorRow } from './error-table/row.ts';
import { runningErrors } from './error-table/running.ts';
import { signInErrors } from './error-table/sign-in.ts';
import { subscriptionErrors } from './error-table/subscriptions.ts';
import { webhookErrors } from './error-table/webhooks.ts';

export { type Phrase, phrases } from './error-table/phrases.ts';
export type { ErrorRow } from './error-table/row.ts';
export { type StuckRow, stuckTable } from './error-table/stuck.ts';
export { words } from './error-table/words.ts';

export const errorTable = {
  ...runningErrors,
  ...accessErrors,
  ...configurationErrors,
  ...dailyErrors,
  ...decisionErrors,
  ...deliveryErrors,
  ...signInErrors,
  ...subscriptionErrors,
  ...webhookErrors,
};

export type ErrorCode = keyof typeof errorTable;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The values the sentence of a code asks for. */
export type ErrorValues<Code extends ErrorCode> = Readonly<
  Record<Placeholders<(typeof errorTable)[Code]['message']>, string | number>
>;

/** The document of RFC 9457, `application/problem+json`. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  /** What the sentence was filled with, for whoever says it in another language. */
  readonly parameters?: Readonly<Record<string, string | number>>;
}

/**
 * An error with a stable code. `message` is the operator's sentence and safe to print and to send.
 *
 * @example
 * throw new HubError('data.in-use', { dir: '/srv/hub/data' });
 */
export class HubError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly status: number;
  readonly hint: string | undefined;
  /** What sentence and hint were filled with. */
  readonly values: Readonly<Record<string, string | number>>;

  constructor(code: Code, values: ErrorValues<Code>, cause?: unknown) {
    const row: ErrorRow = errorTable[code];
    super(fill(row.message, values), cause === undefined ? undefined : { cause });
    this.name = 'HubError';
    this.code = code;
    this.status = row.status;
    this.hint = row.hint === undefined ? undefined : fill(row.hint, values);
    this.values = values;
  }

  /** What an HTTP client is told. */
  toProblem(): ProblemDocument {
    return {
      type: `urn:lianhub:${this.code}`,
      title: this.code,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(Object.keys(this.values).length === 0 ? {} : { parameters: this.values }),
    };
  }

  /** What a terminal is told: the sentence, and what to do on a second line. */
  toText(): string {
    return this.hint === undefined ? this.message : `${this.message}\n  ${this.hint}`;
  }
}

/** Whether something thrown is a HubError, of one code if given. */
export function isHubError<Code extends ErrorCode>(thrown: unknown, code?: Code): thrown is HubError<Code> {
  return thrown instanceof HubError && (code === undefined || thrown.code === code);
}

/** The plain reason of something thrown, for use inside another sentence. Never contains a stack. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return reasonOf(thrown.errors[0]);
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return text.replace(/\s+/g, ' ').replace(/\.$/, '');
}

function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
