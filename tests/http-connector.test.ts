import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { parse } from 'yaml';
import http from '../connectors/http/index.ts';
import { connectors, simulators } from '../connectors/registry.ts';
import { suggestCommand } from '../src/cli/suggest.ts';
import { readConfig } from '../src/config/index.ts';
import { type Hub, packageRoot, startHub } from '../src/hub.ts';
import { silentLogger } from '../src/log.ts';
import { inspect } from '../src/setup/inspect.ts';
import { checkSessions } from '../src/setup/sessions.ts';
import { blocksOf } from './guides/examples.ts';
import { dropSchemas, until } from './harness.ts';
import { runCommand } from './support/command.ts';

/** What of json-server (no types of its own) is used. */
interface JsonServer {
  create(): {
    use(...handlers: unknown[]): void;
    listen(port: number, host: string, done: () => void): Server;
  };
  router(data: object): unknown;
  bodyParser: unknown;
}
interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Record<string, unknown> | undefined;
}
type Row = Record<string, unknown>;

const jsonServer = createRequire(import.meta.url)('json-server') as JsonServer;
const guide = path.join(packageRoot, 'docs/guides/http-connector.md');
const pim: { articles: Row[] } = { articles: [] };
const shop: { products: Row[] } = { products: [] };
const servers: Server[] = [];
const schema = `t_${randomBytes(6).toString('hex')}`;
let folder: string;
let hub: Hub;
let yaml: string;
let env: Record<string, string>;

