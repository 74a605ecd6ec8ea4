/** `did you mean …?` for a name that is close to a known one, else the known names. */
export function hintFor(wrong: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const close = nearest(wrong, known);
  if (close !== undefined) return `did you mean ${close}?`;
  const shown = known.slice(0, 12).join(', ');
  return `expected ${known.length === 1 ? '' : 'one of '}${shown}${known.length > 12 ? ', …' : ''}`;
}

/** The known name with the fewest changes, if they are few enough to be a slip. */
export function nearest(wrong: string, known: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(wrong.length / 3));
  const [best] = known
    .map((name) => ({ name, changes: changesBetween(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ changes }) => changes <= most)
    .toSorted((a, b) => a.changes - b.changes);
  return best?.name;
}

/** Letters to add, drop, replace or swap with their neighbour to get from one word to the other. */
export function changesBetween(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      let least = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] ?? 0;
}
