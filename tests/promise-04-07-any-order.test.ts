import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spentAs } from '../connectors/kit/shared.ts';
import type { Connector, Notice, ObjectFacts, ObjectOperations } from '../connectors/kit/types.ts';
import { readConfig } from '../src/config/index.ts';
import { entryOf } from '../src/ingest/entries.ts';
import { insertInbox } from '../src/ledger/inbox.ts';
import { isNormalForm } from '../src/merge/index.ts';
import type { JsonObject } from '../src/model/index.ts';
import { quiet, startTestHub, type TestHub, until } from './harness.ts';
import { Book, type Card, normalised, notebookConnector } from './support/notebook/index.ts';
import { golden, newestInbox, pollAll, tell } from './support/read-outs.ts';

/**
 * The left book says nothing about order, normalises and can be asked; the right one has times, moves them on when the
 * hub writes, and cannot be asked for a single card. The third has neither: what it told last stands. The fourth keeps
 * only cards of its own, which are read before they are written.
 */
const books = {
  left: new Book({ revision: 'none', fetches: true, answers: true, normalises: true }),
  right: new Book({ revision: 'time', fetches: false, answers: false, normalises: true }),
  mute: new Book({ revision: 'none', fetches: false, answers: false, normalises: false }),
  guarded: new Book({ revision: 'time', fetches: true, answers: false, normalises: false }),
};
type Side = keyof typeof books;

const yaml = `
mappings: support/notebook/mappings
connections:
  left: { connector: notebook }
  right: { connector: notebook }
  mute: { connector: notebook }
  guarded: { connector: guarded }
syncs:
  customer:
    parties:
      left: { mapping: notebook/left, read: { webhook: true, poll: 1h }, write: { create: true, update: true } }
      right: { mapping: notebook/right, read: { webhook: true, poll: 1h }, write: { create: true, update: true } }
      mute: { mapping: notebook/right, read: { webhook: true } }
      guarded:
        mapping: notebook/right
        read: { webhook: true }
        write: { create: false, update: true }
        when: record.code.startsWith("G-")
server: { port: 0 }
lanes: { shards: 2, sweep: 200ms }
`;

/** What calls for guarded cards were made for. */
const purposes: (string | undefined)[] = [];

let hub: TestHub;
beforeAll(async () => {
  const read = readConfig({ file: path.join(import.meta.dirname, 'hub.yaml'), text: yaml, env: {} });
  if (!read.ok) throw new Error(read.problems.map((one) => `${one.line}: ${one.message}`).join('\n'));
  const notebook = notebookConnector(books);
  const card = { ...(notebook.objects.card as ObjectFacts), readBeforeWrite: true };
  const connectors = {
    notebook,
    guarded: noting(purposes, { ...notebook, name: 'guarded', objects: { card } }),
  };
  hub = await startTestHub({ seed: false, config: () => read.config, connectors });
});
afterAll(() => hub?.stop());

/** The same connector, which notes from which share of the calls its fetches are paid. */
function noting(into: (string | undefined)[], connector: Connector): Connector {
  return {
    ...connector,
    open(context) {
      const session = connector.open(context);
      const { card } = session.objects;
      const fetch: ObjectOperations['fetch'] = async (request) => {
        into.push(spentAs(request.signal));
        return (await card?.fetch?.(request)) ?? [];
      };
      return { ...session, objects: { card: { ...card, fetch } } };
    },
  };
}

/** Messages arrive at the door all at once, without waiting for what becomes of them. */
async function deliver(side: Side, notices: readonly Notice[]): Promise<void> {
  const { database, world } = hub.hub;
  const entries = notices.map((notice) => entryOf(world.landscape, side, notice, 'webhook'));
  await insertInbox(database, entries);
  world.ring(new Set(entries.map((entry) => entry.lane)));
}

async function goldenCard(code: string): Promise<JsonObject | undefined> {
  return (await golden(hub, 'customer')).find(({ data }) => data.code === code)?.data;
}

