/**
 * Order of a vendor's revisions. They come as times or as numbers, each written in several ways: "9" and "10", a time
 * with and without fractions or zone. As texts those do not sort.
 */
import { decimal } from '../model/index.ts';

/**
 * How far ahead of the moment it was received a revision may be, milliseconds: the wall clock of the easternmost zone
 * written as if it were UTC, and an hour for clocks that are not set well.
 */
const allowanceMs = 15 * 3_600_000;
/** Numbers of this many digits may be seconds or milliseconds since the epoch, up to the year 2100. */
const lastSecond = 4_102_444_800;

const time =
  /^(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(?:(Z)|([+-])(\d\d):?(\d\d))?$/i;
const compact = /^(20\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})?$/;

interface Moment {
  /** Milliseconds since the epoch, of the wall clock when no zone is told. */
  readonly ms: number;
  /** Digits of the second below milliseconds count too: nanoseconds within the second. */
  readonly fraction: string;
  readonly zoned: boolean;
}

/**
 * Negative when `a` is older than `b`, positive when it is newer, 0 when they are the same; undefined when the two do
 * not tell: one is missing, they are of different kinds, or only one of two times names its zone. Texts that are
 * neither times nor numbers are compared as texts.
 */
export function compareRevisions(
  a: string | null | undefined,
  b: string | null | undefined,
): number | undefined {
  if (!a || !b) return undefined;
  if (a === b) return 0;
  const [left, right] = [momentOf(a), momentOf(b)];
  if (left && right) {
    if (left.zoned !== right.zoned) return undefined;
    return left.ms - right.ms || signOf(left.fraction, right.fraction);
  }
  if (left || right) return undefined;
  const numbers = [a, b].filter((one) => decimal.isDecimal(one)).length;
  if (numbers === 2) return decimal.cmp(a, b);
  if (numbers === 1) return undefined;
  return signOf(a, b);
}

/**
 * The revision as far as it can be believed: one from the future, of a clock that is years off, would shut out whatever
 * the object tells later. It counts as none. One from the past is fine: it only has to be in order.
 */
export function soundRevision(revision: string | null | undefined, received: Date): string | null {
  if (!revision) return null;
  const claimed = claimedMs(revision);
  return claimed !== undefined && claimed > received.getTime() + allowanceMs ? null : revision;
}

/** The revision as a UTC time (`…Z`), when it is one that names its zone. */
export function instantOf(revision: string | null): string | undefined {
  const moment = revision === null ? undefined : momentOf(revision);
  return moment?.zoned ? new Date(moment.ms).toISOString() : undefined;
}

/** When a revision says it was made, if it is a time at all. A number that may be a time is taken for one. */
function claimedMs(revision: string): number | undefined {
  const moment = momentOf(revision);
  if (moment) return moment.ms;
  if (/^\d{10}$/.test(revision) && Number(revision) < lastSecond) return Number(revision) * 1000;
  if (/^\d{13}$/.test(revision) && Number(revision) < lastSecond * 1000) return Number(revision);
  const digits = compact.exec(revision);
  if (!digits) return undefined;
  const [, year, month, day, hour, minute, second] = digits.map(Number);
  const ms = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  return Number.isNaN(ms) ? undefined : ms;
}

function momentOf(text: string): Moment | undefined {
  const found = time.exec(text.trim());
  if (!found) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', utc, sign, h, m] = found;
  const wall = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  if (Number.isNaN(wall)) return undefined;
  const offset = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(h) * 60 + Number(m)) * 60_000;
  const digits = fraction.padEnd(9, '0');
  return {
    ms: wall - offset + Number(digits.slice(0, 3)),
    fraction: digits.slice(3),
    zoned: utc !== undefined || sign !== undefined,
  };
}

function signOf(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
