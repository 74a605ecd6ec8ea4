import { createHmac } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConnectorSession, type JsonObject, type Served, serve } from '../kit/index.ts';
import http from './index.ts';

const open: { session: ConnectorSession; served: Served }[] = [];
afterEach(async () => {
  for (const { session, served } of open.splice(0)) {
    await session.close();
    await served.close();
  }
});

/** A connection to an app, described by these settings. */
async function connect(
  app: Hono,
  settings: JsonObject,
  secrets: JsonObject = {},
  now: () => number = Date.now,
): Promise<ConnectorSession> {
  const served = await serve(app);
  const config = http.config.parse({ baseUrl: served.url, ...settings });
  const session = http.open({ connection: 'any', config, secrets: http.secrets.parse(secrets), now });
  open.push({ session, served });
  return session;
}

const signal = (): AbortSignal => AbortSignal.timeout(5_000);

/** Ids of all pages of an object `thing`, and where the next poll goes on. */
async function readAll(
  session: ConnectorSession,
  from?: JsonObject,
): Promise<{ ids: string[]; cursor: JsonObject; pages: number }> {
  const ids: string[] = [];
  let cursor = from;
  for (let pages = 1; pages < 50; pages++) {
    const page = await session.objects.thing?.list?.({ signal: signal(), ...(cursor ? { cursor } : {}) });
    if (!page) throw new Error('thing cannot be listed');
    ids.push(...page.items.map((item) => item.remoteId));
    cursor = JSON.parse(JSON.stringify(page.cursor)) as JsonObject;
    if (!page.more) return { ids, cursor, pages };
  }
  throw new Error('the list does not end');
}

const things = (count: number, from = 0): { id: number; at: number }[] =>
  Array.from({ length: count }, (_, index) => ({ id: from + index + 1, at: 1_000 + from + index }));
const all = Array.from({ length: 25 }, (_, index) => String(index + 1));

