import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callbackRequest, confirmOf } from '../connectors/qimen/testing.ts';
import { pauseConnection } from '../src/ledger/connections.ts';
import { postponeCursor } from '../src/ledger/cursors.ts';
import { startTestHub, type TestHub, tokenOf, until } from './harness.ts';

describe('What comes in through the door', () => {
  const limit = 65_536;
  let hub: TestHub;

  beforeAll(async () => {
    hub = await startTestHub({
      seed: false,
      config: (config) => ({ ...config, server: { ...config.server, bodyLimit: limit } }),
    });
  });
  afterAll(() => hub?.stop());

  type Body = string | Uint8Array | ReadableStream<Uint8Array>;
  interface Sent {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Body;
    readonly method?: string;
  }
  const send = (to: string, { method = 'POST', headers = {}, body }: Sent = {}): Promise<Response> =>
    fetch(`${hub.url}${to}`, {
      method,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
      // Needed for a body that is sent in pieces.
      ...(body instanceof ReadableStream ? { duplex: 'half' as const } : {}),
    });
  const pushTo = (message: Sent): Promise<Response> => send('/hooks/pos', message);

  interface Kept {
    readonly state: string;
    readonly error_code: string | null;
    readonly error: string | null;
    readonly body: Buffer | null;
  }
  /** What became of messages whose id holds a text, once nothing is left to do about them. */
  async function settled(idLike: string): Promise<Kept[]> {
    let rows: Kept[] = [];
    await until(`${idLike} is settled`, async () => {
      const found = await hub.database.query<Kept>(
        'select state, error_code, error, body from inbox where remote_id like $1 order by id',
        [idLike],
      );
      rows = found.rows;
      return rows.length > 0 && rows.every(({ state }) => state !== 'due');
    });
    return rows;
  }

  it('knows no such connection: 404', async () => {
    for (const name of [
      'nobody',
      '__proto__',
      'constructor',
      '%F0%9F%8D%9C',
      '%E0%A4%A',
      'n'.repeat(5_000),
    ]) {
      await expectProblem(await send(`/hooks/${name}`, { body: '{}' }), 404, 'hook.unknown-connection');
    }
    await expectProblem(await send('/hooks/erp', { body: '{}' }), 404, 'hook.not-received');
    await expectProblem(await send('/nothing/here', { method: 'GET' }), 404, 'request.not-found');
    await expectProblem(await send('/hooks/pos', { method: 'DELETE' }), 404, 'request.not-found');
  });

  it('believes no signature that is wrong, missing or of another body: 401', async () => {
    const good = hub.pos.signedPush('S01', 'ticket.new', { sn: 'FORGED' });
    const { 'data-signature': _signature, ...unsigned } = good.headers;
    const forgeries: Sent[] = [
      { ...good, headers: unsigned },
      { ...good, headers: { ...unsigned, 'data-signature': '' } },
      { ...good, headers: { ...unsigned, 'data-signature': 'A'.repeat(32) } },
      { ...good, body: good.body.replace('FORGED', 'OTHERS') },
      { ...good, body: good.body.replace(/"appId":"[^"]+"/, '"appId":"SOMEBODY"') },
    ];
    for (const forgery of forgeries) await expectProblem(await pushTo(forgery), 401, 'hook.bad-signature');
  });

  it('believes no message that is too old or from the future: 401', async () => {
    for (const hours of [-1, 1]) {
      const late = hub.pos.signedPush('S01', 'ticket.new', { sn: 'STALE' }, Date.now() + hours * 3_600_000);
      await expectProblem(await pushTo(late), 401, 'hook.stale');
    }
  });

  it('refuses the warehouse in the words its platform reads', async () => {
    const confirm = confirmOf('SO-REFUSED');
    const cases: [string, Parameters<typeof callbackRequest>[1]][] = [
      ['hook.bad-signature', { wrongSign: 1 }],
      ['hook.stale', { staleTimestamp: 1 }],
    ];
    for (const [code, how] of cases) {
      const { query, headers, body } = callbackRequest(confirm, how);
      const answer = await send(`/hooks/wms?${query}`, { headers, body: Buffer.from(body) });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('x-problem-code')).toBe(code);
      expect(answer.headers.get('content-type')).toMatch(/^text\/xml/);
      expect(await answer.text()).toMatch(
        /^<response><flag>failure<\/flag><code>[a-z-]+<\/code><message>[^<]+<\/message><\/response>$/,
      );
    }
  });

  it('takes no body over the limit, whatever its headers say: 413', async () => {
    const tooLarge = Buffer.alloc(limit + 1, 'x');
    await expectProblem(await pushTo({ body: tooLarge }), 413, 'request.too-large');
    await expectProblem(await pushTo({ body: inPieces(tooLarge) }), 413, 'request.too-large');
    await expectProblem(await pushTo({ body: inPieces(Buffer.alloc(20 * limit)) }), 413, 'request.too-large');
    // Exactly the limit is read, and found to be no message.
    for (const body of [Buffer.alloc(limit, 'x'), inPieces(Buffer.alloc(limit, 'x'))]) {
      await expectProblem(await pushTo({ body }), 400, 'hook.unparseable');
    }
  });

  it('cannot read what is no message: 400', async () => {
    const bodies: Body[] = [
      '',
      '{',
      'null',
      '[]',
      '"text"',
      '{"appId":7}',
      '<a/>',
      Buffer.from([0, 255, 254]),
    ];
    for (const body of bodies) await expectProblem(await pushTo({ body }), 400, 'hook.unparseable');
    await expectProblem(await send('/hooks/pos', { method: 'GET' }), 400, 'hook.unparseable');
    const { query, headers } = callbackRequest(confirmOf('SO-GARBLED'), { gzip: true });
    const garbled = await send(`/hooks/wms?${query}`, { headers, body: Buffer.from('no gzip') });
    expect(garbled.status).toBe(400);
    expect(garbled.headers.get('x-problem-code')).toBe('hook.unparseable');
  });

  it('keeps nothing of what it refused', async () => {
    const kept = await hub.database.query(`select 1 from inbox where via = 'webhook'`);
    expect(kept.rowCount).toBe(0);
  });

  it('acknowledges what is genuine and senseless, and keeps it as dead with its reason', async () => {
    const genuine: [Sent, string][] = [
      [hub.pos.signedPush('S01', 'moon.rises', { at: 'midnight' }), 'S01/moon.rises#%'],
      [hub.pos.signedPush('S01', 'ticket.new', 'no json at all'), 'S01/ticket.new#%'],
      [hub.pos.signedPush('S02', 'ticket.new', { serial: 'named otherwise' }), 'S02/ticket.new#%'],
    ];
    for (const [message, idLike] of genuine) {
      const answer = await pushTo(message);
      expect([answer.status, await answer.text()]).toEqual([200, 'SUCCESS']);
      const [row] = await settled(idLike);
      expect(row).toMatchObject({ state: 'dead', error_code: 'inbox.not-understood' });
      expect(row?.error).toContain('genuine');
      // All of it, for whoever looks into it.
      expect(row?.body?.toString('utf8')).toContain('"appId"');
    }
    const { query, headers, body } = callbackRequest({ method: 'moon.rises', request: { at: 'midnight' } });
    const answer = await send(`/hooks/wms?${query}`, { headers, body: Buffer.from(body) });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<flag>success</flag>');
    expect(await settled('moon.rises/%')).toMatchObject([
      { state: 'dead', error_code: 'inbox.not-understood' },
    ]);
  });

  it('acknowledges what is understood and cannot be applied, and keeps it as dead with its reason', async () => {
    const senseless = {
      orderNo: 'NONSENSE',
      orderDateTime: 'yesterday',
      state: 9,
      totalAmount: '1',
      items: [],
    };
    expect((await pushTo(hub.pos.signedPush('WEB', 'order.new', senseless))).status).toBe(200);
    const [row] = await settled('WEB/NONSENSE');
    expect(row).toMatchObject({ state: 'dead', error_code: expect.stringMatching(/^[a-z]+\.[a-z-]+$/) });
    expect(row?.error).toMatch(/placedAt|orderDateTime|yesterday/);
  });

  it('acknowledges ids that no database key can hold, and keeps them', async () => {
    const ids = ['NUL-\u0000-END', 'HALF-\ud800-END', `LONG-${randomBytes(6_000).toString('hex')}-END`];
    for (const sn of ids) {
      const answer = await pushTo(hub.pos.signedPush('S01', 'ticket.new', { sn }));
      expect(answer.status, sn.slice(0, 10)).toBe(200);
    }
    const rows = await settled('S01/%-%#%');
    const unusable = rows.filter((row) => row.error_code === 'inbox.unusable-id');
    expect(unusable).toHaveLength(ids.length);
    for (const row of unusable) {
      expect(row.state).toBe('dead');
      expect(row.body?.toString('utf8')).toMatch(/-END"/);
    }
  });

  it('puts aside what cannot be stored in a record, and goes on with the others', async () => {
    const named = (number: string, name: string) => ({ number, name, phone: '13800000009' });
    const members = hub.pos.seedCustomers('S01', [
      named('M7', 'NUL\u0000'),
      named('M8', '半\ud800'),
      named('M9', '李四'),
    ]);
    const told = members.map((customerUid) =>
      pushTo(hub.pos.signedPush('S01', 'customer.new', { customerUid })),
    );
    for (const answer of await Promise.all(told)) expect(answer.status).toBe(200);
    const [nul, half, right] = await Promise.all(members.map((id) => settled(`S01/${id}`)));
    for (const rows of [nul, half]) {
      expect(rows).toMatchObject([{ state: 'dead', error: expect.stringMatching(/.{10}/) }]);
    }
    expect(right).toMatchObject([{ state: 'done' }]);
  });

  it('shows no secret in its status, although a vendor has said one back', async () => {
    const [key = ''] = Object.values(
      (hub.pos.connectionFor('http://pos').secrets.appKeys ?? {}) as object,
    ).map(String);
    expect(key.length).toBeGreaterThan(6);
    const said = `appKey ${key} is not valid`;
    await postponeCursor(hub.database, 'pos', 'ticket', 3_600_000, 'pospal.refused', said);
    await pauseConnection(hub.database, 'wms', 50, said);
    const answer = await send('/v1/status', {
      method: 'GET',
      headers: { authorization: `Bearer ${await tokenOf(hub)}` },
    });
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(text).toContain('appKey [redacted] is not valid');
    expect(text).not.toContain(key);
  });

  it('still takes in what is right', async () => {
    const [id] = hub.pos.seedCustomers('S01', [{ number: 'M1', name: '张三', phone: '13800000001' }]);
    expect((await pushTo(hub.pos.signedPush('S01', 'customer.new', { customerUid: id ?? '' }))).status).toBe(
      200,
    );
    expect(await settled(`S01/${id}`)).toMatchObject([{ state: 'done', error_code: null }]);
  });
});

/** Answered in the form machines read, with a stable code and a sentence. */
async function expectProblem(answer: Response, status: number, code: string): Promise<void> {
  const text = await answer.text();
  expect([answer.status, text]).toEqual([status, expect.stringContaining(code)]);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem = JSON.parse(text) as { detail: string };
  expect(problem).toMatchObject({ type: `urn:lianhub:${code}`, title: code, status, code });
  expect(problem.detail).toMatch(/^.{10,300}$/);
}

/** The same bytes without a content-length. */
function inPieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + 16_384));
      at += 16_384;
    },
  });
}
