import { describe, expect, test } from 'vitest';
import { decideGroup, parkedGroups } from '../../ledger/derivation-groups.ts';
import { explainDerived } from '../../ledger/derived-explained.ts';
import { newId } from '../../ledger/ids.ts';
import { claimLane } from '../../ledger/lanes.ts';
import { dueLinks } from '../../ledger/links.ts';
import { readRecords } from '../../ledger/records.ts';
import { decimal, isObject, type JsonObject } from '../../model/index.ts';
import { followUp } from '../apply/effects.ts';
import { Unit } from '../apply/unit.ts';
import type { PlannedWrite } from '../push/plan.ts';
import { sendWrites } from '../push/send.ts';
import { daily, database, line, made, post, Rules, ticket, withTables } from './fixture-rules.ts';

withTables();

describe('a summary whose tickets change after it was posted', () => {
  const rules = new Rules({ amended: daily('amend'), reopened: daily('reopen'), parked: daily('park') });
  const amounts = async (rule: string, store: string) =>
    (await made(rule, `${store}/`)).map(({ state, data }) => [state, data.amount]);
  const settle = async () => {
    for (const rule of ['amended', 'reopened', 'parked']) await rules.drain(rule);
  };

  test('amends by the next part, reopens, or asks; before it was posted it is computed again', async () => {
    const first = await rules.tell('order', ticket('A', '10'));
    await settle();
    await rules.tell('order', ticket('A', '5'));
    await settle();
    for (const rule of ['amended', 'reopened', 'parked']) {
      expect(await amounts(rule, 'A')).toEqual([['live', '15']]);
      for (const one of await made(rule, 'A/')) await post(one.id);
    }
    await rules.tell('order', ticket('A', '7'));
    await rules.tell('order', ticket('A', '10', { states: { closure: 'cancelled' } }), first);
    await settle();
    expect(await amounts('amended', 'A')).toEqual([
      ['live', '15'],
      ['live', '-3'],
    ]);
    expect(await amounts('reopened', 'A')).toEqual([['live', '12']]);
    expect(await amounts('parked', 'A')).toEqual([['live', '15']]);
    expect(await parkedGroups(database)).toMatchObject([
      { rule: 'parked', group_key: 'A/2026-11-01/sale', code: 'derive.late' },
    ]);
  });

  test('a person posts the difference, or leaves it; both are settled and later changes are seen again', async () => {
    const group = { rule: 'parked', group_key: 'A/2026-11-01/sale' };
    expect(await decideGroup(database, group, 'post', 'li.na')).toBe('derive/parked/0');
    await settle();
    expect(await amounts('parked', 'A')).toEqual([
      ['live', '15'],
      ['live', '-3'],
    ]);
    expect(await parkedGroups(database)).toEqual([]);
    for (const one of (await made('parked', 'A/')).slice(1)) await post(one.id);

    await rules.tell('order', ticket('A', '1'));
    await settle();
    await decideGroup(database, group, 'leave', 'li.na');
    await settle();
    expect(await amounts('parked', 'A')).toEqual([
      ['live', '15'],
      ['live', '-3'],
      ['deleted', '1'],
    ]);
    await rules.tell('order', ticket('A', '2'));
    await settle();
    expect(await parkedGroups(database)).toMatchObject([{ code: 'derive.late' }]);
    await decideGroup(database, group, 'post', 'li.na');
    await settle();
    expect((await amounts('parked', 'A')).at(-1)).toEqual(['live', '2']);
    expect(await decideGroup(database, group, 'post', 'li.na')).toBeUndefined();
  });

  test('when all of its tickets leave, the next part takes everything back', async () => {
    const only = await rules.tell('order', ticket('B', '10'));
    await settle();
    for (const rule of ['amended', 'reopened']) for (const one of await made(rule, 'B/')) await post(one.id);
    await rules.tell('order', ticket('C', '10'), only);
    await settle();
    expect(await amounts('amended', 'B')).toEqual([
      ['live', '10'],
      ['live', '-10'],
    ]);
    expect(await amounts('amended', 'C')).toEqual([['live', '10']]);
    const parked = await parkedGroups(database, { rule: 'reopened' });
    expect(parked).toMatchObject([
      { group_key: 'B/2026-11-01/sale', error: expect.stringMatching(/nothing is left/) },
    ]);
  });

  test('a day that was taken back before it was posted comes to life again with its next ticket', async () => {
    const only = await rules.tell('order', ticket('D', '10'));
    await settle();
    await rules.tell('order', ticket('D', '10', { states: { closure: 'cancelled' } }), only);
    await settle();
    expect(await amounts('amended', 'D')).toEqual([['deleted', '10']]);
    await rules.tell('order', ticket('D', '4'));
    await settle();
    expect(await amounts('amended', 'D')).toEqual([['live', '4']]);
  });

  test('a write that was refused leaves the part open', async () => {
    await rules.tell('order', ticket('E', '10'));
    await settle();
    const [day] = await made('amended', 'E/');
    const link = newId();
    await database.query(
      `insert into links (id, record_id, entity, connection, object, state, lane, due_at)
       values ($1, $2, 'x', 'erp', 'bill', 'parked', 'push/erp/bill/0', now())`,
      [link, day?.id],
    );
    await database.query(
      `insert into tries (id, started_at, link_id, step, key, body, record_version, send_by, outcome)
       values ($1, now(), $2, 'save', 'k', '{}', 1, now(), 'failed')`,
      [newId(), link],
    );
    await rules.tell('order', ticket('E', '5'));
    await settle();
    expect(await amounts('amended', 'E')).toEqual([['live', '15']]);
    await database.query(`update tries set outcome = 'unknown' where link_id = $1`, [link]);
    await rules.tell('order', ticket('E', '1'));
    await settle();
    expect(await amounts('amended', 'E')).toEqual([
      ['live', '15'],
      ['live', '1'],
    ]);
  });
});

