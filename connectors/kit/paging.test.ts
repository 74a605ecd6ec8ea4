import { describe, expect, it } from 'vitest';
import { type ChangeQuery, listByChange } from './changes.ts';
import { failureOf } from './conformance/subject.ts';
import { listByCursor, listByPosition, listInPasses, nextLink } from './paging.ts';
import type { JsonObject, ListPage, ListRequest } from './types.ts';

const signal = new AbortController().signal;

/** Follows a list to its end; `between` is called before each page but the first. */
async function all(
  read: (request: ListRequest) => Promise<ListPage>,
  from?: JsonObject,
  between: (page: number) => void = () => {},
): Promise<{ ids: string[]; cursor: JsonObject; pages: number }> {
  const ids: string[] = [];
  let cursor = from;
  for (let page = 1; page < 200; page++) {
    if (page > 1) between(page);
    const answer = await read({ signal, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...answer.items.map((item) => item.remoteId));
    cursor = JSON.parse(JSON.stringify(answer.cursor)) as JsonObject;
    if (!answer.more) return { ids, cursor, pages: page };
  }
  throw new Error('the list does not end');
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_none, at) => `r${at}`);
const notice = (id: string) => ({ object: 'thing', remoteId: id });

describe.each(['offset', 'page'] as const)('a list by %s', (by) => {
  const listOf = (rows: string[]) => (request: ListRequest) =>
    listByPosition(
      {
        by,
        size: 4,
        idOf: (id) => id,
        notice,
        read: async ({ offset, page, size }) => {
          const start = by === 'page' ? (page - 1) * size : offset;
          return { rows: rows.slice(start, start + size), total: rows.length };
        },
      },
      request,
    );

  it.each([0, 1, 4, 5, 13])('of %i rows is told whole', async (count) => {
    const { ids } = await all(listOf(numbers(count)));
    expect([...new Set(ids)]).toEqual(numbers(count));
    expect(ids).toHaveLength(count);
  });

  it('loses no row that stays when others go away before its place', async () => {
    const rows = numbers(20);
    const { ids } = await all(listOf(rows), undefined, (page) => {
      if (page === 3) rows.splice(0, 2);
    });
    expect(ids).toEqual(expect.arrayContaining(rows));
  });

  it('is told whole by a vendor that gives fewer rows than are asked for', async () => {
    const rows = numbers(13);
    const { ids } = await all((request) =>
      listByPosition(
        {
          by,
          size: 100,
          idOf: (id) => id,
          notice,
          read: async ({ offset, page }) => {
            const start = by === 'page' ? (page - 1) * 3 : offset;
            return { rows: rows.slice(start, start + 3) };
          },
        },
        request,
      ),
    );
    expect(ids).toEqual(rows);
  });

  it('ends though rows go away all the time', async () => {
    const rows = numbers(60);
    const { pages } = await all(listOf(rows), undefined, () => rows.shift());
    expect(pages).toBeLessThan(100);
  });
});

it('a vendor that knows no pages is found out', async () => {
  const read = (request: ListRequest) =>
    listByPosition(
      { by: 'page', size: 2, idOf: (id) => id, notice, read: async () => ({ rows: ['a', 'b'] }) },
      request,
    );
  expect((await failureOf(all(read))).decision.code).toBe('paging.stuck');
});

describe('a list by cursor', () => {
  it('follows the vendor to the end and starts anew after it', async () => {
    const read = (request: ListRequest) =>
      listByCursor(
        {
          notice,
          read: async (cursor) =>
            cursor === undefined ? { rows: ['a'], next: 'x', total: 2 } : { rows: ['b'], next: '', total: 2 },
        },
        request,
      );
    const { ids, cursor } = await all(read);
    expect(ids).toEqual(['a', 'b']);
    expect((await all(read, cursor)).ids).toEqual(['a', 'b']);
  });

  it('does not run in circles', async () => {
    const stuck = { notice, read: async () => ({ rows: ['a'], next: 'x' }) };
    const again = listByCursor(stuck, { signal, cursor: { next: 'x' } });
    expect((await failureOf(again)).decision.code).toBe('paging.stuck');
  });
});

