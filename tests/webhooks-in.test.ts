import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callbackRequest, confirmOf } from '../connectors/qimen/testing.ts';
import { replayCommand } from '../src/cli/replay.ts';
import { insertInbox } from '../src/ledger/inbox.ts';
import { dropMessagesBefore } from '../src/ledger/webhook-messages.ts';
import { startTestHub, statusOf, type TestHub } from './harness.ts';
import { commandsAt } from './support/commands-at.ts';

const secrets = { fresh: 'a-fresh-secret-of-24-byte', before: 'the-secret-used-till-then' };
const written = Object.values(secrets).map((secret) => `whsec_${Buffer.from(secret).toString('base64')}`);
// A door without workers: what it takes in stays as it came.
const web = `
  web:
    connector: http
    config:
      baseUrl: http://127.0.0.1:9
      objects: { product: { id: id } }
      webhook: { object: product, signature: standard-webhooks }
    secrets: { webhookSecret: [${written.join(', ')}] }
    webhook: { from: [127.0.0.0/8], tolerance: 1m, bodyLimit: 4096, rate: { perSecond: 1, burst: 40 } }
`;
let hub: TestHub;
let replay: (...words: string[]) => Promise<string>;

beforeAll(async () => {
  hub = await startTestHub({
    ...{ role: 'api', seed: false },
    yaml: (text) => text.replace(/^connections:\n/m, `connections:${web}`),
  });
  replay = await commandsAt(hub, (around) =>
    replayCommand({
      ...around,
      open: async (file) => ({ ...(await around.open(file)), options: hub.options }),
    }),
  );
});
afterAll(() => hub.stop());

/** A message as Standard Webhooks signs it. */
async function tell(
  body: object | string,
  options: { secret?: string; id?: string; at?: number; algorithm?: string } = {},
): Promise<Response> {
  const { secret = secrets.fresh, id = 'msg_1', at = Date.now(), algorithm = 'sha256' } = options;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const seconds = String(Math.floor(at / 1000));
  const signature = createHmac(algorithm, secret).update(`${id}.${seconds}.${text}`).digest('base64');
  return fetch(`${hub.url}/hooks/web`, {
    method: 'POST',
    body: text,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': `v1,${signature}`,
    },
  });
}

async function rowsOf(sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await hub.database.query(sql, values)).rows;
}
const kept = (connection: string) =>
  rowsOf('select * from webhook_messages where connection = $1 order by id', connection);
const inbox = (connection: string) =>
  rowsOf(
    'select object, remote_id, via, replay_of, state from inbox where connection = $1 order by id',
    connection,
  );

describe('while a secret is being replaced', () => {
  test('messages of both are acknowledged and counted, and others are refused', async () => {
    const answers = [
      await tell({ id: 1, name: '绿茶' }, { id: 'msg_new' }),
      await tell({ id: 2 }, { id: 'msg_old', secret: secrets.before }),
      await tell({ id: 3 }, { id: 'msg_other', secret: 'somebody-elses-secret' }),
      await tell({ id: 3 }, { id: 'msg_sha1', algorithm: 'sha1' }),
      await tell({ id: 3 }, { id: 'msg_late', at: Date.now() - 90_000 }),
      await tell({ id: 3, text: 'x'.repeat(4_096) }, { id: 'msg_large' }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 401, 401, 401, 413]);
    const { webhooks } = (await statusOf(hub)) as { webhooks: unknown };
    expect(webhooks).toEqual({
      web: {
        accepted: { current: 1, previous: 1 },
        previousAt: expect.stringMatching(/^20.*Z$/),
        refused: { 'hook.bad-signature': 2, 'hook.stale': 1, 'request.too-large': 1 },
      },
    });
  });

  test('accepted ones are kept as they came, without what proves them', async () => {
    const [first, second, ...more] = await kept('web');
    expect(first).toMatchObject({
      ...{ method: 'POST', query: '', previous_secret: false },
      headers: { 'content-type': 'application/json', 'webhook-id': 'msg_new' },
      body: Buffer.from('{"id":1,"name":"绿茶"}'),
    });
    expect(second).toMatchObject({ previous_secret: true });
    expect(more).toEqual([]);
  });
});