describe('whatever happens at once', () => {
  test('all parts of every day together are what its tickets say, and every line is explained', async () => {
    const rules = new Rules({ busy: daily('amend') });
    const stores = ['K', 'L', 'M'];
    let seed = 618;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const tickets = new Map<string, JsonObject>();
    const content = (): JsonObject =>
      ticket(
        stores[random(3)] ?? 'K',
        `${random(50) + 1}.${random(90) + 10}`,
        random(8) === 0 ? { states: { closure: 'cancelled' } } : {},
      );
    for (let round = 0; round < 12; round += 1) {
      const known = [...tickets.keys()];
      const changing = new Set(Array.from({ length: 3 }, () => known[random(known.length)] ?? ''));
      const told = [...changing, '', '', ''].map((id) => [id, content()] as const);
      const [written] = await Promise.all([
        Promise.all(
          told.map(async ([id, data]) => [await rules.tell('order', data, id || undefined), data] as const),
        ),
        rules.drain('busy'),
        rules.drain('busy'),
      ]);
      for (const [id, data] of written) tickets.set(id, data);
      if (round % 3 !== 1) continue;
      for (const one of await made('busy')) {
        const isPosted = await database.query('select 1 from links where record_id = $1', [one.id]);
        if (isPosted.rowCount === 0 && one.state === 'live') await post(one.id);
      }
    }
    await rules.drain('busy');
    for (const store of stores) {
      const counted = [...tickets.values()].filter((one) => one.storeId === store && !isObject(one.states));
      const parts = (await made('busy', `${store}/`)).filter(({ state }) => state === 'live');
      expect(decimal.sum(parts.map(({ data }) => String(data.amount)))).toBe(
        decimal.sum(counted.map((one) => String(isObject(one.amounts) ? one.amounts.payable : ''))),
      );
      for (const one of parts) {
        const explained = await explainDerived(database, one.id);
        expect(explained?.lines[0]?.sums.amount).toBe(line(one.data, 'tea')?.amount);
        expect(explained?.lines[0]?.sums.quantity).toBe(line(one.data, 'tea')?.quantity);
      }
    }
  });

  test('a document that was computed again since its write was planned is planned again, not written', async () => {
    const rules = new Rules({ raced: daily('amend') });
    await rules.tell('order', ticket('R', '10'));
    await rules.drain('raced');
    const [day] = await made('raced', 'R/');
    const lane = 'push/erp/bill/0';
    const holder = newId();
    const { epoch } = await claimLane(database, lane, holder, 60_000);
    const hold = { lane, holder, epoch, signal: new AbortController().signal, isOver: () => false };
    const id = newId();
    await database.query(
      `insert into links (id, record_id, entity, connection, object, state, lane, due_at)
       values ($1, $2, 'retailDay', 'erp', 'bill', 'due', $3, now())`,
      [id, day?.id, lane],
    );
    const [record] = await readRecords(database, [day?.id ?? '']);
    const [link] = (await dueLinks(database, lane, 10)).filter((one) => one.id === id);
    const facts = { writeDeadlineMs: 1_000, latenessMs: 0, batchSize: 1 };
    const write = {
      link,
      record,
      party: { facts, mapping: { name: 'x' } },
      step: { name: 'save', create: true },
      key: 'k',
      body: {},
      bodyHash: 'h',
    };
    await rules.tell('order', ticket('R', '5'));
    await rules.drain('raced');
    await sendWrites(rules.world, hold, [write as unknown as PlannedWrite], () => undefined);
    const tries = await database.query('select 1 from tries where link_id = $1', [id]);
    expect(tries.rowCount).toBe(0);
    expect((await made('raced', 'R/')).map(({ data }) => data.amount)).toEqual(['15']);
  });
});