describe('paging', () => {
  const pages: Readonly<Record<string, { list: JsonObject; answer: (context: Context) => Response }>> = {
    'page, with a total': {
      list: {
        path: '/t',
        query: { p: '{{page}}', n: '{{size}}' },
        items: 'rows',
        total: 'total',
        paging: { by: 'page', size: 10 },
      },
      answer: (context) => {
        const page = Number(context.req.query('p'));
        return context.json({ total: 25, rows: things(25).slice((page - 1) * 10, page * 10) });
      },
    },
    'page, where a page holds less than was asked for and nobody tells a total': {
      list: {
        path: '/t',
        query: { p: '{{page}}', n: '{{size}}' },
        paging: { by: 'page', first: 0, size: 100 },
      },
      answer: (context) => {
        const page = Number(context.req.query('p'));
        return context.json(things(25).slice(page * 7, page * 7 + 7));
      },
    },
    offset: {
      list: {
        path: '/t',
        query: { skip: '{{offset}}', take: '{{size}}' },
        paging: { by: 'offset', size: 10 },
      },
      answer: (context) => {
        const from = Number(context.req.query('skip'));
        return context.json(things(25).slice(from, from + Number(context.req.query('take'))));
      },
    },
    'cursor in a JSON-RPC body': {
      list: {
        path: '/t',
        method: 'POST',
        body: { jsonrpc: '2.0', method: 'thing.list', params: { after: '{{cursor}}', limit: '{{size}}' } },
        items: 'result.items',
        paging: { by: 'cursor', size: 10, next: 'result.next' },
      },
      answer: (context) => context.json({}),
    },
    'last item as cursor': {
      list: { path: '/t', query: { after: '{{cursor}}' }, paging: { by: 'cursor', last: 'id' } },
      answer: (context) => {
        const from = Number(context.req.query('after') ?? 0);
        return context.json(things(25).slice(from, from + 10));
      },
    },
    'header Link': {
      list: { path: '/t', query: { n: '{{size}}' }, paging: { by: 'link', size: 10 } },
      answer: (context) => {
        const page = Number(context.req.query('page') ?? 1);
        const next = `</t?n=10&page=${page + 1}>; rel="next", </t?page=9>; rel="last"`;
        return context.json(
          things(25).slice((page - 1) * 10, page * 10),
          200,
          page < 3 ? { link: next } : {},
        );
      },
    },
  };

  it.each(Object.entries(pages))('by %s sees everything and ends', async (_name, { list, answer }) => {
    const app = new Hono().get('/t', answer).post('/t', async (context) => {
      const { params } = (await context.req.json()) as { params: { after?: string; limit: number } };
      const from = Number(params.after ?? 0);
      const items = things(25).slice(from, from + params.limit);
      return context.json({ result: { items, ...(from < 20 ? { next: String(from + 10) } : {}) } });
    });
    const session = await connect(app, { objects: { thing: { id: 'id', list } } });
    expect((await readAll(session)).ids).toEqual(all);
  });

  it('begins anew when the number of items changes while pages are read', async () => {
    let rows = things(25);
    const app = new Hono().get('/t', (context) => {
      const page = Number(context.req.query('p'));
      const answer = { total: rows.length, rows: rows.slice((page - 1) * 10, page * 10) };
      // The first is deleted behind the reader's back: everything moves up by one.
      if (page === 1 && rows.length === 25) rows = rows.slice(1);
      return context.json(answer);
    });
    const session = await connect(app, {
      objects: {
        thing: {
          id: 'id',
          list: {
            path: '/t',
            query: { p: '{{page}}' },
            items: 'rows',
            total: 'total',
            paging: { by: 'page', size: 10 },
          },
        },
      },
    });
    expect(new Set((await readAll(session)).ids)).toEqual(new Set(all));
  });

  it('follows no link to another host with our key', async () => {
    const app = new Hono().get('/t', (context) =>
      context.json(things(1), 200, { link: '<https://elsewhere.example/t?page=2>; rel=next' }),
    );
    const session = await connect(app, {
      objects: { thing: { id: 'id', list: { path: '/t', paging: { by: 'link' } } } },
    });
    await expect(readAll(session)).rejects.toMatchObject({
      decision: { kind: 'fatal', code: 'rest.foreign-link' },
    });
  });

  it('goes on at no place that the settings of today do not lead to', async () => {
    const asked: string[] = [];
    const app = new Hono().get('/t', (context) => {
      asked.push(context.req.url.replace(/^.*\/t/, ''));
      return context.json(things(1));
    });
    const list = (paging: JsonObject): JsonObject => ({ path: '/t', query: { p: '{{page}}' }, paging });
    const thing = (paging: JsonObject): JsonObject => ({
      objects: { thing: { id: 'id', list: list(paging) } },
    });
    const elsewhere = { at: 'https://elsewhere.example/t?page=2', seen: 0, anew: 0 };
    const linked = await connect(app, thing({ by: 'link' }));
    expect((await readAll(linked, elsewhere)).ids).toEqual(['1']);
    const counted = await connect(app, thing({ by: 'page', size: 1 }));
    await counted.objects.thing?.list?.({ cursor: elsewhere, signal: signal() });
    expect(asked).toEqual(['', '?p=1']);
  });

  it('in the order of the revision misses nothing that moves while pages are read, ties included', async () => {
    const rows = new Map(things(25).map((row) => [row.id, { ...row, at: row.id <= 15 ? 1_000 : row.at }]));
    let calls = 0;
    const app = new Hono().get('/t', (context) => {
      calls++;
      const { since = '0', p = '1' } = context.req.query();
      const sorted = [...rows.values()]
        .filter((row) => row.at >= Number(since))
        .toSorted((a, b) => a.at - b.at || a.id - b.id);
      const from = (Number(p) - 1) * 10;
      const answer = context.json(sorted.slice(from, from + 10));
      // What was just shown changes, and goes to the end.
      if (calls === 2) rows.set(1, { id: 1, at: 5_000 });
      return answer;
    });
    const session = await connect(app, {
      objects: {
        thing: {
          id: 'id',
          revision: { at: 'at', as: 'number' },
          list: {
            path: '/t',
            query: { since: '{{since}}', p: '{{page}}' },
            paging: { by: 'page', size: 10 },
            changed: { sorted: true },
          },
        },
      },
    });
    const first = await readAll(session);
    expect(new Set(first.ids)).toEqual(new Set(all));
    expect(first.ids.filter((id) => id === '1').length).toBeGreaterThan(1);
    rows.set(26, { id: 26, at: 5_000 });
    expect((await readAll(session, first.cursor)).ids).toContain('26');
  });
});

