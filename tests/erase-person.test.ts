import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertAudit } from '../src/ledger/audit.ts';
import { verifyAudit } from '../src/ledger/audit-chain.ts';
import { pollNow } from '../src/ledger/cursors.ts';
import { issueToken } from '../src/ledger/tokens.ts';
import { quiet, startTestHub, type TestHub, tokenOf, until } from './harness.ts';

const who = {
  name: '欧阳雪琪',
  phone: '13987654321',
  number: 'VIP-66012345',
  street: '望江路1288号锦绣花园3栋502',
};

describe('A person who is erased', () => {
  let hub: TestHub;
  let uid = '';
  let orderNo = '';
  let everything: string[] = [];

  beforeAll(async () => {
    hub = await startTestHub({
      backend: 'postgres',
      // Everything of everybody is posted, and fails: what was to be posted holds their values, too.
      yaml: (text) =>
        text.replace(
          /^server:/m,
          'outbound: { allow: [127.0.0.1] }\nsubscriptions:\n  all: { url: "http://127.0.0.1:9/none", events: [customer.created, order.created, deadletter.opened], personal: full }\nserver:',
        ),
    });
    [uid = ''] = hub.pos.seedCustomers('S01', [
      { number: who.number, name: who.name, phone: who.phone, birthday: '1990-05-17' },
    ]);
    everything = [...Object.values(who), uid];
    await tell('S01', 'customer.new', { customerUid: uid });
    await until('they are known', async () => (await customers()).length === 1);
    orderNo = hub.pos.placeOrder('WEB', {
      ...hub.inventor.order(),
      customerNumber: who.number,
      contactName: who.name,
      contactTel: who.phone,
      contactAddress: `浙江省杭州市上城区${who.street}`,
      orderRemark: `给${who.name}，打 139 8765 4321`,
    });
    // A message that cannot be applied, and a decision with what somebody wrote about them.
    await tell('S01', 'nonsense.happened', { about: who.name, call: who.phone });
    await insertAudit(hub.database, [
      {
        author: 'han.mei',
        action: 'deadletters.edit',
        subject: 'inbox/17',
        details: { note: `asked ${who.name} on ${who.phone}` },
      },
    ]);
    await until('the order is known', async () => (await order()) !== undefined);
    await quiet(hub.database);
  }, 90_000);
  afterAll(() => hub?.stop());

  async function tell(account: string, cmd: string, payload: Record<string, string>): Promise<void> {
    const { headers, body } = hub.pos.signedPush(account, cmd, payload);
    const answer = await fetch(`${hub.url}/hooks/pos`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
  }
  async function customers(): Promise<readonly { id: string; state: string }[]> {
    const { rows } = await hub.database.query<{ id: string; state: string }>(
      `select id, state from records where entity = 'customer' and data ->> 'code' = $1`,
      [who.number],
    );
    return rows;
  }
  async function order(): Promise<{ id: string; data: Record<string, unknown> } | undefined> {
    const { rows } = await hub.database.query<{ id: string; data: Record<string, unknown> }>(
      `select id, data from records where entity = 'order' and data ->> 'number' = $1`,
      [orderNo],
    );
    return rows[0];
  }
  async function people(path: string, body: object, token?: string): Promise<Response> {
    return fetch(`${hub.url}/v1/people/${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token ?? (await tokenOf(hub))}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
  }

  /** Every column of every table in which one of the values stands, bytes read as text. */
  async function placesOf(values: readonly string[]): Promise<string[]> {
    const { rows: columns } = await hub.database.query<{ table: string; column: string; type: string }>(
      `select c.relname as table, a.attname as column, t.typname as type from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       join pg_type t on t.oid = a.atttypid
       where c.relnamespace = $1::regnamespace and c.relkind = 'r'`,
      [hub.database.schema],
    );
    const found: string[] = [];
    for (const { table, column, type } of columns) {
      const { rows } = await hub.database.query<{ value: string | Buffer }>(
        `select "${column}"${type === 'bytea' ? '' : '::text'} as value from "${table}" where "${column}" is not null`,
      );
      for (const { value } of rows) {
        const text = Buffer.isBuffer(value) ? value.toString('utf8') : value;
        for (const one of values) {
          const forms = [one, encodeURIComponent(one), JSON.stringify(one).slice(1, -1), escaped(one)];
          if (forms.some((form) => text.includes(form))) found.push(`${table}.${column}: ${one}`);
        }
      }
    }
    return found;
  }
  const escaped = (value: string): string =>
    value.replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

  test('is found before, in many tables, and exported from all of them to an admin who may see personal values', async () => {
    const tables = new Set((await placesOf(everything)).map((one) => one.replace(/(_\d{8})?\..*/, '')));
    for (const one of [
      'records',
      'identities',
      'links',
      'changes',
      'inbox',
      'webhook_messages',
      'audit',
      'shadows',
      'tries',
    ])
      expect([...tables]).toContain(one);
    const asked = { number: who.number };
    expect((await people('export', asked)).status).toBe(403);
    const made = await issueToken(hub.database, {
      name: 'officer',
      role: 'admin',
      scopes: ['pii:read'],
      author: 'test',
    });
    const told = (await (await people('export', asked, made?.secret)).json()) as Record<string, unknown>;
    const text = JSON.stringify(told);
    for (const value of [who.name, who.phone, who.number, who.street, uid]) expect(text).toContain(value);
    const preview = (await (await people('preview', { phone: `+86 ${who.phone}` })).json()) as object;
    expect(preview).toMatchObject({ copies: [{ connection: 'pos' }], documents: { order: 1 } });
    expect(JSON.stringify(preview)).not.toContain(who.name);
  });

  test('is found nowhere afterwards by any of their values; what was bought stays', async () => {
    const before = await order();
    const asked = { person: { member: who.number }, reason: 'asked for it' };
    const answer = await people('erase', asked);
    expect(answer.status, await answer.clone().text()).toBe(200);
    expect(await answer.json()).toMatchObject({ left: 0 });
    expect(await placesOf(everything)).toEqual([]);
    const after = await order();
    expect(after?.id).toBe(before?.id);
    expect(after?.data.amounts).toEqual(before?.data.amounts);
    expect(after?.data.lines).toMatchObject(
      (before?.data.lines as object[] | undefined)?.map(() => ({})) ?? [],
    );
    expect(after?.data).not.toHaveProperty('receiver');
    expect((await verifyAudit(hub.database)).findings).toEqual([]);
    expect((await people('preview', { number: who.number })).status).toBe(404);
    expect((await people('preview', {})).status).toBe(400);
  });

  test('does not come back by the next poll nor by a message; both are dropped with a reason', async () => {
    await hub.database.query(`update cursors set cursor = null where connection = 'pos'`);
    for (const object of ['customer', 'online-order']) await pollNow(hub.database, 'pos', object);
    hub.hub.world.ring(['poll/pos/customer', 'poll/pos/online-order']);
    await tell('S01', 'customer.new', { customerUid: uid });
    await until('both were dropped', async () => {
      const { rows } = await hub.database.query<{ via: string }>(
        `select distinct via from inbox where error_code = 'person.erased' order by via`,
      );
      return rows.map((one) => one.via).join() === 'poll,webhook';
    });
    await until('nothing is polled any more', async () => {
      const { rows } = await hub.database.query(
        `select 1 from cursors where connection = 'pos' and object in ('customer', 'online-order')
           and (due_at <= now() or cursor is null)`,
      );
      return rows.length === 0;
    });
    await quiet(hub.database);
    expect(await placesOf(everything)).toEqual([]);
    expect((await order())?.data).not.toHaveProperty('receiver');
    // Others come in as ever.
    const [other = ''] = hub.pos.seedCustomers('S01', [
      { number: 'VIP-66012346', name: '欧阳雪晴', phone: '13987654322' },
    ]);
    await tell('S01', 'customer.new', { customerUid: other });
    await until('somebody else is known', async () => {
      const { rows } = await hub.database.query(`select 1 from records where data ->> 'name' = '欧阳雪晴'`);
      return rows.length === 1;
    });
  });
});
