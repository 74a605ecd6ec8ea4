import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Notice } from '../connectors/kit/types.ts';
import { deadlettersCommand } from '../src/cli/deadletters.ts';
import type { ShownLetter } from '../src/explain/letter.ts';
import { fillCrossref } from '../src/lanes/fill-crossref.ts';
import type { Letter, LetterGroup } from '../src/ledger/dead-letters.ts';
import { decimal, isList, isObject, type JsonObject } from '../src/model/index.ts';
import { quiet, startTestHub, type TestHub, until } from './harness.ts';
import { callersOf } from './support/api.ts';
import { commandsAt } from './support/commands-at.ts';
import { hasty, lastTold, linkOf, newestInbox, pollAll, tell, withFacts } from './support/read-outs.ts';

/** A second online shop, whose settlement customer the ERP does not know. */
const secondShop = (text: string): string =>
  hasty(text).replace(
    /( +)- \{ name: WEB, .*\n/,
    (line, indent: string) => `${line}${indent}- { name: WEB2, online: true, storeCode: WEB2 }\n`,
  );

/** A warehouse that offers nothing to look an instruction up by. */
const blind = withFacts((facts, object) =>
  object === 'delivery-order'
    ? { ...facts, writeDeadlineMs: 2_000, latenessMs: 0, searchLagMs: 0, createSafety: 'none' }
    : facts,
);

/** The order with what is paid set to what its lines and its freight come to. */
function corrected(body: JsonObject): JsonObject {
  const items = isList(body.items) ? body.items.filter(isObject) : [];
  const payments = isList(body._payments) ? body._payments.filter(isObject) : [];
  const sum = items.reduce(
    (total, item) => decimal.add(total, String(item._amount)),
    String(body._freight ?? '0'),
  );
  return {
    ...body,
    _rounding: '0',
    _payable: sum,
    _paid: sum,
    _payments: payments.map((payment) => ({ ...payment, amount: sum })),
  };
}

describe('Whatever cannot go on by itself waits for a person, who sees why and decides', () => {
  let hub: TestHub;
  let run: (...words: string[]) => Promise<string>;

  beforeAll(async () => {
    hub = await startTestHub({ yaml: secondShop, connectors: blind });
    run = await commandsAt(hub, deadlettersCommand);
    await token('admin', 'admin');
    hub.pos.seedProducts(
      'WEB2',
      hub.inventor.skus.map(({ code, name, price }) => ({ barcode: code, name, sellPrice: price })),
    );
    const code = (name: string, connection: string, key: string, value: string) =>
      fillCrossref(hub.hub.world, { name, connection, key, value }, 'test');
    await code('orgs', 'erp', 'WEB2', '100');
    await code('ship-from', 'pos', 'WEB2', 'W01');
    await code('settle-customers', 'erp', 'WEB2', 'CUST-NOBODY');
    await pollAll(hub, 'pos', ['product']);
    await quiet(hub.database);
  });
  afterAll(() => hub?.stop());

  const { token, as, post, problemOf, read } = callersOf(() => hub);
  const letters = async (...words: string[]): Promise<Letter[]> =>
    (JSON.parse(await run('list', '--json', ...words)) as { letters: Letter[] }).letters;
  const order = () => ({
    ...hub.inventor.order(),
    items: [{ barcode: hub.inventor.skus[0]?.code ?? '', quantity: '1' }],
  });
  const shipped = (number: string): boolean =>
    hub.pos.orders('WEB').some((one) => one.orderNo === number && String(one.state) === '2');
  /** What was decided so far, the oldest first. */
  async function decisions(subject: string) {
    const found = await hub.database.query<{ author: string; action: string; details: object }>(
      'select author, action, details from audit where subject = $1 order by id',
      [subject],
    );
    return found.rows;
  }

  it('puts letters of one cause together, tries them again at a rate that is kept in the database, and notes who said so', async () => {
    const numbers = ['WEB2-1', 'WEB2-2', 'WEB2-3', 'WEB2-4'];
    for (const orderNo of numbers) hub.pos.placeOrder('WEB2', { ...order(), orderNo });
    await until('all are refused', async () => (await letters('--code', 'kingdee.invalid')).length === 4);
    const { groups } = JSON.parse(await run('groups', '--json', '--entity', 'order')) as {
      groups: LetterGroup[];
    };
    expect(groups).toMatchObject([
      { kind: 'push', connection: 'erp', object: 'SAL_SaleOrder', code: 'kingdee.invalid', count: 4 },
    ]);
    const group = groups[0]?.group ?? '';
    expect(await run('groups')).toContain(group);

    expect(await run('retry', '--group', group, '--dry-run')).toMatch(/^4 would be tried again/);
    expect(await letters('--connection', 'erp')).toHaveLength(4);
    await expect(run('retry')).rejects.toThrow('Nothing says which letters are meant');

    hub.erp.seedCustomers([{ number: 'CUST-NOBODY', name: '现在有了' }]);
    const asked = await hub.database.query<{ at: Date }>('select clock_timestamp() as at');
    const said = await run('retry', '--group', group, '--rate', '2/s', '--note', 'customer made');
    expect(said).toBe('4 tried again, 2 a second.\n');
    await until('all are written', () =>
      numbers.every((number) => hub.erp.bill('SAL_SaleOrder', number) !== undefined),
    );
    // The fourth has its turn a second and a half after the first.
    const last = await hub.database.query<{ ms: number }>(
      `select extract(epoch from max(t.started_at) - $2::timestamptz)::float8 * 1000 as ms
       from tries t where t.key = any($1) and t.step = 'save'`,
      [numbers, asked.rows[0]?.at],
    );
    expect(last.rows[0]?.ms).toBeGreaterThanOrEqual(1500);
    const link = await linkOf(hub, 'erp', 'SAL_SaleOrder', 'WEB2-1');
    expect(await decisions(`push/${link?.id}`)).toMatchObject([
      {
        author: 'han.mei',
        action: 'deadletters.retry',
        details: { code: 'kingdee.invalid', note: 'customer made' },
      },
    ]);
    expect(await run('list', '--connection', 'erp')).toBe('There are no dead letters.\n');
  });

  it('shows what was told with personal values hidden, and applies it as a person has corrected it', async () => {
    const number = hub.pos.placeOrder('WEB', { ...order(), totalAmount: '99999.00' });
    await until('it is dead', async () => (await letters('--code', 'apply.unbalanced')).length === 1);
    const [letter] = await letters('--entity', 'order');
    expect(letter).toMatchObject({ kind: 'inbox', connection: 'pos', object: 'online-order' });
    const name = letter?.name ?? '';
    const told = await lastTold(hub, 'pos', 'online-order');
    const hidden = JSON.parse(await run('show', name, '--json')) as ShownLetter;
    const open = JSON.parse(await run('show', name, '--json', '--show-personal')) as ShownLetter;
    expect(open.told?.body).toEqual(told.body);
    expect(hidden.told?.body).toMatchObject({ orderNo: number, contactName: '***', contactTel: '***' });
    expect(JSON.stringify(hidden)).not.toContain(String(told.body.contactTel));
    expect(await run('show', name)).toContain('apply.unbalanced');

    await expect(run('edit', name, '--body', '[1]')).rejects.toThrow();
    await expect(run('edit', name, '--body', '{"orderNo": ')).rejects.toThrow('is not a JSON object');
    const body = JSON.stringify(corrected(told.body));
    expect(await run('edit', name, '--body', body, '--note', 'sum of its lines')).toMatch(
      /is applied as inbox\//,
    );
    await until('it goes on', () => hub.erp.bill('SAL_SaleOrder', number) !== undefined);
    expect(await newestInbox(hub, 'pos', 'online-order', told.remoteId)).toMatchObject({ state: 'done' });
    const [shown, edited] = await decisions(name);
    expect(shown).toMatchObject({ author: 'han.mei', action: 'personal.read' });
    expect(edited).toMatchObject({
      author: 'han.mei',
      action: 'deadletters.edit',
      details: { note: 'sum of its lines', bodyBefore: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
    await expect(run('show', name)).rejects.toThrow('There is no dead letter');
  });

  it('closes a letter by itself when a later version of its object is applied, and leaves what a person skips', async () => {
    const number = hub.pos.placeOrder('WEB', order());
    await until('it is shipped', () => shipped(number));
    await quiet(hub.database);
    const told = await lastTold(hub, 'pos', 'online-order', `remote_id = 'WEB/${number}'`);
    const notice = (body: object) => ({
      object: 'online-order',
      remoteId: told.remoteId,
      body: body as never,
    });
    // Read, not pushed: of what is pushed without a revision the hub would ask the shop itself.
    const read = (one: Notice) => tell(hub, 'pos', one, 'poll', new Date().toISOString());
    const wrong = { ...told.body, _payable: '1.00', _paid: '1.00' };
    expect(await read(notice(wrong))).toMatchObject({ state: 'dead' });
    const [first] = await letters('--object', 'online-order');
    expect(await read(notice({ ...told.body, orderRemark: '改过了' }))).toMatchObject({
      state: 'done',
    });
    expect(await letters('--object', 'online-order')).toEqual([]);
    const closed = await hub.database.query(
      `select state, error_code, error from inbox where 'inbox/' || id = $1`,
      [first?.name],
    );
    expect(closed.rows).toMatchObject([
      {
        state: 'dropped',
        error_code: 'inbox.superseded',
        error: expect.stringContaining('a later version succeeded'),
      },
    ]);

    expect(await read(notice({ ...wrong, orderRemark: '又错了' }))).toMatchObject({
      state: 'dead',
    });
    const [second] = await letters('--object', 'online-order');
    expect(await run('skip', second?.name ?? '', '--note', 'test order')).toBe('1 left.\n');
    expect(await letters()).toEqual([]);
    expect(await decisions(second?.name ?? '')).toMatchObject([
      { action: 'deadletters.skip', details: { code: 'apply.unbalanced', note: 'test order' } },
    ]);
  });

  it('is told by the API with its cause and what to do, and edited there without seeing what is hidden', async () => {
    const number = hub.pos.placeOrder('WEB', { ...order(), totalAmount: '99999.00' });
    await until('it is dead', async () => (await letters('--code', 'apply.unbalanced')).length === 1);
    const { items: causes } = await read('admin', '/v1/problems?state=dead,parked&code=apply.unbalanced');
    expect(causes).toMatchObject([{ count: 1, state: 'dead' }]);
    const { items } = await read('admin', `/v1/problems/${causes[0]?.group}?state=dead&limit=1`);
    expect(items).toMatchObject([{ name: causes[0]?.example, kind: 'inbox', code: 'apply.unbalanced' }]);
    expect(await read('admin', '/v1/codes/apply.unbalanced')).toMatchObject({ goesOn: 'person' });
    expect(await read('admin', '/v1/codes/kingdee.invalid')).toMatchObject({ vendor: 'kingdee' });
    expect(await read('admin', '/v1/codes/records.unknown')).toMatchObject({
      zh: { means: 'hub 没有记录 {name}。' },
    });
    expect(await read('admin', '/v1/codes/mapping.two-writers')).toMatchObject({
      zh: { means: '两行写同一路径。' },
    });
    expect((await as('admin', '/v1/codes/no.such')).status).toBe(404);

    const at = `/v1/deadletters/${items[0]?.name}`;
    const shown = await as('admin', at);
    const { told } = (await shown.json()) as { told: { body: JsonObject } };
    expect(told.body.contactTel).toBe('***');
    const body = corrected(told.body);
    const match = { 'if-match': shown.headers.get('etag') ?? '' };
    expect(await problemOf(await post('admin', `${at}/edit`, { body }))).toEqual([
      428,
      'request.unconditional',
    ]);
    const moved = await post('admin', `${at}/edit`, { body: { ...body, elsewhere: '***' } }, match);
    expect(((await moved.json()) as { errors: object[] }).errors).toMatchObject([
      { pointer: '/body/elsewhere' },
    ]);
    const trial = await post('admin', `${at}/edit`, { body, dryRun: true }, match);
    expect(await trial.json()).toMatchObject({ becomes: null });
    expect((await post('admin', `${at}/edit`, { body, note: 'sum of its lines' }, match)).status).toBe(200);
    expect(await problemOf(await post('admin', `${at}/edit`, { body }, match))).toEqual([
      412,
      'request.stale',
    ]);
    const { replacedBy } = (await read('admin', `/v1/inbox/${at.split('/').at(-1)}`)) as never;
    expect(replacedBy).toEqual(expect.any(Number));
    await until('it goes on', () => shipped(number));
    const kept = await hub.database.query<{ receiver: JsonObject }>(
      `select data -> 'receiver' as receiver from records where entity = 'order' and data ->> 'number' = $1`,
      [number],
    );
    expect(JSON.stringify(kept.rows[0]?.receiver)).not.toContain('***');
  });

  it('settles a write nobody knows the outcome of by what a person has found there', async () => {
    hub.wms.faults.next(1, 'error500AfterEffect', 'deliveryorder.create');
    const there = hub.pos.placeOrder('WEB', order());
    const unknown = async (number: string): Promise<string> => {
      await until('nobody can tell', async () => {
        return (await linkOf(hub, 'wms', 'delivery-order', `${number}-1`))?.state === 'unknown';
      });
      return `push/${(await linkOf(hub, 'wms', 'delivery-order', `${number}-1`))?.id}`;
    };
    const first = await unknown(there);
    expect((await letters('--connection', 'wms')).filter(({ name }) => name === first)).toMatchObject([
      { name: first, state: 'unknown', code: 'push.unknown', key: `${there}-1`, entity: 'fulfilment' },
    ]);
    const shown = JSON.parse(await run('show', first, '--json')) as ShownLetter;
    expect(shown.tries).toMatchObject([
      {
        step: 'create',
        outcome: 'unknown',
        sent: { deliveryOrder: { receiverInfo: { name: '***', mobile: '***' } } },
      },
    ]);
    await expect(run('retry', first)).rejects.toThrow('Nobody can tell whether');
    const other = await hub.database.query<{ remote_id: string }>(
      `select remote_id from links where connection = 'wms' and object = 'delivery-order' and remote_id is not null limit 1`,
    );
    const taken = other.rows[0]?.remote_id ?? '';
    await expect(run('resolve', first, '--exists', taken)).rejects.toThrow(
      'is linked to another record already',
    );
    const id = hub.wms.order(`${there}-1`)?.id ?? '';
    // By the API, as by the command.
    const resolve = `/v1/deadletters/${first}/resolve`;
    expect((await post('admin', resolve, { as: 'exists' })).status).toBe(422);
    expect(await problemOf(await post('admin', resolve, { as: 'exists', remoteId: taken }))).toEqual([
      409,
      'deadletters.remote-taken',
    ]);
    const found = { as: 'exists', remoteId: id, remoteNumber: `${there}-1`, note: 'seen in the console' };
    expect(await (await post('admin', resolve, { ...found, dryRun: true })).json()).toMatchObject({
      state: 'unknown',
    });
    expect((await post('admin', resolve, found)).status).toBe(200);
    await until('the order goes on', () => shipped(there));
    expect(hub.wms.order(`${there}-1`)?.creates).toBe(1);
    await expect(run('resolve', first, '--absent')).rejects.toThrow('is not unknown');

    hub.wms.faults.next(1, 'error500', 'deliveryorder.create');
    const gone = hub.pos.placeOrder('WEB', order());
    const second = await unknown(gone);
    await run('resolve', second, '--absent');
    await until('it is written anew and shipped', () => shipped(gone));
    expect(hub.wms.order(`${gone}-1`)?.creates).toBe(1);
    const tried = await hub.database.query(
      `select outcome, answer ->> 'foundBy' as "foundBy" from tries where key = any($1) order by started_at`,
      [[`${there}-1`, `${gone}-1`]],
    );
    expect(tried.rows).toEqual([
      { outcome: 'done', foundBy: 'person' },
      { outcome: 'absent', foundBy: 'person' },
      { outcome: 'done', foundBy: null },
    ]);
    expect(await decisions(first)).toMatchObject([
      {
        action: 'deadletters.resolve',
        details: { finding: 'exists', remoteId: id, note: 'seen in the console' },
      },
    ]);
  });
});
