import type { Notice } from '../../../connectors/kit/types.ts';
import { instantOf } from '../../merge/index.ts';

/**
 * The notices of a page that are no later than `until`, and whether the page lies beyond it: systems list the oldest
 * change first. One whose revision is no moment is kept. Pure.
 */
export function within(
  until: Date | null,
  items: readonly Notice[],
): { readonly items: readonly Notice[]; readonly isPast: boolean } {
  if (until === null) return { items, isPast: false };
  const last = until.toISOString();
  const isLater = ({ revision }: Notice): boolean => {
    const at = revision === undefined ? undefined : instantOf(revision);
    return at !== undefined && at > last;
  };
  const kept = items.filter((item) => !isLater(item));
  return { items: kept, isPast: items.length > 0 && kept.length === 0 };
}