describe('every line of a summary is explained', () => {
  test('down to the lines of its tickets, as they were when each part was made', async () => {
    const rules = new Rules({ explained: daily('amend') });
    const first = await rules.tell('order', ticket('X', '10'));
    const second = await rules.tell('order', ticket('X', '5'));
    await rules.drain('explained');
    const [one] = await made('explained', 'X/');
    await post(one?.id ?? '');
    // One ticket changes twice, one leaves, one comes: between, the part that is open is computed again.
    await rules.tell('order', ticket('X', '12'), first);
    await rules.drain('explained');
    await rules.tell('order', ticket('X', '13'), first);
    await rules.tell('order', ticket('Y', '5'), second);
    const third = await rules.tell('order', ticket('X', '1'));
    await rules.drain('explained');
    const [, two] = await made('explained', 'X/');

    const before = await explainDerived(database, one?.id ?? '');
    expect(before).toMatchObject({ rule: 'explained', part: 1, sources: 2, entity: 'retailDay' });
    expect(before?.lines).toMatchObject([
      {
        list: 'lines',
        key: 'tea',
        sums: { quantity: '2', amount: '15' },
        from: [
          {
            recordId: first,
            entity: 'order',
            number: 'T-X-13',
            version: 1,
            line: 'a',
            sums: { quantity: '1', amount: '10' },
          },
          { recordId: second, line: 'a', sums: { quantity: '1', amount: '5' } },
        ],
      },
    ]);
    const after = await explainDerived(database, two?.id ?? '', { line: 'tea' });
    expect(after?.lines[0]?.from.map(({ recordId, sums }) => [recordId, sums.quantity, sums.amount])).toEqual(
      [
        [first, '0', '3'],
        [second, '-1', '-5'],
        [third, '1', '1'],
      ],
    );
    expect(after?.lines[0]?.sums.amount).toBe(line(two?.data, 'tea')?.amount);
    expect(await explainDerived(database, first)).toBeUndefined();
  });

  test('in pages: thousands of tickets add up to the line', async () => {
    const rules = new Rules({ paged: daily('amend') });
    await database.transaction(async (sql) => {
      const unit = new Unit(sql, new Date());
      for (let at = 0; at < 2_500; at += 1) {
        const record = unit.create('order', 'live');
        unit.change(record, ticket('P', `${(at % 7) + 1}.01`), { patch: {}, origin: {} });
      }
      await followUp(rules.world, unit);
      await unit.write();
    });
    await rules.drain('paged');
    const [day] = await made('paged', 'P/');
    const explained = await explainDerived(database, day?.id ?? '');
    expect(explained?.sources).toBe(2_500);
    const total = decimal.sum(
      explained?.lines.flatMap(({ from }) => from.map(({ sums }) => String(sums.amount))) ?? [],
    );
    expect(total).toBe(line(day?.data, 'tea')?.amount);
  });
});
