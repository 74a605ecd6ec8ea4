import { describe, expect, test } from 'vitest';
import { derivedCommand } from '../src/cli/derived.ts';
import { daily, database, made, post, Rules, ticket, withTables } from '../src/lanes/derive/fixture-rules.ts';
import type { DerivedExplanation } from '../src/ledger/derived-explained.ts';

withTables();

/** What a command prints. */
async function run(...words: string[]): Promise<string> {
  let printed = '';
  const command = derivedCommand({
    open: async () => ({ database, connections: [], close: async () => undefined }),
    write: (text) => {
      printed += text;
    },
    user: 'han.mei',
  });
  await command.parseAsync(words, { from: 'user' });
  return printed;
}

describe('lianhub derived', () => {
  const rules = new Rules({ day: daily('park') });

  test('tells what a document is made of, by its number or id', async () => {
    await rules.tell('order', ticket('S1', '10'));
    await rules.tell('order', ticket('S1', '5'));
    await rules.drain('day');
    const [bill] = await made('day');
    const text = await run('explain', 'S1-2026-11-01-sale');
    expect(text).toContain(
      'retailDay S1-2026-11-01-sale: rule day, group S1/2026-11-01/sale, part 1, of 2 sources',
    );
    expect(text).toContain('lines tea  amount 15, quantity 2');
    expect(text).toMatch(/order T-S1-5\s+line a\s+amount 5, quantity 1/);
    const json = JSON.parse(await run('explain', bill?.id ?? '', '--line', 'tea', '--json')) as {
      documents: DerivedExplanation[];
    };
    expect(json.documents[0]?.lines).toMatchObject([{ key: 'tea', sums: { amount: '15' } }]);
    await expect(run('explain', 'NOBODY')).rejects.toThrow('No rule has made a document NOBODY');
  });

  test('lists what waits for a person, and takes the decision once', async () => {
    expect(await run('list')).toBe('Nothing is parked.\n');
    await post((await made('day'))[0]?.id ?? '');
    await rules.tell('order', ticket('S1', '2'));
    await rules.drain('day');
    expect(await run('list', 'day')).toMatch(/^day\s+S1\/2026-11-01\/sale\s+derive\.late/m);
    expect(await run('leave', 'day', 'S1/2026-11-01/sale')).toContain('it will be settled so');
    await expect(run('post', 'day', 'S1/2026-11-01/sale')).rejects.toThrow('Nothing of rule day is parked');
    await rules.drain('day');
    expect(await run('list', '--json')).toBe('{"parked":[]}\n');
    const explained = JSON.parse(await run('explain', 'S1-2026-11-01-sale-2', '--json')) as {
      documents: DerivedExplanation[];
    };
    expect(explained.documents).toMatchObject([{ part: 2, leftBy: 'han.mei', sources: 1 }]);
  });

  test('tries again what is parked', async () => {
    const strict = new Rules({ ship: { entity: 'fulfilment', from: 'order', split: ['locationId'] } });
    await strict.tell('order', ticket('S2', '1'));
    expect(await run('list', 'ship')).toMatch(/derive\.not-told/);
    expect(await run('retry', 'ship')).toBe('Tried again: derive/ship/0\n');
    expect(await run('retry', 'nothing')).toBe('Nothing of that name is parked.\n');
  });
});