describe('One message after another', () => {
  it('two messages without an order, the older one later, end on what the system has', async () => {
    books.left.edit('L-1', { name: '旧' });
    const old = books.left.noticeOf('L-1');
    books.left.edit('L-1', { name: '新' });
    await deliver('left', [books.left.noticeOf('L-1')]);
    await quiet(hub.database);
    const asked = books.left.calls.fetch;
    await deliver('left', [old]);
    await quiet(hub.database);
    expect((await goldenCard('L-1'))?.name).toBe('新');
    expect(books.left.calls.fetch).toBe(asked + 1);
  });

  it('also when both arrive together, in any order, about an object nobody knew', async () => {
    books.left.edit('L-2', { name: '旧' });
    const old = books.left.noticeOf('L-2');
    books.left.edit('L-2', { name: '新' });
    await deliver('left', [books.left.noticeOf('L-2'), old, old]);
    await quiet(hub.database);
    expect((await goldenCard('L-2'))?.name).toBe('新');
  });

  it('asks for nothing when the same is told twice', async () => {
    const asked = books.left.calls.fetch;
    await deliver('left', [books.left.noticeOf('L-1'), books.left.noticeOf('L-2')]);
    await quiet(hub.database);
    expect(books.left.calls.fetch).toBe(asked);
    expect(await newestInbox(hub, 'left', 'card', 'L-1')).toMatchObject({ error_code: 'apply.no-news' });
  });

  it('the newest by arrival stands where the system cannot be asked', async () => {
    for (const name of ['一', '二', '一']) {
      await tell(hub, 'mute', { object: 'card', remoteId: 'M-1', body: { id: 'M-1', code: 'M-1', name } });
    }
    expect((await goldenCard('M-1'))?.name).toBe('一');
  });

  it('knows that 10 comes after 9, and times with and without fractions and zones', async () => {
    const revisions = [
      '9',
      '10',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.5Z',
      '2026-01-01T09:00:00+08:00',
    ];
    for (const [at, revision] of revisions.entries()) {
      const remoteId = at < 2 ? 'R-NUMBERS' : 'R-TIMES';
      await tell(hub, 'right', {
        object: 'card',
        remoteId,
        revision,
        body: { code: remoteId, level: revision },
      });
      const before = revisions[at - 1];
      if (at === 0 || at === 2 || before === undefined) continue;
      const late = { object: 'card', remoteId, revision: before, body: { code: remoteId, level: 'late' } };
      expect(await tell(hub, 'right', late)).toMatchObject({ error_code: 'apply.older' });
    }
    expect((await goldenCard('R-TIMES'))?.membership).toEqual({ level: revisions[4] });
  });

  it('a clock that was years ahead once does not shut out what the object tells later', async () => {
    const told = (level: string, revision: string): Notice => ({
      object: 'card',
      remoteId: 'R-AHEAD',
      revision,
      body: { code: 'R-AHEAD', level },
    });
    await tell(hub, 'right', told('a', '2001-01-01T00:00:00Z'));
    await tell(hub, 'right', told('b', '2061-01-01T00:00:00Z'));
    await tell(hub, 'right', told('c', new Date().toISOString()));
    expect((await goldenCard('R-AHEAD'))?.membership).toEqual({ level: 'c' });
  });

  it('a poll that began before what was fetched takes nothing back', async () => {
    books.left.edit('L-3', { name: '一' });
    await deliver('left', [books.left.noticeOf('L-3')]);
    await quiet(hub.database);
    const began = await hub.database.query<{ at: string }>('select clock_timestamp()::text as at');
    const stale = books.left.noticeOf('L-3');
    books.left.edit('L-3', { name: '二' });
    await deliver('left', [books.left.noticeOf('L-3')]);
    await quiet(hub.database);
    const told = await tell(
      hub,
      'left',
      { ...stale, body: { ...stale.body, tags: 'x' } },
      'poll',
      began.rows[0]?.at,
    );
    expect(told).toMatchObject({ state: 'dropped', error_code: 'apply.older-reading' });
    expect((await goldenCard('L-3'))?.name).toBe('二');
  });

  it('hears that somebody has put back what it has just changed, although it was told the same before', async () => {
    books.left.edit('L-4', { name: '甲', level: 'old' });
    await deliver('left', [books.left.noticeOf('L-4')]);
    await quiet(hub.database);
    const there = books.right.byCode('L-4')?.id ?? '';
    books.right.edit(there, { level: 'new' });
    await deliver('right', [books.right.noticeOf(there)]);
    await until('the left book has it', () => books.left.byCode('L-4')?.level === 'new');
    await quiet(hub.database);
    books.left.edit('L-4', { level: 'old' });
    await pollAll(hub, 'left', ['card']);
    await quiet(hub.database);
    expect((await goldenCard('L-4'))?.membership).toEqual({ level: 'old' });
  });
});

describe('A write that was planned before somebody else changed the object there', () => {
  it('is planned again, and takes nothing back', async () => {
    books.guarded.edit('G-1', { name: '一', discount: '1' });
    await deliver('guarded', [books.guarded.noticeOf('G-1')]);
    await until('the left book has it', () => books.left.byCode('G-1')?.discount !== undefined);
    await quiet(hub.database);
    const shown: unknown[] = [];
    books.guarded.changed = ({ body }) => shown.push(body?.discount);
    books.guarded.pause = async () => {
      // The object has just been read before its update: from here on nothing looks at it any more.
      books.guarded.pause = async () => undefined;
      books.guarded.edit('G-1', { discount: '2' });
      await deliver('guarded', [books.guarded.noticeOf('G-1')]);
      await until('it is merged', async () => {
        const known = (await goldenCard('G-1'))?.membership as JsonObject | undefined;
        return known?.discount === '2';
      });
    };
    const there = books.left.byCode('G-1')?.id ?? '';
    books.left.edit(there, { name: '二' });
    await deliver('left', [books.left.noticeOf(there)]);
    await until('it is written there', () => books.guarded.byCode('G-1')?.name === '二');
    await quiet(hub.database);
    expect(new Set(shown)).toEqual(new Set(['2']));
    expect(books.left.byCode('G-1')?.discount).toBe('2.0');
    // The look before an update is a part of it, also for the limits of the connection.
    expect(purposes).toContain('write');
    expect(purposes).not.toContain(undefined);
  });
});

