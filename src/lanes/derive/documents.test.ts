import { describe, expect, test } from 'vitest';
import { decideGroup, parkedGroups, retryGroups } from '../../ledger/derivation-groups.ts';
import { explainDerived } from '../../ledger/derived-explained.ts';
import { isList, isObject } from '../../model/index.ts';
import { isAboutItem } from '../apply/faults.ts';
import { daily, database, made, moved, order, post, Rules, ticket, withTables } from './fixture-rules.ts';

withTables();

describe('documents made of one order', () => {
  const parts = async (rule: string, id: string) =>
    (await made(rule, id)).map(({ state, data }) => [
      state,
      data.number,
      isList(data.lines) ? data.lines.filter(isObject).map(({ key, quantity }) => `${key}×${quantity}`) : [],
    ]);

  test('a line that moves to another warehouse leaves the first, and parts keep their numbers', async () => {
    const rules = new Rules({ ship: { entity: 'fulfilment', from: 'order', split: ['locationId'] } });
    const id = await rules.tell('order', order());
    await rules.tell('order', order({ lines: moved('W2') }), id);
    expect(await parts('ship', id)).toEqual([
      ['deleted', 'W-1-1', ['a×2']],
      ['live', 'W-1-2', ['b×1', 'a×2']],
    ]);
    await rules.tell('order', order({ lines: moved('W1') }), id);
    expect(await parts('ship', id)).toEqual([
      ['live', 'W-1-1', ['b×1', 'a×2']],
      ['deleted', 'W-1-2', ['b×1', 'a×2']],
    ]);
  });

  test('amend: after posting, what changed is a document of its own; other fields ask for a person', async () => {
    const rule = {
      entity: 'receivable',
      from: 'order',
      copy: { number: 'number', amount: 'amounts.payable', storeId: 'storeId' },
      late: 'amend',
    };
    const rules = new Rules({ owed: rule });
    const id = await rules.tell('order', order());
    await post((await made('owed', id))[0]?.id ?? '');
    const [tea] = moved('W1').slice(1);
    await rules.tell('order', order({ amounts: { payable: '20' }, lines: [tea ?? {}] }), id);
    expect(await parts('owed', id)).toEqual([
      ['live', 'W-1', ['a×2', 'b×1']],
      ['live', 'W-1-2', ['b×-1']],
    ]);
    const explained = await explainDerived(database, (await made('owed', id))[1]?.id ?? '');
    expect(explained?.lines).toMatchObject([
      { key: 'b', sums: { quantity: '-1', amount: '-10' }, from: [{ line: 'b' }] },
    ]);

    await post((await made('owed', id))[1]?.id ?? '');
    await rules.tell('order', order({ amounts: { payable: '20' }, lines: [tea ?? {}], storeId: 'S9' }), id);
    expect(await parkedGroups(database, { rule: 'owed' })).toMatchObject([
      { group_key: id, error: expect.stringMatching(/storeId changed/) },
    ]);
    await rules.tell('order', order({ amounts: { payable: '20' }, lines: [tea ?? {}] }), id);
    expect(await parkedGroups(database, { rule: 'owed' })).toEqual([]);
  });

  test('park: a person posts the difference of one document', async () => {
    const rules = new Rules({
      asked: {
        entity: 'receivable',
        from: 'order',
        copy: { number: 'number', amount: 'amounts.payable' },
        late: 'park',
      },
    });
    const id = await rules.tell('order', order());
    await post((await made('asked', id))[0]?.id ?? '');
    const lines = [
      { key: 'a', skuId: 'tea', quantity: '3', amount: '30', locationId: 'W1' },
      ...moved('W1').slice(0, 1),
    ];
    await rules.tell('order', order({ amounts: { payable: '40' }, lines }), id);
    expect(await parts('asked', id)).toHaveLength(1);
    const [parked] = await parkedGroups(database, { rule: 'asked' });
    expect(parked).toMatchObject({ group_key: id, source_id: id, code: 'derive.late' });
    await decideGroup(database, { rule: 'asked', group_key: id }, 'post', 'li.na');
    await rules.drain('asked');
    expect(await parts('asked', id)).toEqual([
      ['live', 'W-1', ['a×2', 'b×1']],
      ['live', 'W-1-2', ['a×1']],
    ]);
    expect(await parkedGroups(database, { rule: 'asked' })).toEqual([]);
  });

  test('a source that is one no more: its document stays, or is cancelled before posting and asked about after', async () => {
    const rule = {
      entity: 'receivable',
      from: 'order',
      when: 'record.states.approval == "approved"',
      copy: { number: 'number', amount: 'amounts.payable' },
    };
    const rules = new Rules({ kept: rule, left: { ...rule, leave: 'cancel' } });
    const id = await rules.tell('order', order());
    const posted = await rules.tell('order', order({ number: 'W-2' }));
    await post((await made('left', posted))[0]?.id ?? '');
    for (const one of [id, posted]) await rules.tell('order', order({ states: { approval: 'draft' } }), one);
    expect((await made('kept', id)).map(({ state }) => state)).toEqual(['live']);
    expect((await made('left', id)).map(({ state }) => state)).toEqual(['deleted']);
    expect((await made('left', posted)).map(({ state }) => state)).toEqual(['live']);
    expect(await parkedGroups(database, { rule: 'left' })).toMatchObject([
      { group_key: posted, code: 'derive.late' },
    ]);
  });

  test('a rule that feeds itself stops the record it began with, not the lane', async () => {
    const set = { code: 'record.code', name: 'record.code', kind: '"warehouse"' };
    const rules = new Rules({ endless: { entity: 'location', from: 'location', set } });
    const told = rules.tell('location', { code: 'L-1', name: 'L-1', kind: 'warehouse' });
    await expect(told).rejects.toSatisfy(isAboutItem);
  });

  test('a source that is deleted takes what was made of it along', async () => {
    const rules = new Rules({
      gone: { entity: 'fulfilment', from: 'order', split: ['locationId'] },
      sum: { ...daily('amend'), when: 'record.kind == "ticket"' },
      chained: { entity: 'receivable', from: 'fulfilment', copy: ['number'], set: { amount: '"0"' } },
    });
    const id = await rules.tell('order', order());
    const [first] = await made('gone', id);
    expect((await made('chained', first?.id)).map(({ state }) => state)).toEqual(['live']);
    await rules.tell('order', order(), id, 'deleted');
    expect((await made('gone', id)).map(({ state }) => state)).toEqual(['deleted', 'deleted']);
    expect((await made('chained', first?.id)).map(({ state }) => state)).toEqual(['deleted']);
  });
});