describe('letting in', () => {
  const settings = (auth: JsonObject): JsonObject => ({
    auth,
    test: { path: '/me', query: { b: '2', a: '1' } },
  });
  const seen = async (
    auth: JsonObject,
    secrets: JsonObject,
    right: (context: Context) => boolean,
  ): Promise<boolean> => {
    const app = new Hono().get('/me', (context) => context.json({}, right(context) ? 200 : 401));
    const session = await connect(app, settings(auth), secrets, () => 1_700_000_000_500);
    return (await session.test(signal())).ok;
  };

  it('by a key in a header or a query parameter, a password, a token', async () => {
    const header = (name: string, value: string) => (context: Context) => context.req.header(name) === value;
    const key = { key: 'k-1' };
    expect(
      await seen({ type: 'header', name: 'X-Key', prefix: 'Token ' }, key, header('x-key', 'Token k-1')),
    ).toBe(true);
    expect(
      await seen({ type: 'query', name: 'key' }, key, (context) => context.req.query('key') === 'k-1'),
    ).toBe(true);
    const basic = `Basic ${Buffer.from('hub:密码').toString('base64')}`;
    expect(
      await seen({ type: 'basic', user: 'hub' }, { password: '密码' }, header('authorization', basic)),
    ).toBe(true);
    expect(await seen({ type: 'bearer' }, { token: 't' }, header('authorization', 'Bearer t'))).toBe(true);
  });

  it('by a signature over whatever the system wants signed', async () => {
    const auth = {
      type: 'signed',
      keyId: 'app-1',
      encoding: 'base64',
      sign: '{{method}}\n{{path}}\n{{sortedQuery}}\n{{timestamp}}',
      headers: { 'X-App': '{{keyId}}', 'X-Time': '{{timestamp}}', 'X-Sign': '{{signature}}' },
    };
    const sign = createHmac('sha256', 's-1').update('GET\n/me\na=1&b=2\n1700000000').digest('base64');
    const right = (context: Context): boolean =>
      context.req.header('x-sign') === sign && context.req.header('x-app') === 'app-1';
    expect(await seen(auth, { signingSecret: 's-1' }, right)).toBe(true);
    expect(await seen(auth, { signingSecret: 's-2' }, right)).toBe(false);
  });
});

describe('what an answer means', () => {
  const settings: JsonObject = {
    success: { at: 'errcode', is: [0] },
    error: { code: 'errcode', message: 'errmsg', field: 'field' },
    errors: [
      { code: 45009, kind: 'throttle', afterMs: 9_000, message: 'Fewer calls: {text}' },
      { text: 'exists$', kind: 'unknown' },
    ],
    objects: {
      thing: { id: 'id', get: { path: '/t/{{id}}', item: 'data' }, create: { path: '/t', id: 'data.id' } },
    },
  };
  const created = async (status: number, body: string, headers: Record<string, string> = {}) => {
    const app = new Hono().post('/t', () => new Response(body, { status, headers }));
    const session = await connect(app, settings);
    const [result] =
      (await session.objects.thing?.write?.({
        step: 'create',
        items: [{ key: 'K', body: { code: 'K' } }],
        signal: signal(),
      })) ?? [];
    return result?.ok === false ? result.decision : result;
  };

  it('is read from rows, then from the success rule, then from HTTP, in the system’s own words', async () => {
    expect(await created(200, '{"errcode":0,"data":{"id":9}}')).toMatchObject({ ok: true, remoteId: '9' });
    expect(await created(200, '{"errcode":45009,"errmsg":"api freq out of limit"}')).toMatchObject({
      kind: 'throttle',
      afterMs: 9_000,
      message: expect.stringContaining('Fewer calls: api freq out of limit'),
    });
    expect(await created(200, '{"errcode":7,"errmsg":"code exists"}')).toMatchObject({ kind: 'unknown' });
    expect(await created(200, '{"errcode":8,"errmsg":"price missing","field":"price"}')).toMatchObject({
      kind: 'reject',
      field: 'price',
      message: 'The system answered HTTP 200, code 8, "price missing" to create thing',
    });
    expect(await created(429, '', { 'retry-after': '7' })).toMatchObject({
      kind: 'throttle',
      afterMs: 7_000,
    });
    expect(await created(503, 'down for maintenance')).toMatchObject({ kind: 'unknown' });
    expect(await created(404, '')).toMatchObject({ kind: 'fatal', code: 'rest.wrong-address' });
    expect(await created(200, '<html>login</html>')).toMatchObject({
      kind: 'unknown',
      code: 'rest.unclear-answer',
    });
    expect(await created(200, '{"errcode":0}')).toMatchObject({
      kind: 'unknown',
      code: 'rest.unclear-answer',
    });
  });

  it('ids cannot lead to another address', async () => {
    let asked = 0;
    const app = new Hono().all('*', (context) => {
      asked++;
      return context.json({ errcode: 0, data: { id: context.req.path } });
    });
    const session = await connect(app, settings);
    const fetched = await session.objects.thing?.fetch?.({
      hints: ['..', 'a/b?c'].map((remoteId) => ({ object: 'thing', remoteId })),
      signal: signal(),
    });
    expect(fetched).toEqual([
      { found: false, decision: expect.objectContaining({ kind: 'reject', code: 'rest.bad-id' }) },
      { found: true, body: { id: '/t/a%2Fb%3Fc' } },
    ]);
    expect(asked).toBe(1);
  });
});