/** A small generator of chance that does the same for the same seed. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

describe('Anything in any order', () => {
  it.each([1, 3])(
    'ends in agreement, with the last edit of everybody and few echoes (seed %i)',
    async (seed) => {
      const next = chance(seed);
      const count = 50;
      const idOf = (n: number): string => `S${seed}-${n}`;
      const held: { side: Side; notice: Notice }[] = [];
      const last = new Map<string, { name?: string; level?: string; edits: number }>();
      for (const side of ['left', 'right'] as const) {
        books[side].pause = async () => {
          for (let turns = next(4); turns > 0; turns -= 1)
            await new Promise((resolve) => setTimeout(resolve, next(5)));
        };
        books[side].changed = (notice) => {
          held.push({ side, notice });
          if (next(4) === 0) held.push({ side, notice });
        };
      }
      const deliverSome = async (many: number): Promise<void> => {
        const batch = Array.from(
          { length: Math.min(many, held.length) },
          () => held.splice(next(held.length), 1)[0],
        );
        for (const side of ['left', 'right'] as const) {
          await deliver(
            side,
            batch.flatMap((one) => (one?.side === side ? [one.notice] : [])),
          );
        }
      };
      const noteEdit = (code: string, changes: { name?: string; level?: string }): void => {
        const before = last.get(code) ?? { edits: 0 };
        last.set(code, { ...before, ...changes, edits: before.edits + 1 });
      };
      for (let n = 0; n < count; n += 1) {
        const code = idOf(n);
        books.left.edit(code, { name: `n ${code}`, level: 'none', discount: '9', tags: 'a,b' });
        noteEdit(code, { name: `n ${code}` });
      }
      await deliverSome(held.length);
      await quiet(hub.database);
      for (let step = 0; step < 250; step += 1) {
        const code = idOf(next(count));
        const there = books.right.byCode(code);
        const what = next(10);
        if (what < 3) {
          const name = `n ${step} `;
          books.left.edit(code, { name });
          noteEdit(code, { name });
        } else if (what < 5 && there) {
          const level = ` l  ${step}`;
          books.right.edit(there.id, { level });
          noteEdit(code, { level });
        } else if (what < 6) {
          const side = there && next(2) === 0 ? books.right : books.left;
          side.edit(side === books.right ? (there as Card).id : code, { discount: `${step}.555` });
          noteEdit(code, {});
        } else if (what < 9) await deliverSome(1 + next(6));
        else if (next(3) === 0) await pollAll(hub, next(2) === 0 ? 'left' : 'right', ['card']);
      }
      await deliverSome(held.length);
      await quiet(hub.database);
      // What the hub's own last writes have made the books say, late and twice.
      while (held.length > 0) {
        await deliverSome(held.length);
        await quiet(hub.database);
      }
      for (const side of ['left', 'right']) await pollAll(hub, side, ['card']);
      await quiet(hub.database);

      const wrong: unknown[] = [];
      let writes = 0;
      let edits = 0;
      for (let n = 0; n < count; n += 1) {
        const code = idOf(n);
        const wanted = last.get(code);
        const left = books.left.byCode(code) as Card;
        const right = books.right.byCode(code) as Card;
        const data = (await goldenCard(code)) as JsonObject;
        const membership = data.membership as JsonObject;
        const agrees =
          data.name === wanted?.name &&
          right.name === normalised({ name: wanted?.name ?? '' }).name &&
          (wanted?.level === undefined || membership.level === wanted.level) &&
          isNormalForm(left.level, membership.level) &&
          isNormalForm(left.discount, membership.discount) &&
          isNormalForm(right.discount, membership.discount);
        if (!agrees) wrong.push({ wanted, left, right, data });
        writes += (books.left.writes.get(code) ?? 0) + (books.right.writes.get(right.id) ?? 0);
        edits += wanted?.edits ?? 0;
      }
      expect(wrong).toEqual([]);
      // At most one write of the other book for each edit, one that puts a loser right, and what made the card.
      expect(writes).toBeLessThanOrEqual(2 * edits + count);
      const before = books.left.calls.write + books.right.calls.write;
      for (const side of ['left', 'right']) await pollAll(hub, side, ['card']);
      await quiet(hub.database);
      expect(books.left.calls.write + books.right.calls.write).toBe(before);
    },
  );
});
