import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyItem, type HubClient, hubClient } from '../src/client/index.ts';
import { packageRoot } from '../src/hub.ts';
import { auditOf } from '../src/ledger/audit.ts';
import { newId } from '../src/ledger/ids.ts';
import { quiet, startTestHub, type TestHub, tokenOf, until } from './harness.ts';
import { callersOf } from './support/api.ts';

/** What the answer of the typed client holds; fails with the problem. */
function told<Data>({ data, error }: { data?: Data | undefined; error?: unknown }): NonNullable<Data> {
  if (data === undefined || data === null) throw new Error(JSON.stringify(error));
  return data;
}

describe('By the API and its typed client', () => {
  let hub: TestHub;
  let order: string;
  let client: HubClient;
  const { secrets, token, as, post, problemOf, read } = callersOf(() => hub);

  beforeAll(async () => {
    hub = await startTestHub();
    await token('viewer', 'viewer');
    await token('operator', 'operator');
    await token('integrator', 'integrator');
    await token('clerk', 'operator', ['pii:read']);
    client = hubClient({ url: hub.url, token: secrets.get('operator') ?? '' });
    order = hub.pos.placeOrder('WEB', hub.inventor.order());
    await until('what ships it is made', async () => {
      const { rows } = await hub.database.query(`select 1 from records where entity = 'fulfilment'`);
      return rows.length > 0;
    });
    await quiet(hub.database);
  });
  afterAll(() => hub?.stop());

  it('a record is compared with its copies, value by value, and its page says what can be done with which', async () => {
    const query = { number: order };
    const { items } = told(await client.GET('/v1/records', { params: { query } }));
    const id = items.find((one) => one.entity === 'order')?.id ?? '';
    const path = { id };
    const first = told(
      await client.GET('/v1/records/{id}/fields', { params: { path, query: { limit: 5 } } }),
    );
    expect(first.items).toHaveLength(5);
    const rest = told(
      await client.GET('/v1/records/{id}/fields', {
        params: { path, query: { limit: 200, cursor: first.next ?? '' } },
      }),
    );
    const fields = [...first.items, ...rest.items];
    expect(new Set(fields.map((one) => one.path)).size).toBe(fields.length);
    const number = fields.find((one) => one.path === 'number');
    const { items: links } = told(await client.GET('/v1/links', { params: { query: { record: id } } }));
    const shop = links.find((one) => one.connection === 'pos')?.id;
    expect(number).toMatchObject({ value: order, set: { kind: 'system', name: 'pos' } });
    expect(number?.shown.find((one) => one.link === shop)).toMatchObject({ as: 'same', by: 'told' });
    const sku = fields.find((one) => one.path.endsWith('.skuId'));
    expect(sku?.refersTo).toMatchObject({ entity: 'product' });
    expect(fields.find((one) => one.path === 'receiver.name')).toMatchObject({
      personal: true,
      value: '***',
    });
    const differing = told(
      await client.GET('/v1/records/{id}/fields', { params: { path, query: { differing: 'true' } } }),
    );
    expect(differing.items).toHaveLength(differing.differences);

    const page = await read('viewer', `/v1/orders/${order}/page`);
    const documents = page.documents as unknown as {
      id: string;
      entity: string;
      rule: string | null;
      after: string[];
      dates: object;
      copies: { link: string }[];
    }[];
    expect(documents.find((one) => one.entity === 'fulfilment')).toMatchObject({
      rule: 'fulfilment',
      after: [id],
    });
    expect(documents.find((one) => one.id === id)?.copies.map((one) => one.link)).toContain(shop);
    const record = await read('viewer', `/v1/records/${id}`);
    expect(record).toMatchObject({ holds: [], dates: { postingDate: null } });
    const disputed = told(await client.GET('/v1/conflicts', { params: { query: { record: id } } }));
    expect(disputed.items).toEqual([]);
  });

  it('a record is found by any number and by a field, and its whole chain is one page', async () => {
    const query = { number: order };
    const { items } = told(await client.GET('/v1/records', { params: { query } }));
    const found = items.find((one) => one.entity === 'order');
    const id = found?.id ?? '';
    const chain = told(await client.GET('/v1/records/{id}/chain', { params: { path: { id } } })).items;
    const entities = chain.map((one) => one.entity);
    expect(entities).toContain('order');
    expect(entities).toContain('fulfilment');
    for (const one of chain.filter((document) => document.entity === 'fulfilment'))
      expect(one.after).toContain(id);
    const copy = chain.find((one) => one.id === id)?.copies.find((one) => one.connection === 'erp');
    const there = copy?.remoteNumber ?? '';
    const byTheirs = told(await client.GET('/v1/records', { params: { query: { number: there } } }));
    expect(byTheirs.items.map((one) => one.id)).toContain(id);
    const fulfilment = chain.find((one) => one.entity === 'fulfilment');
    const again = await read('viewer', `/v1/records/${fulfilment?.id}/chain`);
    expect(again.items.map((one) => one.id)).toContain(id);
    const number = encodeURIComponent(order);
    const byField = await read('viewer', `/v1/records?entity=order&field=number&value=${number}`);
    expect(byField.items.map((one) => one.id)).toEqual([id]);
    const sku = String(((found?.data.lines ?? []) as { skuId: string }[])[0]?.skuId);
    const byLine = await read('viewer', `/v1/records?entity=order&field=lines[].skuId&value=${sku}`);
    expect(byLine.items.map((one) => one.id)).toContain(id);
    const personal = '/v1/records?entity=order&field=receiver.name&value=x';
    expect(await problemOf(await as('viewer', personal))).toEqual([403, 'auth.scope']);
    expect((await as('viewer', '/v1/records?entity=order&field=nonsense&value=1')).status).toBe(422);
  });

  it('a sync tells field by field who reads and writes it; a decision is found by its number', async () => {
    const fields = told(
      await client.GET('/v1/syncs/{name}/fields', { params: { path: { name: 'inventory' } } }),
    );
    expect(fields.parties.map((one) => one.name)).toEqual(['erp', 'shop']);
    const cells = fields.fields.flatMap((one) => one.cells);
    expect(cells.filter((one) => one.party === 'erp').every((one) => one.reads && !one.writes)).toBe(true);
    expect(cells.filter((one) => one.party === 'shop').every((one) => one.writes && !one.reads)).toBe(true);
    expect((await as('viewer', '/v1/syncs/nothing/fields')).status).toBe(404);
    expect((await as('viewer', '/v1/audit/1')).status).toBe(403);
    const admin = hubClient({ url: hub.url, token: await tokenOf(hub) });
    const [entry] = told(await admin.GET('/v1/audit', {})).items;
    const path = { id: String(entry?.id) };
    expect(told(await admin.GET('/v1/audit/{id}', { params: { path } }))).toEqual(entry);
    const { error } = await admin.GET('/v1/audit/{id}', { params: { path: { id: '999999999' } } });
    expect(error?.code).toBe('audit.unknown');
  });

  it('a copy shows what was written to it, personal values only to who may see them', async () => {
    const { items } = await read('viewer', `/v1/links?connection=erp&entity=order`);
    const [link] = items;
    expect(link).toMatchObject({ connection: 'erp', entity: 'order', origin: false });
    expect(await read('viewer', `/v1/links/${link?.id}`)).toMatchObject({ id: link?.id, waitsFor: [] });
    const tries = await read('viewer', `/v1/links/${link?.id}/tries?limit=1`);
    expect(tries.items).toHaveLength(1);
    const full = await read('clerk', `/v1/links/${link?.id}/tries`);
    expect(full.items.length).toBeGreaterThan(1);
    expect(full.items.every((one) => one.outcome === 'done')).toBe(true);
    const next = await read('viewer', `/v1/links/${link?.id}/tries?cursor=${tries.next}`);
    expect([...tries.items, ...next.items].map((one) => one.id)).toEqual(full.items.map((one) => one.id));
    expect(await auditOf(hub.database, `link/${link?.id}`)).toMatchObject([{ action: 'personal.read' }]);
    const seen: string[] = [];
    const pages = everyItem(async (cursor) =>
      told(
        await client.GET('/v1/links', {
          params: { query: { limit: 7, connection: 'erp', ...(cursor === undefined ? {} : { cursor }) } },
        }),
      ),
    );
    for await (const one of pages) seen.push(one.id);
    const { rows } = await hub.database.query<{ n: number }>(
      `select count(*)::int as n from links where connection = 'erp'`,
    );
    expect([new Set(seen).size, seen.length]).toEqual([rows[0]?.n, rows[0]?.n]);
  });

  it('a conflict is shown, decided by a value, and not decided twice', async () => {
    const { rows } = await hub.database.query<{ id: string; name: string }>(
      `select id, data ->> 'name' as name from records where entity = 'product' order by id limit 1`,
    );
    const [product] = rows;
    const id = newId();
    const shown = {
      connection: 'pos',
      object: 'product',
      remoteId: 'x',
      value: 'Theirs',
      at: '2026-11-01T00:00:00Z',
    };
    await hub.database.query(
      `insert into conflicts (id, record_id, entity, path, golden, told, version, state, opened_at, changed_at)
       values ($1, $2, 'product', 'name', to_jsonb($3::text), $4, 1, 'open', now(), now())`,
      [id, product?.id, product?.name, JSON.stringify({ 'pos/product/x': shown })],
    );
    await hub.database.query(`update records set conflicted = '{name}' where id = $1`, [product?.id]);
    const { items } = await read('viewer', '/v1/conflicts?entity=product&connection=pos');
    expect(items).toMatchObject([
      { id, golden: product?.name, told: [{ copy: 'pos/product/x', value: 'Theirs' }], version: 1 },
    ]);
    const resolve = `/v1/conflicts/${id}/resolve`;
    expect((await post('operator', resolve, { take: 'pos', value: 1 })).status).toBe(422);
    expect(await problemOf(await post('operator', resolve, { take: 'wms' }))).toEqual([
      422,
      'conflicts.no-value',
    ]);
    expect(await problemOf(await post('operator', resolve, { take: 'pos', version: 7 }))).toEqual([
      409,
      'conflicts.changed',
    ]);
    const trial = await post('operator', resolve, { value: 'Ours', dryRun: true });
    expect(await trial.json()).toMatchObject({ path: 'name', value: 'Ours' });
    expect((await read('viewer', `/v1/conflicts/${id}`)).state).toBe('open');
    expect((await post('operator', resolve, { value: 'Ours', version: 1 })).status).toBe(200);
    expect((await read('viewer', `/v1/records/${product?.id}`)).data).toMatchObject({ name: 'Ours' });
    expect(await problemOf(await post('operator', resolve, { take: 'pos' }))).toEqual([
      409,
      'conflicts.resolved',
    ]);
    expect((await read('viewer', '/v1/conflicts')).items).toEqual([]);
  });

  describe('a mapping', () => {
    const name = 'pospal/product';
    const address = `/v1/mappings/${name}`;
    const textOf = () => readFile(path.join(packageRoot, 'mappings', `${name}.yaml`), 'utf8');
    const tag = async () => (await as('viewer', address)).headers.get('etag') ?? '';

    it('is shown as it was understood, and wrong texts are told line by line', async () => {
      const shown = await read('viewer', address);
      expect(shown).toMatchObject({ name, from: 'file', entity: 'product', object: 'product' });
      expect(shown.lines).toContainEqual(expect.objectContaining({ canonical: 'name', vendor: 'name' }));
      const wrong = (await textOf()).replace('name:', 'nmae:');
      const checked = await post('integrator', '/v1/mappings/check', { text: wrong, name });
      expect(await checked.json()).toMatchObject({ ok: false, problems: [{ line: expect.any(Number) }] });
      const refused = await post('integrator', `${address}/apply`, { text: wrong }, { 'if-match': '*' });
      expect(refused.status).toBe(422);
      expect(((await refused.json()) as { errors: unknown[] }).errors[0]).toMatchObject({
        pointer: '/text',
        detail: expect.stringMatching(/^\d+:\d+ [a-z]/),
      });
      const evil = await post('integrator', '/v1/mappings/check', {
        text: `mapping: ${name}\nextends: ../../package\n`,
        name,
      });
      expect(JSON.stringify(await evil.json())).toContain('there is no mapping ../../package to extend');
    });

    it('is put in use with its ETag, compared line by line, and taken back', async () => {
      const before = await tag();
      const text = `# for the API\n${await textOf()}`;
      const apply = (etag: string, body: object) =>
        post('integrator', `${address}/apply`, body, { 'if-match': etag });
      expect((await post('integrator', `${address}/apply`, { text })).status).toBe(428);
      expect(await problemOf(await apply('"old"', { text }))).toEqual([412, 'request.stale']);
      expect(await (await apply(before, { text, dryRun: true })).json()).toMatchObject({
        applied: false,
        copies: { due: { write: 0 } },
      });
      const done = await apply(before, { text, note: 'a test' });
      expect(await done.json()).toMatchObject({ name, applied: true });
      expect(await read('viewer', address)).toMatchObject({
        from: 'applied',
        author: 'token/integrator',
        text,
      });
      const { lines } = await read('viewer', `${address}/diff?from=file`);
      expect((lines as { change: string }[]).filter((one) => one.change !== 'same')).toEqual([
        { change: 'added', before: null, after: 1, text: '# for the API' },
      ]);
      expect((await apply(await tag(), { version: 'file' })).status).toBe(200);
      expect(await tag()).toBe(before);
      const { decisions } = await read('viewer', `${address}/versions`);
      expect(decisions).toMatchObject([{ version: null }, { note: 'a test', author: 'token/integrator' }]);
    });

    it('comes with both its sides, the words of the language, and what could be paired', async () => {
      const sides = await read('viewer', `${address}/sides`);
      expect(sides).toMatchObject({ entity: 'product', object: 'product', described: true });
      expect(sides.ours).toContainEqual(
        expect.objectContaining({ path: 'name', kind: 'value', type: 'text' }),
      );
      expect(sides.theirs).toContainEqual(expect.objectContaining({ path: 'barcode', kind: 'value' }));
      expect((await read('viewer', '/v1/mappings')).items).toContainEqual(
        expect.objectContaining({
          ...{ name, entity: 'product', object: 'product' },
          usedBy: [{ sync: 'product', connection: 'pos', object: 'product', reads: true, writes: false }],
        }),
      );
      const language = await read('viewer', '/v1/mappings/language');
      expect(language.options).toMatchObject({
        field: expect.arrayContaining([
          expect.objectContaining({ name: 'direction', words: ['in', 'out', 'both'] }),
        ]),
      });
      expect(language.functions).toContainEqual({
        name: 'remoteLine',
        parameters: ['string', 'dyn'],
        way: 'out',
      });
      const wanted = { connection: 'pos', object: 'product', entity: 'product' };
      expect((await post('operator', '/v1/mappings/suggest', wanted)).status).toBe(403);
      const drafted = await (await post('integrator', '/v1/mappings/suggest', wanted)).json();
      expect(drafted).toMatchObject({
        mapping: name,
        text: expect.stringContaining('entity: product'),
        guesses: expect.arrayContaining([expect.objectContaining({ path: 'name', at: 'name' })]),
      });
      const unknown = { ...wanted, object: 'nothing' };
      expect(await problemOf(await post('integrator', '/v1/mappings/suggest', unknown))).toEqual([
        400,
        'suggest.nothing-known',
      ]);
    });

    it('is rehearsed as a job with its progress and result', async () => {
      const text = (await textOf()).replace('at: name', 'at: barcode');
      const begun = await post('integrator', `${address}/rehearse`, { text, last: 50 });
      expect([begun.status, await begun.clone().text()]).toEqual([202, expect.any(String)]);
      const job = begun.headers.get('location') ?? '';
      await until('it is done', async () => (await read('viewer', job)).state !== 'running');
      expect(await read('viewer', job)).toMatchObject({
        kind: 'rehearsal',
        state: 'done',
        done: expect.any(Number),
      });
      expect((await read('viewer', '/v1/jobs?kind=rehearsal')).items).toMatchObject([{ result: null }]);
      expect(await problemOf(await post('operator', `${job}/cancel`))).toEqual([409, 'jobs.not-running']);
    });
  });

  it('a code table is changed row by row and as a file, and comes back as it went', async () => {
    const set = { connection: 'erp', key: 'W77', values: { value: 'CK077' } };
    const trial = await post('operator', '/v1/crossrefs/warehouses/set', { ...set, dryRun: true });
    expect(await trial.json()).toMatchObject({ applied: false, changed: 1 });
    expect((await post('operator', '/v1/crossrefs/warehouses/set', set)).status).toBe(200);
    const rows = await read('viewer', '/v1/crossrefs/warehouses?connection=erp&key=W77');
    expect(rows.items).toMatchObject([{ value: 'CK077', author: 'token/operator' }]);
    const seen: unknown[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const cursor: string = next === '' ? '' : `&cursor=${next}`;
      const page = await read('viewer', `/v1/crossrefs/warehouses?limit=2${cursor}`);
      seen.push(...page.items.map((one) => `${one.connection}/${one.key}/${one.value}/${one.validFrom}`));
      next = page.next;
    }
    const all = (await read('viewer', '/v1/crossrefs/warehouses?limit=200')).items;
    expect([new Set(seen).size, seen.length]).toEqual([all.length, all.length]);
    const file = await as('viewer', '/v1/crossrefs/warehouses/export');
    const csv = await file.text();
    expect(csv).toContain('W77');
    const etag = file.headers.get('etag') ?? '';
    const take = (body: object, match: string) =>
      post('integrator', '/v1/crossrefs/warehouses/import', body, { 'if-match': match });
    expect(await (await take({ csv, replace: true }, etag)).json()).toMatchObject({ changed: 0 });
    expect(await problemOf(await take({ csv: 'nonsense\n1\n' }, '*'))).toEqual([422, 'crossrefs.bad-file']);
    const sheet = await as('viewer', '/v1/crossrefs/warehouses/export?format=xlsx');
    const xlsx = Buffer.from(await sheet.arrayBuffer()).toString('base64');
    expect(await (await take({ xlsx, replace: true }, etag)).json()).toMatchObject({ changed: 0 });
    expect((await take({ xlsx, csv }, etag)).status).toBe(422);
    const without = csv.split('\n').filter((line) => !line.includes('W77'));
    expect(await (await take({ csv: without.join('\n'), replace: true }, etag)).json()).toMatchObject({
      changed: 1,
    });
    expect(await problemOf(await take({ csv }, etag))).toEqual([412, 'request.stale']);
    expect((await auditOf(hub.database, 'crossref/warehouses')).map((one) => one.action)).toEqual([
      'crossrefs.import',
      'crossrefs.set',
    ]);
  });

  it('what a system has is read as a backfill that can be watched', async () => {
    const wanted = { connection: 'pos', object: 'product' };
    const begun = await post('operator', '/v1/backfills', { ...wanted, note: 'a test' });
    const at = begun.headers.get('location') ?? '';
    expect([begun.status, at]).toEqual([202, expect.stringMatching(/^\/v1\/backfills\/\d+$/)]);
    await until('it is read', async () => (await read('viewer', at)).state === 'done');
    expect(await read('viewer', at)).toMatchObject({ ...wanted, author: 'token/operator', code: null });
    expect((await read('viewer', '/v1/backfills?state=done')).items).toHaveLength(1);
    expect(await problemOf(await post('operator', `${at}/cancel`, {}))).toEqual([
      409,
      'backfill.not-running',
    ]);
    const other = await post('operator', '/v1/backfills', { connection: 'pos', object: 'nothing' });
    expect(((await other.json()) as { errors: unknown[] }).errors).toMatchObject([{ pointer: '/object' }]);
  });

  it('the way the hub is set up: syncs, objects with schemas, derivations, rules, lanes, waits', async () => {
    const product = await read('viewer', '/v1/syncs/product');
    expect(product).toMatchObject({ entity: 'product', nature: 'state' });
    expect(product.parties).toContainEqual(
      expect.objectContaining({ connection: 'erp', mapping: 'kingdee/material' }),
    );
    const { items: objects } = await read('viewer', '/v1/connections/pos/objects');
    expect(objects.find((one) => one.object === 'product')).toMatchObject({ can: { list: true } });
    expect(await read('viewer', '/v1/connections/pos/objects/product')).toMatchObject({
      schema: { properties: expect.any(Object) },
    });
    expect(await read('viewer', '/v1/connections/erp/limits')).toMatchObject({ items: expect.any(Array) });
    const derivations = await read('viewer', '/v1/derivations');
    expect(derivations.items.map((one) => one.name)).toContain('fulfilment');
    expect((await read('viewer', '/v1/lanes?kind=push')).items.length).toBeGreaterThan(0);
    expect(await read('viewer', '/v1/waits/summary')).toMatchObject({ kinds: expect.any(Array) });
    const pairs = await read('viewer', '/v1/adoption/product');
    const [pair] = pairs.items;
    const list = await read(
      'viewer',
      `/v1/adoption/product/paired?here=${pair?.here}&there=${pair?.there}&limit=200`,
    );
    expect(list.items).toHaveLength(Number(pair?.paired));
    const inbox = await read('viewer', '/v1/inbox?connection=pos&limit=3');
    const rest = await read('viewer', `/v1/inbox?connection=pos&limit=3&cursor=${inbox.next}`);
    expect(new Set([...inbox.items, ...rest.items].map((one) => one.id)).size).toBe(6);
  });

  it('what goes on is told as it changes, and goes on where it was after a break', async () => {
    const listen = async (headers = {}) => {
      const stop = new AbortController();
      const answer = await as('viewer', '/v1/live', { headers, signal: stop.signal });
      expect(answer.headers.get('content-type')).toContain('text/event-stream');
      const reader = answer.body?.getReader();
      if (!reader) throw new Error('the stream has no body');
      let text = '';
      /** Reads on until something is told; answers all that was. */
      const hears = async (what: RegExp): Promise<string> => {
        while (!what.test(text)) {
          const { value, done } = await reader.read();
          if (done) throw new Error(`the stream ended: ${text}`);
          text += Buffer.from(value).toString('utf8');
        }
        return text;
      };
      return { hears, stop: () => stop.abort() };
    };
    const first = await listen();
    const all = await first.hears(/event: problems\ndata: [^\n]*\nid: \S+\n/);
    const last = [...all.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? '';
    await post('operator', '/v1/connections/wms/pause', { seconds: 60, reason: 'live' });
    await first.hears(/event: connection\ndata: [^\n]*"wms"[^\n]*"pausedUntil":"/);
    first.stop();
    await post('operator', '/v1/connections/wms/resume');
    const again = await listen({ 'last-event-id': last });
    const missed = await again.hears(/"wms"[^\n]*"pausedUntil":null/);
    again.stop();
    expect(missed).not.toMatch(/event: connection\ndata: [^\n]*"pos"/);
  });
});