describe('a rule that cannot be followed', () => {
  test('parks for that source alone, which is kept; it goes on when the source tells what was missing', async () => {
    const rules = new Rules({
      strict: { entity: 'fulfilment', from: 'order', split: ['locationId'] },
      plain: { entity: 'receivable', from: 'order', copy: { number: 'number', amount: 'amounts.payable' } },
    });
    const [tea, cup] = moved('W1');
    const { locationId: _nowhere, ...homeless } = tea ?? {};
    const id = await rules.tell('order', order({ lines: [homeless, cup ?? {}] }));
    expect(await parkedGroups(database, { rule: 'strict' })).toEqual([
      {
        rule: 'strict',
        group_key: id,
        source_id: id,
        code: 'derive.not-told',
        error: 'rule strict needs lines[b].locationId, which the record does not tell',
      },
    ]);
    expect(await made('plain', id)).toHaveLength(1);
    await rules.tell('order', order(), id);
    expect(await parkedGroups(database, { rule: 'strict' })).toEqual([]);
    expect(await made('strict', id)).toHaveLength(2);
  });

  test('or when it is tried again with a rule that can', async () => {
    const broken = new Rules({
      fixed: {
        ...daily('amend'),
        group: ['storeId', 'businessDate', 'direction', { channelId: 'upper(record.channelId)' }],
      },
    });
    const id = await broken.tell('order', ticket('F', '3'));
    expect(await parkedGroups(database, { rule: 'fixed' })).toMatchObject([
      { group_key: id, code: 'derive.expression' },
    ]);
    const rules = new Rules({ fixed: daily('amend') });
    expect(await retryGroups(database, { rule: 'fixed' })).toEqual(['derive/fixed/0']);
    await rules.drain('fixed');
    expect((await made('fixed', 'F/')).map(({ data }) => data.amount)).toEqual(['3']);
    expect(await parkedGroups(database, { rule: 'fixed' })).toEqual([]);
  });

  test('a document that does not fit the model is not made, and the field is named', async () => {
    const rules = new Rules({ odd: { entity: 'receivable', from: 'order', copy: { number: 'number' } } });
    const id = await rules.tell('order', order());
    expect(await made('odd', id)).toEqual([]);
    expect(await parkedGroups(database, { rule: 'odd' })).toMatchObject([
      { code: 'derive.invalid', error: expect.stringMatching(/amount is required/) },
    ]);
  });
});

