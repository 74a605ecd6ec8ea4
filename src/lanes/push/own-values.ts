/** What goes out where systems disagree: to each its own value, until a person has decided. */
import type { RecordRow } from '../../ledger/records.ts';
import type { ShadowRow } from '../../ledger/shadows.ts';
import type { OutResult } from '../../mapping/index.ts';
import { shownAt, withShownAt } from '../../merge/index.ts';
import { equal, isObject, isPhoneClaim, type Json, type JsonObject } from '../../model/index.ts';

/** As hash of what was sent: no body has it, so the copy is written whatever it was sent before. */
export const mustBeWritten = '';

/** Ends the hash of a body that went out with own values: what was sent was not the golden record. */
const own = '~own';

/**
 * The record as one system is told it: with what that system itself shows at every disputed path, and the golden value
 * where it never showed any. The very same row when nothing differs. A masked phone is left out: to write it back
 * would destroy the digits it hides.
 */
export function ownCopy(record: RecordRow, shadow: Pick<ShadowRow, 'theirs'> | undefined): RecordRow {
  let { data } = record;
  for (const path of record.conflicted ?? []) {
    const shown = shownAt(shadow?.theirs ?? undefined, path);
    if (shown === undefined || equal(shown.value, shownAt(data, path)?.value)) continue;
    data = withShownAt(data, path, unmasked(shown.value));
  }
  return data === record.data ? record : { ...record, data };
}

/**
 * The record as a copy is told it that differed when it was paired: with its own value at every path nobody has decided
 * about, and with none where it never showed any. Unlike a conflict it stands for itself: the golden value cannot
 * change there without that being the decision, so its body is compared like any other. The very same row when nothing
 * is open.
 */
export function undecidedCopy<Row extends { readonly data: JsonObject }>(
  record: Row,
  shadow: Pick<ShadowRow, 'theirs'> | undefined,
  opening: readonly string[] | null | undefined,
): Row {
  if (!opening || opening.length === 0) return record;
  let { data } = record;
  for (const path of opening)
    data = withShownAt(data, path, unmasked(shownAt(shadow?.theirs ?? undefined, path)?.value));
  return { ...record, data };
}

/** A value as it may be written back; one that hides digits may not. */
function unmasked(value: Json | undefined): Json | undefined {
  return isPhoneClaim(value) && isObject(value) && value.kind === 'masked' ? undefined : value;
}

/**
 * Hash of a body with own values. It stands for the golden body: what another field needs is compared with that, so
 * that neither a conflict nor a new edit of the disputed value is a reason to write.
 */
export function ownHash(golden: OutResult, hash: (body: JsonObject) => string, bodyHash: string): string {
  return `${golden.ok ? hash(golden.body) : bodyHash}${own}`;
}

/** Whether a copy has what it is to have; one that was sent the golden record before the conflict began has it, too. */
export function hasIt(sent: string | undefined, bodyHash: string): boolean {
  return sent === bodyHash || `${sent}${own}` === bodyHash;
}
