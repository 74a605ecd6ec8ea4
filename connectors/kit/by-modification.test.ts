import { describe, expect, it } from 'vitest';
import { listByModification, type ModifiedFeed, type ModifiedRow } from './by-modification.ts';
import type { JsonObject } from './types.ts';

const signal = new AbortController().signal;

/** A vendor of rows; `cut` takes rows out of a page, as permissions do. */
function vendor(rows: ModifiedRow[], options: { pageSize?: number; cut?: (page: number) => boolean } = {}) {
  let clock = 10_000;
  let pages = 0;
  const feed: ModifiedFeed = {
    object: 'thing',
    pageSize: options.pageSize ?? 4,
    overlapMs: 1000,
    now: () => clock,
    async page(window) {
      const fits = rows.filter(({ id, modified }) =>
        'at' in window
          ? modified === window.at && id > window.after
          : modified >= window.from && modified < window.to,
      );
      const order = (a: ModifiedRow, b: ModifiedRow): number =>
        'at' in window ? (a.id < b.id ? -1 : 1) : a.modified - b.modified;
      const page = fits.sort(order).slice(0, options.pageSize ?? 4);
      return options.cut?.(pages++) ? page.slice(0, 2) : page;
    },
  };
  return {
    feed,
    set clock(value: number) {
      clock = value;
    },
  };
}

async function poll(
  feed: ModifiedFeed,
  from?: JsonObject,
  between: (page: number) => void = () => undefined,
) {
  const seen: string[] = [];
  let cursor = from;
  for (let pages = 1; pages < 100; pages++) {
    const page = await listByModification(feed, { ...(cursor ? { cursor } : {}), signal });
    seen.push(...page.items.map((item) => item.remoteId));
    cursor = JSON.parse(JSON.stringify(page.cursor)) as JsonObject;
    if (!page.more) return { seen, cursor, pages };
    between(pages);
  }
  throw new Error('The list does not end.');
}

const row = (id: string, modified: number): ModifiedRow => ({ id, modified, body: { id } });

describe('changes by modification time', () => {
  it('shows each row once, though one moment holds more rows than a page and ends in the middle of another', async () => {
    const rows = Array.from({ length: 23 }, (_none, at) =>
      row(`r${String(at).padStart(2, '0')}`, at < 3 ? 100 + at : at < 17 ? 200 : 300),
    );
    const { seen } = await poll(vendor(rows).feed);
    expect(seen.sort()).toEqual(rows.map(({ id }) => id).sort());
  });

  it('misses no row when another one is changed between two pages', async () => {
    const rows = Array.from({ length: 12 }, (_none, at) => row(`r${at}`, 100 + at));
    const { feed } = vendor(rows);
    const { seen } = await poll(feed, undefined, (page) => {
      if (page === 1) rows[0] = row('r0', 9_000);
    });
    expect(new Set(seen)).toEqual(new Set(rows.map(({ id }) => id)));
    expect(seen.filter((id) => id === 'r0')).toHaveLength(2);
  });

  it('does not take a page that came short for the last one', async () => {
    const rows = Array.from({ length: 12 }, (_none, at) => row(`r${at}`, 100 + at));
    const { seen } = await poll(vendor(rows, { cut: (page) => page === 1 }).feed);
    expect(new Set(seen)).toEqual(new Set(rows.map(({ id }) => id)));
  });

  it('reads back into the poll before, tells what came late, and nothing else again', async () => {
    const rows = [row('a', 9_500), row('b', 9_900)];
    const made = vendor(rows);
    const first = await poll(made.feed);
    rows.push(row('late', 9_600));
    made.clock = 11_000;
    const second = await poll(made.feed, first.cursor);
    expect(second.seen).toEqual(['late']);
    const quiet = await poll(made.feed, second.cursor);
    expect(quiet).toMatchObject({ seen: [], pages: 1 });
  });

  it('does not wait for our clock where the vendor is ahead, and tells what it saw there once', async () => {
    const made = vendor([row('ahead', 10_500)]);
    const first = await poll(made.feed);
    expect(first.seen).toEqual(['ahead']);
    made.clock = 10_800;
    expect((await poll(made.feed, first.cursor)).seen).toEqual([]);
  });

  it('refuses a place that is none', async () => {
    const { feed } = vendor([]);
    await expect(listByModification(feed, { cursor: { from: 'x' }, signal })).rejects.toMatchObject({
      decision: { kind: 'fatal', code: 'list.bad-cursor' },
    });
  });
});
