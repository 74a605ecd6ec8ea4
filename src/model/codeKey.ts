/**
 * Keys of code tables with several key columns, as one text a person can read and type: the parts in order, with a
 * bar between them, `S01|CNY`. A bar or backslash inside a part is written with a backslash before it. The key of a
 * table with one key column is that column as it is.
 */

/** One key of several parts. A single part stays as it is. */
export function joinKey(parts: readonly string[]): string {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return parts.map((part) => part.replace(/[\\|]/g, '\\$&')).join('|');
}

/** The parts of a key of `count` columns; undefined when it has another number of them. */
export function splitKey(key: string, count: number): string[] | undefined {
  if (count === 1) return [key];
  const parts = [''];
  for (let at = 0; at < key.length; at += 1) {
    const character = key[at] as string;
    if (character === '|') parts.push('');
    else if (character === '\\' && at + 1 < key.length) {
      at += 1;
      parts.push(`${parts.pop()}${key[at]}`);
    } else parts.push(`${parts.pop()}${character}`);
  }
  return parts.length === count ? parts : undefined;
}
