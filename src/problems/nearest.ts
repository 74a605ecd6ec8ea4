/** Nearest right names for a wrong one, for hints. */

/**
 * Up to three of `names` close to `wrong`, nearest first: by Damerau-Levenshtein distance without case,
 * a third of the length at most (one letter for short names); a name that has `wrong` as its last segment counts as near.
 */
export function nearest(wrong: string, names: Iterable<string>): string[] {
  const target = wrong.toLowerCase();
  const limit = wrong.length <= 4 ? 1 : Math.max(2, Math.floor(wrong.length / 3));
  const scored: { name: string; distance: number }[] = [];
  for (const name of new Set(names)) {
    const candidate = name.toLowerCase();
    const isTail = candidate.endsWith(`.${target}`) || target.endsWith(`.${candidate}`);
    const distance = isTail ? 1 : editDistance(target, candidate, limit);
    if (distance <= limit) scored.push({ name, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return scored.slice(0, 3).map((entry) => entry.name);
}

/** "Did you mean a, b or c?", or undefined when nothing is near. */
export function didYouMean(wrong: string, names: Iterable<string>): string | undefined {
  const near = nearest(wrong, names);
  if (near.length === 0) return undefined;
  const last = near.pop();
  return near.length === 0 ? `Did you mean ${last}?` : `Did you mean ${near.join(', ')} or ${last}?`;
}

/** Damerau-Levenshtein (optimal string alignment); anything above `limit` may be reported as limit + 1. */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** `did you mean …?` for a name that is close to a known one, else the known names. */
export function hintFor(wrong: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const [close] = nearest(wrong, known);
  if (close !== undefined) return `did you mean ${close}?`;
  const shown = known.slice(0, 12).join(', ');
  return `expected ${known.length === 1 ? '' : 'one of '}${shown}${known.length > 12 ? ', …' : ''}`;
}
