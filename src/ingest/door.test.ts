import { afterEach, expect, it, vi } from 'vitest';
import type { Database } from '../ledger/database.ts';
import type { InboxEntry } from '../ledger/inbox.ts';
import { type Delivery, Door } from './door.ts';

afterEach(() => vi.useRealTimers());

const entry: InboxEntry = {
  connection: 'pos',
  object: 'order',
  remoteId: '1',
  via: 'webhook',
  lane: 'apply/pos/0',
};

function delivery(more: Partial<Delivery> = {}): Delivery {
  return { connection: 'pos', entries: [entry], deadlineMs: 4_000, ...more };
}

function message(bytes: number): NonNullable<Delivery['message']> {
  const body = new Uint8Array(bytes);
  return { connection: 'pos', method: 'POST', query: '', headers: {}, body, previousSecret: false };
}

/** A database that answers when it is told to; `asked` is how many rows each statement brings. */
function held() {
  const asked: number[] = [];
  const open: { answer: () => void; fail: (error: Error) => void }[] = [];
  const query = (_text: unknown, values: readonly unknown[] = []) => {
    asked.push((JSON.parse(String(values[1])) as unknown[]).length);
    return new Promise((resolve, reject) => {
      open.push({ answer: () => resolve({ rows: [{ n: 1 }], rowCount: 1 }), fail: reject });
    });
  };
  return { database: { query } as unknown as Database, asked, open };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('what waits for a database that hangs is answered in time, and what was not sent is not kept', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'performance'] });
  const { database, asked, open } = held();
  const door = new Door(database, () => undefined);
  // Two statements may be under way; the third message waits for one of them.
  const first = door.keep(delivery()).catch((error: { code: string }) => error.code);
  await turn();
  await vi.advanceTimersByTimeAsync(10);
  const second = door.keep(delivery()).catch((error: { code: string }) => error.code);
  await turn();
  await vi.advanceTimersByTimeAsync(10);
  const third = door.keep(delivery()).catch((error: { code: string }) => error.code);
  await vi.advanceTimersByTimeAsync(3_900);
  expect(asked).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(400);
  expect(await Promise.all([first, second, third])).toEqual(Array(3).fill('hook.too-late'));
  for (const one of open) one.answer();
  await turn();
  await vi.advanceTimersByTimeAsync(50);
  expect(asked).toEqual([1, 1]);
  expect(vi.getTimerCount()).toBe(0);
  // Then it goes on as ever.
  const fourth = door.keep(delivery());
  await turn();
  await vi.advanceTimersByTimeAsync(10);
  open.at(-1)?.answer();
  await expect(fourth).resolves.toBeUndefined();
});

it('no more than 64 MB wait', async () => {
  const { database, open } = held();
  const door = new Door(database, () => undefined);
  const kept = [40, 20].map((megabytes) =>
    door.keep(delivery({ message: message(megabytes * 1024 * 1024) })),
  );
  await expect(door.keep(delivery({ message: message(8 * 1024 * 1024) }))).rejects.toMatchObject({
    code: 'hook.busy',
  });
  await turn();
  open[0]?.answer();
  await Promise.all(kept);
  const again = door.keep(delivery({ message: message(8 * 1024 * 1024) }));
  await vi.waitFor(() => expect(open).toHaveLength(2));
  open[1]?.answer();
  await again;
});

it('a message that tells of nothing is kept with its bytes, and without bytes costs no statement', async () => {
  const { database, asked, open } = held();
  const rung = vi.fn();
  const door = new Door(database, rung);
  await door.keep(delivery({ entries: [] }));
  expect(asked).toEqual([]);
  const kept = door.keep(delivery({ entries: [], message: message(3) }));
  await vi.waitFor(() => expect(open).toHaveLength(1));
  open[0]?.answer();
  await kept;
  expect(asked).toEqual([0]);
});
