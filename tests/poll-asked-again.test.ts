import { afterAll, beforeAll, expect, it } from 'vitest';
import { pollNow } from '../src/ledger/cursors.ts';
import { startTestHub, type TestHub, until } from './harness.ts';

let hub: TestHub;
beforeAll(async () => {
  const rarely = (text: string): string =>
    text.replace(
      'mapping: pospal/product, read: { poll: 5m }',
      'mapping: pospal/product, read: { poll: 60d }',
    );
  hub = await startTestHub({ seed: false, yaml: rarely });
  await until('all has been read once', async () => {
    return (await hub.database.query('select 1 from cursors where covered_at is null')).rowCount === 0;
  });
});
afterAll(() => hub?.stop());

it('may be months apart', async () => {
  const [next] = (
    await hub.database.query<{ days: number }>(
      `select round(extract(epoch from due_at - now()) / 86400)::int as days from cursors
       where connection = 'pos' and object = 'product'`,
    )
  ).rows;
  expect(next?.days).toBe(60);
});

const pages = (): number => hub.pos.callsByOperation()['productOpenApi/queryProductPages'] ?? 0;

async function ask(): Promise<void> {
  await pollNow(hub.database, 'pos', 'product');
  hub.hub.world.ring(['poll/pos/product']);
}

async function nothingIsDue(): Promise<void> {
  await until('nothing more is due', async () => {
    const due = await hub.database.query(
      `select 1 from cursors where object = 'product' and due_at <= now()`,
    );
    return due.rowCount === 0;
  });
}

/** Pages one round reads when nobody interrupts it. */
async function pagesOfARound(): Promise<number> {
  const before = pages();
  await ask();
  await nothingIsDue();
  return pages() - before;
}

/** Asks, asks again while the first page is being read, and answers how many pages that made. */
async function askTwice(): Promise<number> {
  const before = pages();
  hub.pos.faults.slowMs = 500;
  hub.pos.faults.next(1, 'slow', 'productOpenApi/queryProductPages');
  await ask();
  await until('the first page is being read', () => pages() === before + 1);
  await ask();
  await nothingIsDue();
  return pages() - before;
}

it('a poll that is asked for while one is under way is done as well, once', async () => {
  const round = await pagesOfARound();
  expect(await askTwice()).toBe(2 * round);
});

it('also when it was asked for during an early page of a round of several', async () => {
  const products = Array.from({ length: 150 }, (_, index) => ({
    barcode: `AGAIN-${index}`,
    name: `goods ${index}`,
    sellPrice: '1',
    stock: '0',
  }));
  hub.pos.seedProducts('WEB', products);
  const round = await pagesOfARound();
  expect(round).toBeGreaterThan(1);
  expect(await askTwice()).toBe(2 * round);
});
