import type { LinkRow } from '../../ledger/links.ts';
import type { ShadowRow } from '../../ledger/shadows.ts';
import { isNormalForm } from '../../merge/index.ts';
import { isObject, isPhoneClaim, type Json, type JsonObject } from '../../model/index.ts';
import type { Prepared } from './prepare.ts';

/**
 * What an item says without what it only says because it was told between two writes of ours: values sent before the
 * last ones. They are gone, or about to go, and count as not told. A reading begun after the last write was done shows
 * what is there, whatever was sent before. Pure.
 */
export function withoutOwnWrites(
  item: Pick<Prepared, 'readAt'>,
  told: JsonObject,
  link: LinkRow | undefined,
  shadow: ShadowRow | undefined,
): JsonObject {
  if (!shadow?.earlier || !shadow.outstanding) return told;
  const isUnderWay = link?.state === 'due';
  if (item.readAt !== null && !isUnderWay) return told;
  return without(told, shadow.outstanding, shadow.earlier);
}

function without(told: JsonObject, sent: JsonObject, earlier: readonly JsonObject[]): JsonObject {
  const kept: Record<string, Json> = {};
  let all = true;
  for (const [name, value] of Object.entries(told)) {
    const before = earlier.map((one) => one[name]);
    const now = sent[name];
    if (isObject(value) && !isPhoneClaim(value)) {
      const inner = without(value, isObject(now) ? now : {}, before.filter(isObject));
      kept[name] = inner;
      all &&= inner === value;
    } else if (
      isNormalForm(value, now) ||
      !before.some((one) => one !== undefined && isNormalForm(value, one))
    ) {
      kept[name] = value;
    } else all = false;
  }
  return all ? told : kept;
}
