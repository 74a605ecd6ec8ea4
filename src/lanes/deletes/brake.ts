/** How many deletions are believed without a person. */
import type { DeletePolicy } from '../landscape.ts';

/**
 * Why so many deletions are not believed, in one sentence; undefined when they are within both bounds. Pure.
 *
 * @param gone Copies deleted within the hour and those that would be now.
 * @param copies All copies of the object, those counted in `gone` included.
 */
export function brakeReason(
  { brake, max }: Pick<DeletePolicy, 'brake' | 'max'>,
  { gone, copies }: { readonly gone: number; readonly copies: number },
): string | undefined {
  if (gone <= 0) return undefined;
  if (gone > max) return `${gone} would be deleted within an hour, and at most ${max} may be (max)`;
  // Compared as whole numbers: a share of exactly the brake is within it.
  if (gone * 100 <= brake * copies) return undefined;
  return `${gone} of ${copies} would be deleted within an hour, and at most ${brake}% may be (brake)`;
}

/** The tighter bounds of several parties that share one object. */
export function tightest(policies: readonly DeletePolicy[]): Pick<DeletePolicy, 'brake' | 'max'> {
  return {
    brake: Math.min(...policies.map((policy) => policy.brake)),
    max: Math.min(...policies.map((policy) => policy.max)),
  };
}
