/** Two texts compared line by line. Pure. */

export interface DiffLine {
  readonly change: 'same' | 'removed' | 'added';
  /** Line in the text before, from 1; null for one that was added. */
  readonly before: number | null;
  readonly after: number | null;
  readonly text: string;
}

/** Lines compared one by one with all others, at most; what differs in more of them is told as replaced. */
const mostCells = 4_000_000;

/**
 * Every line of both texts: what stayed, what went, what came.
 *
 * @example lineDiff('a\nb', 'a\nc') // same a, removed b, added c
 */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [one, two] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < one.length && head < two.length && one[head] === two[head]) head += 1;
  let tail = 0;
  while (
    tail < one.length - head &&
    tail < two.length - head &&
    one[one.length - 1 - tail] === two[two.length - 1 - tail]
  )
    tail += 1;
  const found: DiffLine[] = [];
  const tell = (change: DiffLine['change'], a: number, b: number): void => {
    found.push({
      change,
      before: change === 'added' ? null : a + 1,
      after: change === 'removed' ? null : b + 1,
      text: (change === 'added' ? two[b] : one[a]) ?? '',
    });
  };
  for (let at = 0; at < head; at += 1) tell('same', at, at);
  between(one, two, [head, one.length - tail], [head, two.length - tail], tell);
  for (let left = tail; left > 0; left -= 1) tell('same', one.length - left, two.length - left);
  return found;
}

type Range = readonly [from: number, to: number];

/** The longest common lines of what stands between, by the table of their lengths. */
function between(
  one: readonly string[],
  two: readonly string[],
  [a0, a1]: Range,
  [b0, b1]: Range,
  tell: (change: DiffLine['change'], a: number, b: number) => void,
): void {
  const [rows, columns] = [a1 - a0, b1 - b0];
  if (rows * columns > mostCells) {
    for (let a = a0; a < a1; a += 1) tell('removed', a, b0);
    for (let b = b0; b < b1; b += 1) tell('added', a1, b);
    return;
  }
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  const at = (a: number, b: number): number => lengths[a * width + b] ?? 0;
  for (let a = rows - 1; a >= 0; a -= 1)
    for (let b = columns - 1; b >= 0; b -= 1)
      lengths[a * width + b] =
        one[a0 + a] === two[b0 + b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
  let [a, b] = [0, 0];
  while (a < rows || b < columns) {
    if (a < rows && b < columns && one[a0 + a] === two[b0 + b]) {
      tell('same', a0 + a, b0 + b);
      a += 1;
      b += 1;
    } else if (b >= columns || (a < rows && at(a + 1, b) >= at(a, b + 1))) {
      tell('removed', a0 + a, b0 + b);
      a += 1;
    } else {
      tell('added', a0 + a, b0 + b);
      b += 1;
    }
  }
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
