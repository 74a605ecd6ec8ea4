/** What a database does with `order by … limit n`; for simulators, whose tables may be long. */

/**
 * The first `count` rows in an order, as sorting and cutting would give them, without sorting what is cut off. Rows that
 * are equal stay as they stood.
 */
export function firstRows<Row>(
  rows: Iterable<Row>,
  compare: (a: Row, b: Row) => number,
  count: number,
): Row[] {
  const first: Row[] = [];
  for (const row of rows) {
    const last = first.at(-1);
    if (first.length >= count && (last === undefined || compare(row, last) >= 0)) continue;
    let low = 0;
    let high = first.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(row, first[middle] as Row) < 0) high = middle;
      else low = middle + 1;
    }
    first.splice(low, 0, row);
    if (first.length > count) first.pop();
  }
  return first;
}
