import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindCommand, unbindCommand } from '../src/cli/bind.ts';
import { credentialCommand } from '../src/cli/credential.ts';
import { editCommand, redateCommand } from '../src/cli/edit.ts';
import { fetchCommand } from '../src/cli/fetch.ts';
import { holdCommand, releaseCommand } from '../src/cli/hold.ts';
import { orderCommand } from '../src/cli/order.ts';
import { pushCommand } from '../src/cli/push.ts';
import type { WorldSurroundings } from '../src/cli/world.ts';
import { auditOf } from '../src/ledger/audit.ts';
import { pauseConnection, resumeConnection } from '../src/ledger/connections.ts';
import type { JsonObject } from '../src/model/json.ts';
import { quiet, startTestHub, statusOf, type TestHub, tokenOf, until } from './harness.ts';

describe('Daily work', () => {
  let hub: TestHub;

  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub?.stop());

  /** What a command prints as JSON. */
  async function run(make: (around: WorldSurroundings) => Command, ...words: string[]): Promise<JsonObject> {
    let printed = '';
    const { world } = hub.hub;
    const command = make({
      open: async () => ({ world, reach: (one) => world.session(one), close: async () => undefined }),
      write: (text) => {
        printed += text;
      },
      user: 'li.na',
    });
    await command.parseAsync([...words, '--json'], { from: 'user' });
    return JSON.parse(printed) as JsonObject;
  }
  async function ask(method: 'GET' | 'POST', to: string, body?: object, key?: string): Promise<JsonObject> {
    const answer = await fetch(`${hub.url}${to}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
      headers: {
        authorization: `Bearer ${await tokenOf(hub)}`,
        'content-type': 'application/json',
        ...(key ? { 'idempotency-key': key } : {}),
      },
    });
    return { status: answer.status, ...((await answer.json()) as JsonObject) };
  }
  async function rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await hub.database.query<Row>(sql, values)).rows;
  }
  const orderOf = async (number: string): Promise<string> => {
    const [row] = await rows<{ id: string }>(
      `select id from records where entity = 'order' and data ->> 'number' = $1`,
      [number],
    );
    return row?.id ?? '';
  };
  const linkOf = async (number: string, connection: string) => {
    const [link] = await rows<{
      id: string;
      state: string;
      remote_id: string | null;
      error_code: string | null;
    }>(
      `select l.id, l.state, l.remote_id, l.error_code from links l join records r on r.id = l.record_id
       where r.entity = 'order' and r.data ->> 'number' = $1 and l.connection = $2`,
      [number, connection],
    );
    return link;
  };
  /** An order that the hub knows and that the ERP could not be told yet. */
  async function ordered(): Promise<string> {
    await pauseConnection(hub.database, 'erp', 60_000, 'test');
    const number = hub.pos.placeOrder('WEB', hub.inventor.order());
    await until('the order is told', async () => (await linkOf(number, 'erp')) !== undefined);
    return number;
  }
  const goOn = async (): Promise<void> => {
    await resumeConnection(hub.database, 'erp');
  };
  const arrived = (number: string): Promise<void> =>
    until('the order is in the ERP', async () => {
      const link = await linkOf(number, 'erp');
      return link?.state === 'idle' && link.remote_id !== null;
    });

  it('holds a record until it is released, shows who and why, and what it is worth', async () => {
    const number = await ordered();
    const id = await orderOf(number);
    expect(
      await run(holdCommand, number, '--reason', 'address', '--entity', 'order', '--dry-run'),
    ).toMatchObject({
      holds: 1,
    });
    expect(await ask('GET', '/v1/holds')).toMatchObject({ items: [] });
    const key = 'hold-once';
    const body = { reason: 'address is being checked' };
    const held = await ask('POST', `/v1/records/${id}/hold`, body, key);
    expect(held).toMatchObject({ status: 200, holds: 1, entity: 'order', number });
    expect(await ask('POST', `/v1/records/${id}/hold`, body, key)).toEqual(held);
    await goOn();
    await until('it stands still', async () => (await linkOf(number, 'erp'))?.error_code === 'push.held');

    const page = await ask('GET', `/v1/orders/${number}/page`);
    const copies = (page.documents as { copies: JsonObject[] }[])[0]?.copies ?? [];
    expect(copies.find((copy) => copy.connection === 'erp')).toMatchObject({
      state: 'waiting',
      next: 'held',
    });
    expect(page).toMatchObject({ holds: [{ reason: 'address is being checked', connection: null }] });
    expect(await statusOf(hub)).toMatchObject({ holds: [{ entity: 'order', connection: '', count: 1 }] });
    const problems = (await ask('GET', '/v1/problems?code=push.held')).items as JsonObject[];
    expect(problems).toMatchObject([{ count: 1, orders: 1, amounts: { CNY: page.payable } }]);

    // Whatever changes meanwhile: it is planned again, and stands still again.
    await ask('POST', `/v1/records/${id}/push`, { connection: 'erp', reason: 'impatient' });
    await until('it stands still again', async () => (await linkOf(number, 'erp'))?.state === 'waiting');
    expect(hub.erp.calls.get('Save SAL_SaleOrder') ?? 0).toBe(0);

    expect(await run(releaseCommand, id, '--reason', 'address is right')).toMatchObject({ holds: 1 });
    await arrived(number);
    expect((await auditOf(hub.database, `record/${id}`)).map((one) => one.action)).toEqual([
      'records.release',
      'records.push',
      'records.hold',
    ]);
  });

  it('shows an order by any of its numbers, with its documents and what comes next', async () => {
    const number = hub.pos.placeOrder('WEB', hub.inventor.order());
    await arrived(number);
    await until('the instruction is in the warehouse', async () => {
      const page = await run(orderCommand, number);
      return (page.documents as JsonObject[]).some((one) => one.entity === 'fulfilment');
    });
    const page = await run(orderCommand, number);
    const { erp = [] } = page.numbers as Record<string, { object: string; number: string }[]>;
    expect(page).toMatchObject({ number, kind: 'web' });
    expect((page.documents as JsonObject[])[0]).toMatchObject({ entity: 'order', from: 'pos' });
    const there = erp.find((one) => one.object === 'SAL_SaleOrder')?.number ?? '';
    expect(await run(orderCommand, there)).toMatchObject({ id: page.id as string });
    expect(await ask('GET', '/v1/orders/nothing/page')).toMatchObject({
      status: 404,
      code: 'records.unknown',
    });
  });

  it('fetches what was never told, by its id and by a range of time', async () => {
    hub.pos.notifyAt('http://127.0.0.1:1/');
    const [one, other] = [0, 1].map(() => hub.pos.placeOrder('WEB', hub.inventor.order()));
    hub.pos.notifyAt(`${hub.url}/hooks/pos`);
    expect(await orderOf(one ?? '')).toBe('');
    const words = ['pos', 'online-order', '--id', `WEB/${one}`, '--reason', 'missing in the ERP'];
    expect(await run(fetchCommand, ...words, '--dry-run')).toMatchObject({ ids: [`WEB/${one}`] });
    expect(await run(fetchCommand, ...words, '--wait')).toMatchObject({ objects: [{ state: 'done' }] });
    expect(await orderOf(one ?? '')).not.toBe('');
    expect(await rows(`select via from inbox where remote_id = $1`, [`WEB/${one}`])).toEqual([
      { via: 'fetch' },
    ]);

    const since = new Date(Date.now() - 3_600_000).toISOString();
    const asked = { connection: 'pos', object: 'online-order', since, reason: 'webhooks were lost' };
    expect(await ask('POST', '/v1/fetches', { ...asked, until: '2020-01-01T00:00:00Z' })).toMatchObject({
      status: 422,
      code: 'daily.bad-option',
    });
    expect(await ask('POST', '/v1/fetches', asked)).toMatchObject({ status: 200, connection: 'pos' });
    await until('the other one is there', async () => (await orderOf(other ?? '')) !== '');
    expect(await ask('POST', '/v1/fetches', { ...asked, object: 'nothing' })).toMatchObject({
      status: 404,
      code: 'fetch.not-read',
    });
  });

  it('binds what somebody entered by hand, and creates no second one', async () => {
    const number = hub.pos.placeOrder('WEB', hub.inventor.order());
    await arrived(number);
    const id = await orderOf(number);
    await quiet(hub.database);
    const before = await linkOf(number, 'erp');
    const [numbers] = await rows<{ remote_number: string }>('select remote_number from links where id = $1', [
      before?.id,
    ]);
    const off = await run(unbindCommand, id, 'erp', '--reason', 'wrong bill');
    expect(off).toMatchObject({ object: 'SAL_SaleOrder', remoteId: before?.remote_id ?? '' });
    await ask('POST', `/v1/records/${id}/push`, { connection: 'erp', reason: 'is anything made?' });
    await until('nothing is made', async () => (await linkOf(number, 'erp'))?.error_code === 'push.held');
    await expect(
      run(bindCommand, id, 'erp', '--number', 'NOBODY-1', '--reason', 'entered by hand'),
    ).rejects.toMatchObject({ code: 'bind.not-found' });
    const bound = await run(
      ...([bindCommand, id, 'erp', '--number', numbers?.remote_number ?? '', '--reason', 'entered'] as const),
    );
    expect(bound).toMatchObject({ checked: true, remoteId: before?.remote_id ?? '' });
    expect(await run(releaseCommand, id, '--reason', 'bound')).toMatchObject({ holds: 0 });
    const again = hub.pos.placeOrder('WEB', hub.inventor.order());
    await arrived(again);
    await quiet(hub.database);
    expect(
      await ask('POST', `/v1/records/${await orderOf(again)}/unbind`, { connection: 'erp', reason: 'x' }),
    ).toMatchObject({ status: 200 });
    expect(
      await ask('POST', `/v1/records/${await orderOf(again)}/bind`, {
        connection: 'erp',
        remoteId: before?.remote_id,
        reason: 'mine now',
      }),
    ).toMatchObject({ status: 409, code: 'bind.taken' });
  });

  it('edits many records with counts before, refuses what a system owns, and takes it back', async () => {
    const [before] = await rows<{ n: number }>(
      `select count(*)::int as n from records where entity = 'product' and data ->> 'ext' is null`,
    );
    const words = [
      'product',
      '--where',
      'record.name != null',
      '--set',
      'name=All the same',
      '--reason',
      'test',
    ];
    const named = await rows<{ id: string; name: string }>(
      `select id, data ->> 'name' as name from records where entity = 'product' and state = 'live' order by id`,
    );
    expect(before?.n).toBeGreaterThan(0);
    const preview = await run(editCommand, 'set', ...words, '--dry-run');
    expect(preview).toMatchObject({ edit: null, changed: named.length, refused: [] });
    expect((preview.examples as JsonObject[])[0]).toMatchObject({ changes: [{ after: 'All the same' }] });
    const done = await run(editCommand, 'set', ...words);
    expect(done).toMatchObject({ changed: named.length });
    const count = async (): Promise<number> =>
      (await rows(`select 1 from records where entity = 'product' and data ->> 'name' = 'All the same'`))
        .length;
    expect(await count()).toBe(named.length);
    const back = await ask('POST', `/v1/edits/${done.edit}/undo`, { reason: 'it was a test' });
    expect(back).toMatchObject({ status: 200, changed: named.length });
    expect(
      await rows(
        `select id, data ->> 'name' as name from records where entity = 'product' and state = 'live' order by id`,
      ),
    ).toEqual(named);

    const number = hub.pos.placeOrder('WEB', hub.inventor.order());
    await arrived(number);
    const owned = { entity: 'order', records: [number], set: { notes: 'mine' }, reason: 'test' };
    expect(await ask('POST', '/v1/edits', owned)).toMatchObject({
      changed: 0,
      refused: [{ code: 'edit.owned', count: 1 }],
    });
    expect(await ask('POST', '/v1/edits', { ...owned, set: { number: 'X' } })).toMatchObject({ status: 422 });
    // Whom a filter finds tells what it asks for: not to those who may not see personal values.
    const { records: _named, ...filtered } = { ...owned, dryRun: true };
    for (const where of ['record.receiver.name == "张三"', 'record.receiver != null', 'record == record'])
      expect(await ask('POST', '/v1/edits', { ...filtered, where })).toMatchObject({ status: 403 });
    expect(await ask('POST', '/v1/edits', { ...filtered, where: 'record.kind == "none"' })).toMatchObject({
      matched: 0,
    });
    expect(
      await run(redateCommand, 'order', '--record', number, '--to', '2026-12-01', '--reason', 'closed'),
    ).toMatchObject({ changed: 1 });
    // The shop tells the order again, and does not undo what it never told.
    await run(fetchCommand, 'pos', 'online-order', '--id', `WEB/${number}`, '--reason', 'again', '--wait');
    expect(
      await rows(`select data ->> 'postingDate' as day from records where id = $1`, [await orderOf(number)]),
    ).toEqual([{ day: '2026-12-01' }]);
  });

  it('lets records that stand before an audit use another auditor', async () => {
    const words = ['erp', 'auditor', '--use', 'default', '--reason', 'on leave'];
    await expect(run(credentialCommand, 'erp', 'cook', ...words.slice(2))).rejects.toMatchObject({
      code: 'credentials.unknown-step',
    });
    // What the tests before have ordered goes through the same steps.
    await quiet(hub.database);
    const number = await ordered();
    const link = await linkOf(number, 'erp');
    // It was submitted when the ERP went away.
    await hub.database.query(
      `update links set step = 'submit', state = 'parked', remote_id = '999999' where id = $1`,
      [link?.id],
    );
    expect(await run(credentialCommand, ...words, '--dry-run')).toMatchObject({ copies: 1 });
    expect(await run(credentialCommand, ...words)).toMatchObject({
      copies: 1,
      examples: [{ object: 'SAL_SaleOrder', step: 'audit' }],
    });
    expect(await rows('select instead_of, credential from step_credentials')).toEqual([
      { instead_of: 'auditor', credential: 'default' },
    ]);
    const told = await run(pushCommand, number, 'erp', '--entity', 'order', '--reason', 'see', '--dry-run');
    expect(told).toMatchObject({ copies: [{ next: 'write', step: 'audit' }] });
    await goOn();
    // The maker may not audit there: what was sent ran under that name.
    await until('the maker was refused', async () =>
      /^kingdee\./.test((await linkOf(number, 'erp'))?.error_code ?? ''),
    );
  });
});