describe('objects by their id', () => {
  it('are fetched many at once where the system can do that, those that are not there told as such', async () => {
    const asked: string[] = [];
    const app = new Hono().get('/t', (context) => {
      const ids = context.req.query('ids') ?? '';
      asked.push(ids);
      return context.json({
        list: ids
          .split(',')
          .filter((id) => id !== '3')
          .map((id) => ({ id: Number(id) })),
      });
    });
    const get = { path: '/t', query: { ids: '{{ids}}' }, item: 'list', many: 2 };
    const session = await connect(app, { objects: { thing: { id: 'id', payload: 'hint', get } } });
    const hints = ['1', '2', '3', '1'].map((remoteId) => ({ object: 'thing', remoteId }));
    const fetched = await session.objects.thing?.fetch?.({ hints, signal: signal() });
    expect(fetched?.map((one) => (one.found ? one.body.id : one.decision.kind))).toEqual([1, 2, 'absent', 1]);
    expect(asked).toEqual(['1,2', '3']);
  });
});

describe('updates', () => {
  it('send what differs, on top of the revision they go on from, with decimals as bare numbers', async () => {
    let sent: { match: string | undefined; body: string } | undefined;
    const app = new Hono().patch('/t/:id', async (context) => {
      sent = { match: context.req.header('if-match'), body: await context.req.text() };
      return sent.match === '"3"'
        ? context.body(null, 204)
        : context.json({ message: 'changed meanwhile' }, 412);
    });
    const update = {
      method: 'PATCH',
      path: '/t/{{id}}',
      headers: { 'If-Match': '"{{revision}}"' },
      body: { thing: '{{difference}}' },
    };
    const settingsOf = { objects: { thing: { id: 'id', numbers: ['price'], update } } };
    const session = await connect(app, settingsOf);
    expect(http.objectsOf?.(settingsOf)?.thing).toMatchObject({ partialUpdate: true, conditional: true });
    const item = {
      key: 'K',
      remoteId: '5',
      body: { name: 'Tea', price: '12345678901234567.89', lines: [{ a: 1 }, { a: 2 }] },
      difference: { body: { price: '12345678901234567.89', lines: [{ a: 2 }] }, removed: {} },
    };
    const write = (revision: string) =>
      session.objects.thing?.write?.({ step: 'update', items: [{ ...item, revision }], signal: signal() });
    expect(await write('3')).toEqual([{ ok: true, remoteId: '5' }]);
    expect(sent?.body).toBe('{"thing":{"price":12345678901234567.89,"lines":[{"a":1},{"a":2}]}}');
    expect(await write('4')).toMatchObject([{ ok: false, decision: { kind: 'conflict' } }]);
  });
});