describe('a bundle', () => {
  test('waits for components nobody knows, and becomes lines of them as soon as they are told', async () => {
    const rules = new Rules({
      unpacked: {
        entity: 'fulfilment',
        from: 'order',
        expand: { bundles: 'product' },
        split: ['locationId'],
      },
    });
    const set = await rules.tell('product', {
      code: 'SET',
      bundle: [
        { key: '1', sku: 'TEA-1', quantity: '2' },
        { key: '2', sku: 'CUP-1', quantity: '1' },
      ],
    });
    await rules.tell('product', { code: 'TEA-1', price: '20' });
    const id = await rules.tell(
      'order',
      order({ lines: [{ key: 'a', skuId: set, quantity: '3', amount: '100', locationId: 'W1' }] }),
    );
    expect(await parkedGroups(database, { rule: 'unpacked' })).toMatchObject([
      { code: 'derive.not-known', error: expect.stringMatching(/CUP-1/) },
    ]);
    const cup = await rules.tell('product', { code: 'CUP-1', price: '10' });
    await rules.drain('unpacked');
    const [shipped] = await made('unpacked', id);
    expect(shipped?.data.lines).toMatchObject([
      { key: 'a/1', quantity: '6', amount: '80' },
      { key: 'a/2', skuId: cup, quantity: '3', amount: '20' },
    ]);
    expect(await parkedGroups(database, { rule: 'unpacked' })).toEqual([]);
    const explained = await explainDerived(database, shipped?.id ?? '', { line: 'a/2' });
    expect(explained?.lines).toMatchObject([
      { from: [{ recordId: id, line: 'a', via: ['expand'], sums: { quantity: '3', amount: '20' } }] },
    ]);
  });

  test('takes its components from a code table, too', async () => {
    await database.query(
      `insert into crossref_tables (name, key_columns, value_columns) values ('packs', '{bundle,sku}', '{quantity,weight}')`,
    );
    await database.query(
      `insert into crossrefs (name, connection, key, value, more, author) values
       ('packs', '', 'PACK|TEA-1', '2', '{"weight":"3"}', 'test'), ('packs', '', 'PACK|CUP-1', '1', '{"weight":"1"}', 'test')`,
    );
    const rules = new Rules({
      listed: {
        entity: 'fulfilment',
        from: 'order',
        expand: { bundles: { table: 'packs' } },
        split: ['locationId'],
      },
    });
    await rules.world.tables.load(database);
    const pack = await rules.tell('product', { code: 'PACK' });
    const id = await rules.tell(
      'order',
      order({ lines: [{ key: 'a', skuId: pack, quantity: '1', amount: '10', locationId: 'W1' }] }),
    );
    const [shipped] = await made('listed', id);
    expect(shipped?.data.lines).toMatchObject([
      { key: 'a/CUP-1', quantity: '1', amount: '2.5' },
      { key: 'a/TEA-1', quantity: '2', amount: '7.5' },
    ]);
  });
});
