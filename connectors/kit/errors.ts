/**
 * Error tables: what a vendor answers, row by row, and what that means for the work (a decision).
 * One table per vendor; an error body under HTTP 200 is the normal case, so code and text count too.
 */
import { ConnectorError, type Decision, type DecisionKind } from './types.ts';

/** One row; every condition given must hold, a row without conditions always matches (put it last). */
export interface ErrorRow {
  /** HTTP status: one, several, or a class such as `'5xx'`. */
  readonly status?: number | readonly number[] | `${1 | 2 | 3 | 4 | 5}xx`;
  /** The vendor's error code, compared as text; one or several. */
  readonly code?: string | number | readonly (string | number)[];
  /** Found in the vendor's message. */
  readonly text?: RegExp;
  readonly kind: DecisionKind;
  /** Stable hub code, `<connector>.<what>`. */
  readonly hubCode: string;
  /** One sentence for the operator. `{code}` and `{text}` are replaced by what the vendor said. */
  readonly message: string;
  /** For `throttle`: how long to wait, milliseconds. */
  readonly afterMs?: number;
}

export type ErrorTable = readonly ErrorRow[];

/** What a vendor answered, as far as an error table looks at it. */
export interface VendorAnswer {
  readonly status: number;
  readonly code?: string | number | undefined;
  readonly text?: string | undefined;
}

const longestVendorText = 300;

/**
 * Checks a table once, at start. Throws when a row could never be reached because an earlier row has no
 * condition, or when a pattern carries state (`g`, `y`), which would make matching depend on history.
 */
export function defineErrorTable(rows: readonly ErrorRow[]): ErrorTable {
  rows.forEach((row, index) => {
    const catchesAll = row.status === undefined && row.code === undefined && row.text === undefined;
    if (catchesAll && index < rows.length - 1) {
      throw new Error(`Error table: row ${index + 1} (${row.hubCode}) hides the rows after it.`);
    }
    if (row.text && (row.text.global || row.text.sticky)) {
      throw new Error(`Error table: row ${index + 1} (${row.hubCode}) uses a pattern with flag g or y.`);
    }
  });
  return Object.freeze([...rows]);
}

/** The decision of the first row that matches; undefined when none does. */
export function decide(table: ErrorTable, answer: VendorAnswer): Decision | undefined {
  const row = table.find((candidate) => matches(candidate, answer));
  if (!row) return undefined;
  return {
    kind: row.kind,
    code: row.hubCode,
    message: fill(row.message, answer),
    ...(row.afterMs === undefined ? {} : { afterMs: row.afterMs }),
  };
}

/** Throws the decision as a ConnectorError; `cause` is for engineers only. */
export function fail(decision: Decision, cause?: unknown): never {
  throw new ConnectorError(decision, cause);
}

/** True for an error that carries a decision of one of the kinds given (any kind when none is given). */
export function isDecision(error: unknown, ...kinds: readonly DecisionKind[]): error is ConnectorError {
  return error instanceof ConnectorError && (kinds.length === 0 || kinds.includes(error.decision.kind));
}

function matches(row: ErrorRow, answer: VendorAnswer): boolean {
  return (
    (row.status === undefined || statusMatches(row.status, answer.status)) &&
    (row.code === undefined || (answer.code !== undefined && codeMatches(row.code, answer.code))) &&
    (row.text === undefined || (answer.text !== undefined && row.text.test(answer.text)))
  );
}

function statusMatches(wanted: NonNullable<ErrorRow['status']>, status: number): boolean {
  if (typeof wanted === 'number') return wanted === status;
  if (typeof wanted === 'string') return Number(wanted[0]) === Math.floor(status / 100);
  return wanted.includes(status);
}

function codeMatches(wanted: NonNullable<ErrorRow['code']>, code: string | number): boolean {
  const asked = String(code);
  return typeof wanted === 'object' ? wanted.some((one) => String(one) === asked) : String(wanted) === asked;
}

function fill(message: string, answer: VendorAnswer): string {
  return message.replace(/\{(code|text)\}/g, (_all, name: string) => {
    const value = name === 'code' ? answer.code : answer.text;
    return value === undefined ? '-' : oneLine(String(value));
  });
}

/** Control characters out, cut to a readable length: vendor text ends up in logs and on screens. */
function oneLine(text: string): string {
  const clean = text.replace(/\p{Cc}+/gu, ' ').trim();
  return clean.length > longestVendorText ? `${clean.slice(0, longestVendorText)}…` : clean;
}