describe('a list in passes', () => {
  it('asks the next time for what changed since the pass began, and a little before', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const asked: string[] = [];
    const read = (request: ListRequest) =>
      listInPasses(
        request,
        now,
        (since, place) => {
          asked.push(since);
          now += 1000;
          const vendor = {
            notice,
            read: async (at?: string) => ({ rows: [at ?? 'a'], next: at ? '' : 'b' }),
          };
          return listByCursor(vendor, place);
        },
        60_000,
      );
    const first = await all(read);
    expect(first.ids).toEqual(['a', 'b']);
    expect((await all(read, first.cursor)).ids).toEqual(['a', 'b']);
    const [start, before] = ['1970-01-01T00:00:00.000Z', '2025-12-31T23:59:00.000Z'];
    expect(asked).toEqual([start, start, before, before]);
  });
});

describe('a link header', () => {
  const asked = 'https://shop.example/api/orders?page=1';
  it('leads to the next page of the same host only', async () => {
    expect(nextLink('<https://shop.example/api/orders?page=2,3>; rel="prev next"', asked)).toBe(
      'https://shop.example/api/orders?page=2,3',
    );
    expect(nextLink('</a?p=1>; rel=prev, </a?p=3>; title="x, y"; rel=next', asked)).toBe(
      'https://shop.example/a?p=3',
    );
    for (const none of [undefined, '', '<x', '</a>; rel="last"', '</a>'])
      expect(nextLink(none, asked)).toBeUndefined();
    const foreign = Promise.resolve().then(() => nextLink('<https://evil.example/>; rel="next"', asked));
    expect((await failureOf(foreign)).decision.code).toBe('paging.foreign-link');
  });
});

describe('a list by what changed', () => {
  const start = Date.parse('2026-01-01T00:00:00Z');
  type Row = { id: string; at: number };

  function feedOf(rows: Row[], clock: { now: number }, asked: ChangeQuery[] = []) {
    return (request: ListRequest) =>
      listByChange<Row>(
        {
          size: 4,
          overlapMs: 60_000,
          idOf: (row) => row.id,
          changedAt: (row) => new Date(Math.floor(row.at / 1000) * 1000).toISOString(),
          notice: (row) => notice(`${row.id}@${row.at}`),
          read: async (query) => {
            asked.push(query);
            const [from, to] = [Date.parse(query.from), Date.parse(query.to) + 999];
            const found = rows
              .filter((row) => row.at >= from && row.at <= to)
              .toSorted((a, b) => a.at - b.at);
            return found.slice((query.page - 1) * query.size, query.page * query.size);
          },
        },
        request,
        clock.now,
      );
  }

  it.each([0, 1, 4, 9, 30])('tells %i rows of one and the same second once each', async (count) => {
    const rows = Array.from({ length: count }, (_none, at) => ({ id: `r${at}`, at: start }));
    const { ids } = await all(feedOf(rows, { now: start + 90_000 }));
    expect(new Set(ids).size).toBe(count);
    expect(ids).toHaveLength(count);
  });

  it('loses no row when rows it has told move to the end meanwhile', async () => {
    const clock = { now: start + 100_000 };
    // Six seconds with five rows each: every page border cuts through one.
    const rows = Array.from({ length: 30 }, (_none, at) => ({
      id: `r${at}`,
      at: start + Math.floor(at / 5) * 1000,
    }));
    const read = feedOf(rows, clock);
    const first = await all(read, undefined, (page) => {
      clock.now += 1000;
      const row = rows[page % 7];
      if (row && page < 12) row.at = clock.now;
    });
    clock.now += 1000;
    const second = await all(read, first.cursor);
    const told = new Set([...first.ids, ...second.ids]);
    for (const row of rows) expect(told).toContain(`${row.id}@${row.at}`);
  });

  it('sees a second change within the second it has just told', async () => {
    const clock = { now: start + 100 };
    const rows = [{ id: 'a', at: start + 50 }];
    const read = feedOf(rows, clock);
    const first = await all(read);
    expect(first.ids).toEqual([`a@${start + 50}`]);
    rows[0] = { id: 'a', at: start + 800 };
    clock.now = start + 5000;
    const second = await all(read, first.cursor);
    expect(second.ids).toEqual([`a@${start + 800}`]);
    // What is told and over is not told again, though the next reading reaches back.
    expect((await all(read, second.cursor)).ids).toEqual([]);
  });
});
