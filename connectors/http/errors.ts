/** What an answer of a system nobody has built a connector for means: by the rows somebody wrote, else by HTTP. */
import type { Decision, HttpAnswer, Json } from '../kit/index.ts';
import type { HttpConfig } from './config.ts';
import { isOneOf, isTold, textAt } from './paths.ts';

/** What an answer says is wrong, in the system's own words. */
export interface Refusal {
  readonly code: string | undefined;
  readonly text: string | undefined;
  readonly field: string | undefined;
}

/** An answer as it is judged. */
export interface Judged {
  readonly status: number;
  readonly headers: HttpAnswer['headers'];
  /** Undefined when the body is empty or no JSON. */
  readonly json: Json | undefined;
  readonly refusal: Refusal;
}

export interface Circumstances {
  /** `create product`, for sentences. */
  readonly what: string;
  readonly write: boolean;
  /** Whether the address names one object, so that 404 speaks of that object and not of the address. */
  readonly namesObject: boolean;
  /** Whether a new token may be had where this one is refused. */
  readonly renewable: boolean;
  readonly now: number;
}

type Settings = Pick<HttpConfig, 'success' | 'failure' | 'error' | 'errors'>;

/** Whether a 2xx answer is a success in the system's own terms. */
export function succeeds(json: Json | undefined, { success, failure }: Settings): boolean {
  if (success && !isOneOf(json, success.at, success.is)) return false;
  return !failure || !isTold(json, failure.at);
}

/** What the answer says is wrong; where nobody said where to look, at the usual places. */
export function refusalOf(
  json: Json | undefined,
  plain: string,
  { error }: Pick<Settings, 'error'>,
): Refusal {
  const first = (told: string | undefined, usual: readonly string[]): string | undefined =>
    told !== undefined
      ? textAt(json, told)
      : usual.map((at) => textAt(json, at)).find((one) => one !== undefined);
  const text = first(error.message, [
    'message',
    'error.message',
    'errors.0.message',
    'error_description',
    'detail',
    'title',
    'msg',
    'errmsg',
    'error',
  ]);
  const isPlain = json === undefined && !/^\s*</.test(plain) && plain.trim() !== '';
  return {
    code: first(error.code, ['code', 'error.code', 'errors.0.code', 'errcode']),
    text: text ?? (isPlain ? plain.trim().slice(0, 200) : undefined),
    field: error.field === undefined ? undefined : textAt(json, error.field),
  };
}

/** The decision over an answer that is no success. */
export function judge(answer: Judged, settings: Settings, about: Circumstances): Decision {
  const { refusal } = answer;
  const told = wordsOf(answer, about);
  const row = settings.errors.find(
    ({ status, code, text }) =>
      (status === undefined || listed(status).includes(answer.status)) &&
      (code === undefined || listed(code).some((one) => String(one) === refusal.code)) &&
      (text === undefined || (refusal.text !== undefined && new RegExp(text, 'u').test(refusal.text))),
  );
  if (row) {
    const message = row.message === undefined ? told : `${filled(row.message, refusal)} (${told})`;
    const wait = row.kind === 'throttle' ? { afterMs: row.afterMs ?? pauseOf(answer, about.now) } : {};
    // Nothing can have happened by reading.
    const kind = row.kind === 'unknown' && !about.write ? 'retry' : row.kind;
    return { kind, code: `rest.${row.kind}`, message, ...wait, ...fieldOf(kind, refusal) };
  }
  return { ...byStatus(answer, about, told), ...fieldOf('reject', refusal) };
}

/** An answer with a good status that is no JSON, or lacks what it must have. */
export function unclear({ what, write }: Pick<Circumstances, 'what' | 'write'>, why: string): Decision {
  return write
    ? {
        kind: 'unknown',
        code: 'rest.unclear-answer',
        message: `The answer to ${what} ${why}; the change may have happened.`,
      }
    : { kind: 'retry', code: 'rest.unclear-answer', message: `The answer to ${what} ${why}.` };
}

function byStatus(answer: Judged, about: Circumstances, told: string): Decision {
  const { status } = answer;
  const decision = (kind: Decision['kind'], code: string, advice: string): Decision => ({
    kind,
    code: `rest.${code}`,
    message: `${told}${advice === '' ? '' : `: ${advice}`}`,
  });
  if (status === 401) {
    return about.renewable
      ? decision('reauth', 'token-refused', 'the token is fetched again')
      : decision('fatal', 'not-let-in', 'check auth and the secrets of this connection');
  }
  if (status === 403) return decision('fatal', 'forbidden', 'give this account the right to do that');
  if (status === 404 || status === 410) {
    return about.namesObject
      ? decision('absent', 'absent', '')
      : decision('fatal', 'wrong-address', 'check baseUrl and the path');
  }
  if (status === 405 || status === 501)
    return decision('fatal', 'wrong-method', 'check the method and the path');
  if (status === 409) return decision(about.write ? 'conflict' : 'retry', 'conflict', '');
  if (status === 412 || status === 428) return decision('conflict', 'changed-meanwhile', '');
  if (status === 408)
    return about.write
      ? decision('unknown', 'timeout', 'it may have happened')
      : decision('retry', 'timeout', '');
  if (status === 425 || status === 429) {
    return {
      ...decision('throttle', 'too-fast', 'fewer calls are sent for a while'),
      afterMs: pauseOf(answer, about.now),
    };
  }
  if (status >= 300 && status < 400)
    return decision('fatal', 'redirected', 'redirects are not followed; set baseUrl to where it leads');
  if (status >= 500) {
    return about.write
      ? decision('unknown', 'server-error', 'the change may have happened')
      : decision('retry', 'server-error', '');
  }
  return decision('reject', 'refused', '');
}

function wordsOf({ status, refusal }: Judged, { what }: Circumstances): string {
  const code = refusal.code === undefined ? '' : `, code ${short(refusal.code)}`;
  const text = refusal.text === undefined ? '' : `, "${short(refusal.text)}"`;
  return `The system answered HTTP ${status}${code}${text} to ${what}`;
}

function fieldOf(kind: string, { field }: Refusal): { field?: string } {
  return kind === 'reject' && field !== undefined ? { field } : {};
}

function filled(message: string, { code, text }: Refusal): string {
  return message.replaceAll('{code}', short(code ?? '-')).replaceAll('{text}', short(text ?? '-'));
}

/** Control characters out, cut: it ends up in logs and on screens. */
function short(text: string): string {
  const clean = text.replace(/\p{Cc}+/gu, ' ').trim();
  return clean.length > 300 ? `${clean.slice(0, 300)}…` : clean;
}

/** What `Retry-After` says, else a minute; ms. */
function pauseOf({ headers }: Pick<Judged, 'headers'>, now: number): number {
  const told = headers['retry-after'];
  if (told === undefined) return 60_000;
  const ms = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 1000), 86_400_000) : 60_000;
}

function listed<T>(one: T | readonly T[]): readonly T[] {
  return Array.isArray(one) ? one : [one as T];
}
