import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineConnector, type JsonObject, type ObjectFacts } from '../connectors/kit/index.ts';
import { startTestHub, type TestHub } from './harness.ts';
import { golden, hasty, type InboxState, tell } from './support/read-outs.ts';

const facts: ObjectFacts = {
  payload: 'full',
  createSafety: 'none',
  latenessMs: 0,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 1_000,
  partialUpdate: false,
};

/** Systems that tell of goods, stock and movements as they are. */
const warehouse = defineConnector({
  name: 'warehouse',
  title: { en: 'Warehouse', zh: '仓库' },
  config: z.object({}),
  secrets: z.object({}),
  objects: { product: facts, stock: facts, movement: facts },
  open: () => ({
    objects: { product: {}, stock: {}, movement: {} },
    test: async () => ({ ok: true, message: 'Nothing to sign in to.' }),
    close: async () => {},
  }),
});

const bucket = 'skuId: { at: sku, ref: product }\n  locationId: place';
const mappings = {
  product: 'entity: product\nobject: product\ndirection: in\nfields:\n  code: code',
  stock: `entity: inventory\nobject: stock\ndirection: in\nfields:\n  ${bucket}
  onHand: { at: quantity, as: decimal }
  asOf: { at: at, as: datetime }`,
  movement: `entity: movement\nobject: movement\ndirection: in\nfields:\n  ${bucket}
  key: key
  delta: { at: delta, as: decimal }
  occurredAt: { at: at, as: datetime, optional: true }`,
};
const syncs = `
connections:
  books: { connector: warehouse }
  store: { connector: warehouse }
  till: { connector: warehouse }
syncs:
  product:
    parties:
      books: { mapping: warehouse/product, read: { webhook: true } }
      store: { mapping: warehouse/product, read: { webhook: true } }
      till: { mapping: warehouse/product, read: { webhook: true } }
  inventory:
    parties:
      books: { mapping: warehouse/stock, read: { webhook: true } }
      till: { mapping: warehouse/stock, read: { webhook: true } }
  movement:
    parties:
      books: { mapping: warehouse/movement, read: { webhook: true } }
      store: { mapping: warehouse/movement, read: { webhook: true } }
      till: { mapping: warehouse/movement, read: { webhook: true } }
stock:
  main: { from: books, channel: till, location: W01 }
server: { port: 0 }
`;

let hub: TestHub;
let folder: string;
let messages = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lianhub-movements-'));
  await mkdir(path.join(folder, 'warehouse'));
  for (const [name, text] of Object.entries(mappings)) {
    const file = path.join(folder, 'warehouse', `${name}.yaml`);
    await writeFile(file, `mapping: warehouse/${name}\n${text}\n`);
  }
  hub = await startTestHub({
    yaml: () => hasty(syncs),
    config: (config) => ({ ...config, mappings: folder }),
    connectors: { warehouse },
    seed: false,
  });
  for (const connection of ['books', 'store', 'till'])
    for (const code of ['tea', 'cup', 'pot', 'jar']) await say(connection, 'product', code, { code });
});
afterAll(async () => {
  await hub?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Every message has an id of its own, also when it repeats another. */
function say(connection: string, object: string, remoteId: string, body: JsonObject): Promise<InboxState> {
  messages += 1;
  return tell(hub, connection, { object, remoteId, body, messageId: `m${messages}` });
}
const hour = (count: number): string => `2026-11-01T${String(count).padStart(2, '0')}:00:00Z`;
const move = (
  connection: string,
  key: string,
  delta: string,
  at: string | undefined,
  sku = 'tea',
  place = 'W01',
) =>
  say(connection, 'movement', `${key}/${messages}`, {
    key,
    sku,
    place,
    delta,
    ...(at === undefined ? {} : { at }),
  });
const count = (connection: string, quantity: string, at: string, sku = 'tea', place = 'W01') =>
  say(connection, 'stock', `${sku}/${place}`, { sku, place, quantity, at });
async function onHand(sku: string, place: string): Promise<unknown> {
  const [product] = (await golden(hub, 'product')).filter(({ data }) => data.code === sku);
  const found = await golden(hub, 'inventory');
  return found.find(({ data }) => data.skuId === product?.id && data.locationId === place)?.data.onHand;
}

describe('Movements of stock', () => {
  it('count once by their key, also under another message, and end the same in any order', async () => {
    // Before the first reading nothing is said of a bucket whose owner also counts it.
    await move('books', 'a', '-2', hour(12));
    expect(await onHand('tea', 'W01')).toBeUndefined();
    await count('books', '10', hour(10));
    expect(await onHand('tea', 'W01')).toBe('8');
    await move('books', 'b', '5', hour(11));
    await move('books', 'c', '-1', hour(9));
    expect(await move('books', 'b', '5.0', hour(11))).toMatchObject({
      state: 'dropped',
      error_code: 'apply.no-news',
    });
    expect(await onHand('tea', 'W01')).toBe('13');

    // The other way round: what happened before a reading is in it, however late it is told.
    await count('books', '10', hour(10), 'cup');
    await move('books', 'd', '-2', hour(12), 'cup');
    await count('books', '20', hour(11), 'cup');
    expect(await onHand('cup', 'W01')).toBe('18');
    await move('books', 'e', '7', hour(11), 'cup');
    await count('books', '1', hour(8), 'cup');
    expect(await onHand('cup', 'W01')).toBe('18');
    await count('books', '18', hour(13), 'cup');
    expect(await onHand('cup', 'W01')).toBe('18');
  });

  it('told again with other content under the same key are refused, naming both', async () => {
    const again = await move('books', 'a', '-3', hour(12));
    expect(again).toMatchObject({ state: 'dead', error_code: 'apply.other-movement' });
    expect(again.error).toMatch(/counted as -2 .*W01 on 2026-11-01T12.* now told as -3 /);
    expect(await onHand('tea', 'W01')).toBe('13');
    expect(await move('books', 'f', '1', undefined)).toMatchObject({ error_code: 'apply.no-occurred-at' });
  });

  it('and readings of a bucket that somebody else owns are not counted', async () => {
    for (const refused of [await move('till', 'x', '-9', hour(14)), await count('till', '99', hour(15))])
      expect(refused).toMatchObject({ state: 'dropped', error_code: 'apply.not-owner' });
    expect(await onHand('tea', 'W01')).toBe('13');
    // A key is the system's own: the same one of another system is another movement.
    await move('store', 'a', '4', hour(12), 'tea', 'W02');
    expect(await onHand('tea', 'W02')).toBe('4');
    // Where the configuration names nobody, who told first owns the bucket.
    expect(await move('till', 'y', '1', hour(13), 'tea', 'W02')).toMatchObject({
      error_code: 'apply.not-owner',
    });
  });

  it('are the whole stock where the owner tells nothing else; a clock years ahead changes no total', async () => {
    const moves = [
      move('store', 'p', '10', hour(9), 'pot', 'W02'),
      move('store', 'q', '-4', hour(8), 'pot', 'W02'),
    ];
    await Promise.all([...moves, move('store', 'r', '1', '2039-01-01T00:00:00Z', 'pot', 'W02')]);
    expect(await onHand('pot', 'W02')).toBe('7');
    await move('books', 's', '5', '2039-01-01T00:00:00Z', 'jar');
    await count('books', '3', new Date(Date.now() + 1_500).toISOString(), 'jar');
    expect(await onHand('jar', 'W01')).toBe('3');
  });
});