/** A REST service over data that lets in who brings this header, and stamps what is written where `stamps` is given. */
async function serveJson(data: object, header: string, value: string, stamps?: string): Promise<string> {
  const server = jsonServer.create();
  server.use(
    jsonServer.bodyParser,
    (asked: Asked, answer: { status(code: number): { json(body: object): void } }, next: () => void) => {
      if (asked.headers[header] !== value) answer.status(401).json({ message: 'who are you?' });
      else {
        if (stamps !== undefined && asked.body && asked.method !== 'GET') asked.body[stamps] = Date.now();
        next();
      }
    },
    jsonServer.router(data),
  );
  return new Promise((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`);
    });
    servers.push(listening);
  });
}

/** Somebody works there. */
async function ask(
  url: string,
  method: string,
  body: object,
  headers: Record<string, string>,
): Promise<void> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
}

function configOf(text: string) {
  const read = readConfig({ file: path.join(folder, 'hub.yaml'), text, env });
  if (!read.ok) throw new Error(read.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return read.config;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lianhub-http-'));
  for (const block of blocksOf(await readFile(guide, 'utf8'))) {
    const [info = '', ...lines] = block.split('\n');
    const file = info.split(' ')[1];
    if (file === undefined) continue;
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), lines.join('\n'));
  }
  pim.articles.push({
    id: 1,
    sku: 'T-1',
    title: '高山绿茶',
    listPrice: '39.90',
    state: 'active',
    changedAt: 1,
  });
  for (let at = 2; at <= 45; at++)
    pim.articles.push({
      id: at,
      sku: `T-${at}`,
      title: `Tea ${at}`,
      listPrice: '10.00',
      state: 'active',
      changedAt: 2,
    });
  shop.products.push({ id: 7, code: 'CUP', name: '赠品杯', price: 5, onSale: true });
  env = {
    PIM_URL: await serveJson(pim, 'x-api-key', 'pim-key-1', 'changedAt'),
    SHOP_URL: await serveJson(shop, 'authorization', 'Bearer shop-token-1'),
    PIM_KEY: 'pim-key-1',
    SHOP_TOKEN: 'shop-token-1',
  };
  yaml = await readFile(path.join(folder, 'hub.yaml'), 'utf8');
  const config = configOf(
    `${yaml}\nserver: { port: 0 }\nlanes: { sweep: 200ms }\n`.replaceAll('poll: 1s', 'poll: 200ms'),
  );
  hub = await startHub({
    config,
    openapiFolder: path.join(packageRoot, 'openapi'),
    connectors,
    simulators,
    dataDir: folder,
    databaseUrl: inject('databaseUrl'),
    schema,
    log: silentLogger(),
  });
});
afterAll(async () => {
  await hub?.stop();
  await dropSchemas(schema);
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

const inShop = (code: string): Row | undefined => shop.products.find((row) => row.code === code);
const inPim = (sku: string): Row | undefined => pim.articles.find((row) => row.sku === sku);

describe('a REST service that is not ours, described in YAML alone', () => {
  test('what each side has is made on the other, once', async () => {
    await until('46 products on either side', () => pim.articles.length >= 46 && shop.products.length >= 46);
    expect(inShop('T-1')).toEqual({
      id: inShop('T-1')?.id,
      code: 'T-1',
      name: '高山绿茶',
      price: 39.9,
      onSale: true,
    });
    expect(inPim('CUP')).toMatchObject({ sku: 'CUP', title: '赠品杯', listPrice: '5.00', state: 'active' });
    expect(new Set(shop.products.map((row) => row.code)).size).toBe(shop.products.length);
    expect(new Set(pim.articles.map((row) => row.sku)).size).toBe(pim.articles.length);
  });

  test('a change on either side arrives on the other', async () => {
    await ask(`${env.PIM_URL}/articles/1`, 'PATCH', { listPrice: '42.00' }, { 'x-api-key': 'pim-key-1' });
    await until('the price is in the shop', () => inShop('T-1')?.price === 42);
    const auth = { authorization: 'Bearer shop-token-1' };
    await ask(`${env.SHOP_URL}/products/7`, 'PATCH', { name: '礼品杯 🍵', onSale: false }, auth);
    await until('name and state are in the catalogue', () => inPim('CUP')?.state === 'retired');
    expect(inPim('CUP')?.title).toBe('礼品杯 🍵');
    expect([pim.articles.length, shop.products.length]).toEqual([46, 46]);
  });
});

describe('a wrong description is told before anything runs', () => {
  const problemsOf = async (change: (text: string) => string): Promise<string[]> => {
    const config = configOf(change(yaml));
    const { errors } = await inspect({
      config,
      connectors,
      openapiFolder: path.join(packageRoot, 'openapi'),
    });
    const all = [...errors, ...(await checkSessions(config, connectors))];
    return all.map(
      ({ file, line, message, hint }) =>
        `${path.basename(file)}:${line} ${message}${hint ? ` (${hint})` : ''}`,
    );
  };

  test('with file, line, setting and what to do', async () => {
    expect(await problemsOf((text) => text)).toEqual([]);
    expect(await problemsOf((text) => text.replace(', _page: "{{page}}"', ''))).toEqual([
      'hub.yaml:18 config.objects.article.list.paging of pim: paging by page needs {{page}} in the path, query or body, or the first page comes for ever',
    ]);
    expect(
      await problemsOf((text) => text.replace('paging: { by: page, size: 20 }', 'pageing: { by: page }')),
    ).toEqual(['hub.yaml:18 pageing is not known here (did you mean paging?)']);
    expect(await problemsOf((text) => text.replace('by: link', 'by: links'))).toEqual([
      'hub.yaml:40 config.objects.product.list.paging.by of shop: expected by: none, page, offset, cursor or link',
    ]);
    expect(await problemsOf((text) => text.replace('samples/article.json', 'samples/none.json'))).toEqual([
      'hub.yaml:13 samples/none.json cannot be read; the name starts at the folder of hub.yaml',
    ]);
    expect(await problemsOf((text) => text.replace('/articles/{{id}}" }', '/articles/{{ident}}" }'))).toEqual(
      [
        'hub.yaml:20 config.objects.article.get of pim: get needs {{id}} in its path, query or body',
        'hub.yaml:20 config.objects.article.get of pim: {{ident}} is not known here: there are id, ids',
      ],
    );
    expect(await problemsOf((text) => text.replace('        product:\n', '        goods:\n'))).toEqual([
      'hub.yaml:55 shop has no object product (it has goods)',
    ]);
    expect(await problemsOf((text) => text.replace(/secrets: \{ token: .*/, ''))).toEqual([
      'hub.yaml:29 auth type bearer needs secrets.token: add it, as a variable',
    ]);
  });

  test('and what the guide shows besides is right', async () => {
    const snippets = blocksOf(await readFile(guide, 'utf8')).filter((block) => block.startsWith('yaml\n'));
    expect(snippets).toHaveLength(4);
    for (const snippet of snippets) {
      const settings = parse(snippet.slice(5)) as object;
      const objects = { product: { id: 'id' } };
      const read = http.config.safeParse({ baseUrl: 'https://x.example', objects, ...settings });
      expect(read.error?.issues ?? []).toEqual([]);
    }
  });

  test('and a first mapping is drafted from the description', async () => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const words = ['--connector', 'pim', '--object', 'article', '--entity', 'product'];
    const said = await runCommand(suggestCommand(), ['-c', path.join(folder, 'hub.yaml'), ...words]);
    vi.unstubAllEnvs();
    expect(said.stdout).toContain('mapping: pim/article');
    expect(said.stdout).toContain('listPrice');
  });

  test('and a mapping path that the sample does not have, with the nearest that it has', async () => {
    const file = path.join(folder, 'mappings/pim/article.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('at: listPrice', 'at: listprice'));
    expect(await problemsOf((same) => same)).toEqual([
      expect.stringMatching(/^article.yaml:7 .*listprice.*listPrice/),
    ]);
    await writeFile(file, text);
  });

  test('a secret that is refused shows in the connection test with the system’s own words', async () => {
    const document = parse(yaml) as { connections: { shop: { config: { baseUrl: string } } } };
    const session = http.open({
      connection: 'shop',
      config: http.config.parse({ ...document.connections.shop.config, baseUrl: env.SHOP_URL }),
      secrets: { token: 'not-the-token' },
      now: Date.now,
    });
    const told = await session.test(AbortSignal.timeout(5_000));
    expect(told).toEqual({
      ok: false,
      message:
        'The system answered HTTP 401, "who are you?" to list product: check auth and the secrets of this connection',
    });
    await session.close();
  });
});