describe('what was kept is told again', () => {
  test('by its split, marked, and although its id was seen', async () => {
    const { query, headers, body } = callbackRequest(confirmOf('SO-1', { outBizCode: 'CONFIRM-1' }));
    const send = () =>
      fetch(`${hub.url}/hooks/wms?${query}`, { method: 'POST', headers, body: Buffer.from(body) });
    expect([(await send()).status, (await send()).status]).toEqual([200, 200]);
    const before = await inbox('wms');
    expect(before).toHaveLength(1);
    const messages = await kept('wms');
    expect(messages).toHaveLength(2);
    expect(messages[0]?.query).not.toMatch(/sign=/);

    expect(await replay('--connection', 'wms', '--since', '1h', '--dry-run')).toBe(
      `2 messages; would tell: 2 delivery-confirm.\n${await sinceWhen()}\n`,
    );
    expect(await inbox('wms')).toEqual(before);

    const told = JSON.parse(
      await replay('--connection', 'wms', '--since', '1h', '--json', '--note', 'mended'),
    );
    expect(told).toMatchObject({ messages: 2, told: { 'delivery-confirm': 2 }, outdated: 0, unreadable: 0 });
    const [first, ...again] = await inbox('wms');
    expect(again).toEqual(messages.map(({ id }) => ({ ...first, replay_of: id })));
    expect(
      await rowsOf(`select author, subject, details from audit where action = 'webhooks.replay'`),
    ).toEqual([
      {
        ...{ author: 'han.mei', subject: 'connection/wms' },
        details: expect.objectContaining({ messages: 2, note: 'mended' }),
      },
    ]);
  });

  test('only what a push tells of the object asked for, and only from the time asked for', async () => {
    for (const [cmd, payload] of [
      ['ticket.new', { sn: 'T-1' }],
      ['customer.new', { customerUid: '7' }],
    ] as const) {
      const { headers, body } = hub.pos.signedPush('S01', cmd, payload);
      expect((await fetch(`${hub.url}/hooks/pos`, { method: 'POST', headers, body })).status).toBe(200);
    }
    const all = await replay(
      '--connection',
      'pos',
      '--since',
      '1h',
      '--object',
      'customer',
      '--rate',
      '1000/s',
    );
    expect(all).toContain('2 messages; told again: 1 customer.');
    const [, last] = (await kept('pos')) as { received_at: Date }[];
    const until = last?.received_at.toISOString() ?? '';
    const early = await replay(
      '--connection',
      'pos',
      '--since',
      '1h',
      '--until',
      until,
      '--dry-run',
      '--json',
    );
    expect(JSON.parse(early)).toMatchObject({
      told: { ticket: expect.any(Number) },
      messages: expect.any(Number),
    });
    expect(JSON.parse(early).told).not.toHaveProperty('customer');
  });

  test('but not what was told anew since and says not when it is from', async () => {
    expect((await tell({ id: 9, name: 'old' }, { id: 'msg_9a' })).status).toBe(200);
    const until = (await rowsOf(`select clock_timestamp() + interval '1 ms' as at`))[0]?.at as Date;
    await rowsOf('select pg_sleep(0.002)');
    expect((await tell({ id: 9, name: 'new' }, { id: 'msg_9b' })).status).toBe(200);
    const told = JSON.parse(
      await replay('--connection', 'web', '--since', '1h', '--until', until.toISOString(), '--json'),
    );
    expect(told).toMatchObject({ messages: 3, previousSecret: 1, told: { product: 2 }, outdated: 1 });
  });

  test.each([
    [['--connection', 'shop', '--since', '1h'], 'replay.bad-option'],
    [['--connection', 'erp', '--since', '1h'], 'replay.not-received'],
    [['--connection', 'pos', '--since', 'soon'], 'replay.bad-option'],
    [['--connection', 'pos', '--since', '1h', '--until', '2020-01-01'], 'replay.bad-option'],
    [['--connection', 'pos', '--since', '1h', '--rate', 'fast'], 'replay.bad-option'],
    [['--connection', 'pos', '--since', '1h', '--object', 'tickets'], 'replay.bad-option'],
  ])('%j is refused', async (words, code) => {
    await expect(replay(...words)).rejects.toMatchObject({ code });
  });
});

test('bytes are kept as they are, and a message that tells of nothing, too', async () => {
  const message = {
    connection: 'x',
    method: 'POST',
    query: '',
    body: Buffer.from([0, 255, 10]),
    previousSecret: false,
  };
  expect(await insertInbox(hub.database, [], [{ ...message, headers: {} }])).toBe(0);
  const [row] = await kept('x');
  expect(row?.body).toEqual(Buffer.from([0, 255, 10]));
});

test('after the time to keep them messages go, a week at a time', async () => {
  const before = await kept('web');
  const gone = await dropMessagesBefore(hub.database, new Date());
  expect(gone).toHaveLength(1);
  expect(gone[0]).toMatch(/^webhook_messages_\d{8}$/);
  expect(await kept('web')).toEqual(before);
  expect(await dropMessagesBefore(hub.database, new Date())).toEqual([]);
});

/** The line that says how far back messages go. */
async function sinceWhen(): Promise<string> {
  const [row] = (await rowsOf('select min(received_at) as at from webhook_messages')) as { at: Date }[];
  return `Messages are kept since ${row?.at.toISOString()}; nothing before can be told again.`;
}
