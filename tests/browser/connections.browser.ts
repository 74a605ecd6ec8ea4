import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type HubConfig, readConfig } from '../../src/config/index.ts';
import { packageRoot } from '../../src/hub.ts';
import { tokenOf } from '../harness.ts';
import { differAtFirst } from './connections-data.ts';
import { consoleDesk } from './harness.ts';

const secret = 'typed-into-a-form-once';

/** hub.yaml of these tests: it is changed by them. */
const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-connections-'));
const file = path.join(folder, 'hub.yaml');
const shipped = (await readFile(path.join(packageRoot, 'hub.yaml'), 'utf8')).replace('port: 8080', 'port: 0');
// Limits to be shown; no call waits for them.
const limited = shipped.replace(
  'connector: pospal\n',
  'connector: pospal\n    limits: { perMinute: 60000, perDay: 1000000 }\n',
);
const text = `${limited}mappings: ${packageRoot}/mappings
tables: ${packageRoot}/mappings/tables
`;
await writeFile(file, text);
function configOf(): HubConfig {
  const read = readConfig({ file, text, env: {} });
  if (!read.ok) throw new Error(read.problems.map((one) => one.message).join('\n'));
  return read.config;
}
const onDisk = (): Promise<string> => readFile(file, 'utf8');

const desk = consoleDesk({ configuration: { file, env: {} }, config: () => configOf() }, ({ database }) =>
  differAtFirst(database),
);

/** A system that knows one key, and says so in its own words. */
let vendor: Server;
beforeAll(async () => {
  vendor = createServer((request, answer) => {
    const right = request.headers.authorization === `Bearer ${secret}`;
    answer.writeHead(right ? 200 : 401, { 'content-type': 'application/json' });
    answer.end(right ? '[]' : '{"message":"the key is not known here"}');
  });
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  vendor.close();
  await rm(folder, { recursive: true, force: true });
});

const dialog = (page: Page): Locator => page.getByRole('dialog').last();

/** Says why in the dialog, and does it. */
async function confirm(page: Page, verb: string, reason: string): Promise<void> {
  await dialog(page).getByLabel('Reason').fill(reason);
  await dialog(page).getByRole('button', { name: verb }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

test('a connection is added from the gallery: a refused test, marked fields, and a secret nobody sees again', async () => {
  const page = await desk.open('/connections', { allow: [404, 409, 422] });
  await page.getByRole('button', { name: 'Add a connection' }).click();
  await page.getByLabel('Filter by name or purpose').fill('json');
  await page.getByRole('button', { name: 'Choose REST and JSON systems' }).click();
  await page.waitForURL(/connector=http/);

  // What is missing is marked where it is.
  await page.getByRole('button', { name: 'Add…' }).click();
  await page.getByText('Give it a name').waitFor();
  await page.getByLabel('Name of the connection').fill('erp');
  await page.getByLabel('baseUrl', { exact: true }).fill('no address');
  await page.getByRole('button', { name: 'Add…' }).click();
  const address = page.locator('.ant-form-item').filter({ has: page.getByLabel('baseUrl', { exact: true }) });
  await page.getByText('There is a connection of this name already').waitFor();
  await page.getByLabel('Name of the connection').fill('pim');
  await page.getByRole('button', { name: 'Add…' }).click();
  await address.locator('.ant-form-item-explain-error').waitFor();
  await desk.expectAccessible(page);
  expect(await page.getByLabel('baseUrl', { exact: true }).inputValue()).toBe('no address');

  // The system refuses in its own words; with the right key it does not.
  const { port } = vendor.address() as AddressInfo;
  await page.getByLabel('baseUrl', { exact: true }).fill(`http://127.0.0.1:${port}`);
  const choose = async (label: string, option: string): Promise<void> => {
    await page.getByLabel(label, { exact: true }).first().focus();
    await page.keyboard.press('ArrowDown');
    await page
      .getByTitle(new RegExp(`^${option}`))
      .last()
      .click();
  };
  await choose('type', 'bearer');
  await page.getByLabel('path', { exact: true }).first().fill('/ping');
  await page.getByLabel('token', { exact: true }).fill('wrong-one');
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText('the key is not known here').waitFor();
  await page.getByLabel('token', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText('It works').waitFor();

  await page.getByRole('button', { name: 'Add…' }).click();
  await dialog(page).getByText('connections.pim').waitFor();
  await confirm(page, 'Add', 'goods');
  await page.getByText('pim stands in hub.yaml').waitFor();
  expect(parse(await onDisk())).toMatchObject({
    connections: { pim: { connector: 'http', mode: 'observe', config: { auth: { type: 'bearer' } } } },
  });
  expect(await onDisk()).not.toContain(secret);

  // It waits for a start; its settings can be changed, and its secret is never shown.
  await page.getByRole('link', { name: 'pim' }).click();
  await page.getByText('the hub was started without it').waitFor();
  await page.getByLabel('baseUrl', { exact: true }).waitFor();
  expect(await page.content()).not.toContain(secret);
  await page.getByRole('tab', { name: 'Secrets' }).click();
  await page.getByText('PIM_TOKEN', { exact: true }).waitFor();
  expect(await page.content()).not.toContain(secret);
  await page.reload();
  await page.getByText('PIM_TOKEN', { exact: true }).waitFor();
  expect(await page.getByLabel('token', { exact: true }).inputValue()).toBe('');
  await desk.expectAccessible(page);

  // Another one takes its place; an old one beside it is of no use to a system without webhooks.
  await page.getByLabel('token', { exact: true }).fill('another-one-typed');
  await page.getByLabel('Keep the old ones').check();
  await page.getByRole('button', { name: 'Save secrets…' }).click();
  await page.getByText('an old secret is only for webhooks').first().waitFor();
  await page.getByLabel('Keep the old ones').uncheck();
  await page.getByRole('button', { name: 'Save secrets…' }).click();
  await confirm(page, 'Save', 'once a year');
  await page.getByText('The secrets of pim are saved').waitFor();
  expect(await page.getByLabel('token', { exact: true }).inputValue()).toBe('');

  // And taken away again.
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Take away…' }).click();
  await confirm(page, 'Take away', 'only to try');
  await page.getByRole('heading', { name: 'Connections' }).waitFor();
  expect(await onDisk()).toBe(text);
});

/** Puts a text of hub.yaml in use, by the API. */
async function applied(text: string): Promise<void> {
  const done = await fetch(`${desk.hub.url}/v1/configuration/apply`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await tokenOf(desk.hub)}`,
      'content-type': 'application/json',
      'if-match': '*',
    },
    body: JSON.stringify({ text, reason: 'as it was' }),
  });
  expect(done.status, await done.text()).toBe(200);
}

test('a mode is changed knowing what it means; a connection is paused and goes on, with reasons', async () => {
  const page = await desk.open('/connections?connection=erp');
  await page.getByRole('button', { name: 'Change to Observe' }).click();
  await dialog(page).getByText('connections.erp').waitFor();
  await dialog(page).getByText('name', { exact: true }).waitFor();
  await desk.expectAccessible(page);
  await dialog(page).getByRole('button', { name: 'Change to Observe' }).click();
  await dialog(page).getByText('Say why').waitFor();
  await confirm(page, 'Change to Observe', 'stocktaking');
  await page.getByText('erp is in mode Observe').waitFor();
  expect(parse(await onDisk())).toMatchObject({ connections: { erp: { mode: 'observe' } } });
  await page.getByRole('button', { name: 'Change to Live' }).waitFor();

  await page.getByRole('button', { name: 'Pause…' }).click();
  await confirm(page, 'Pause', 'the ERP is moved');
  // The page says so itself; health, a little later, beside it.
  const heldBack = page.getByText(/^Held back until/);
  await heldBack.waitFor();
  await page.getByText('the ERP is moved').first().waitFor();
  await page.getByRole('button', { name: 'Resume…' }).click();
  await confirm(page, 'Resume', 'it is there again');
  await heldBack.waitFor({ state: 'hidden' });

  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText('It works').waitFor();

  await page.getByRole('button', { name: 'Change to Live' }).click();
  await dialog(page)
    .getByText('No write is held back now')
    .or(dialog(page).getByText(/held back now/))
    .first()
    .waitFor();
  await confirm(page, 'Change to Live', 'done');
  await page.getByText('erp is in mode Live').waitFor();
});

test('differences from the start are decided in bulk; the lists of what is where lead there and back', async () => {
  const page = await desk.open('/connections?connection=pos&tab=adoption');
  const grid = page.getByRole('grid', { name: 'Opening differences' });
  await grid.getByText('name', { exact: true }).waitFor();
  await desk.expectAccessible(page);
  await grid.getByRole('row').nth(1).click();
  await page.getByRole('dialog').getByText('In the hub').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await grid.getByRole('checkbox', { name: 'Select this' }).first().check();
  await page.getByRole('button', { name: 'Take the hub’s' }).click();
  await dialog(page).getByText('2 values').waitFor();
  await dialog(page).getByRole('button', { name: 'Take the hub’s' }).click();
  await page.getByText('Decided', { exact: true }).waitFor();
  await grid.getByText('name', { exact: true }).waitFor({ state: 'hidden' });

  const lists = '/console/connections?connection=pos&tab=adoption&list=paired&sync=product';
  await page.goto(`${desk.hub.url}${lists}`);
  const paired = page.getByRole('grid', { name: 'Paired' }).getByRole('row').nth(1);
  await paired.waitFor();
  await page.reload();
  await paired.waitFor();
  await page.getByText('Ambiguous', { exact: true }).first().click();
  await page.waitForURL(/list=ambiguous/);
  await page.goBack();
  await paired.waitFor();
});

test('the whole configuration as text marks mistakes where they are, says what it changes, and shows both versions of a stale edit', async () => {
  const page = await desk.open('/connections?view=configuration', { allow: [412] });
  const editor = page.locator('.cm-content');
  await page.getByText('Nothing is changed').waitFor();
  const type = async (change: (now: string) => string): Promise<void> => {
    await editor.click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(change(await onDisk()));
  };
  await type((now) => now.replace('poll: 5m', 'poll: soon'));
  await page.getByText('1 mistake').waitFor();
  await page.getByRole('button', { name: /^Line \d+, column/ }).click();
  await page.locator('.cm-lintRange-error').first().waitFor();
  await desk.expectAccessible(page);
  expect(await page.getByRole('button', { name: 'Put in use…' }).isDisabled()).toBe(true);
  await type((now) => now.replace('poll: 5m', 'poll: 6m'));
  await page.getByText('syncs.product').waitFor();
  const before = await onDisk();
  await writeFile(file, `${before}# somebody else\n`);
  await page.getByRole('button', { name: 'Put in use…' }).click();
  await dialog(page).getByLabel('Reason').fill('less often');
  await dialog(page).getByRole('button', { name: 'Put in use' }).click();
  await dialog(page).getByText('Yours').first().waitFor();
  await dialog(page).getByText('# somebody else').waitFor();
  await dialog(page).getByRole('button', { name: 'Go on with mine' }).click();
  await dialog(page).getByRole('button', { name: 'Put in use' }).click();
  await page.getByText('The configuration is in use').waitFor();
  expect(await onDisk()).toBe(before.replace('poll: 5m', 'poll: 6m'));
  // As it was, in use too.
  await applied(text);
});

test('a viewer sees everything and can change nothing', async () => {
  const page = await desk.open('/connections', { role: 'viewer', language: 'zh-CN', allow: [403] });
  const grid = page.getByRole('grid', { name: '连接' });
  await grid.getByText('erp', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: '添加连接' }).count()).toBe(0);
  // With the keyboard.
  await grid.getByRole('row').nth(1).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/connection=erp/);
  await page.getByRole('tab', { name: '概况' }).waitFor();
  for (const name of ['暂停…', '测试连接', /切换为/])
    expect(await page.getByRole('button', { name }).count(), String(name)).toBe(0);
  expect(await page.getByRole('tab', { name: '密钥' }).count()).toBe(0);
  await page.goto(`${desk.hub.url}/console/connections?view=configuration`);
  await page.getByText('没有权限').waitFor();
});

test('pictures of the page, in both languages', async () => {
  const grid = (page: Page): Promise<void> => page.getByRole('grid').getByRole('row').nth(2).waitFor();
  const settled = async (page: Page): Promise<void> => {
    await page
      .getByRole('grid')
      .getByText(/正常|需关注|Well|Look at it/)
      .first()
      .waitFor();
  };
  await desk.inspect('connections', '/connections', settled);
  await desk.inspect('connections-gallery', '/connections?view=add', (page) =>
    page.getByText('Kingdee Cloud Galaxy').or(page.getByText('金蝶云星空')).first().waitFor(),
  );
  await desk.inspect('connections-form', '/connections?view=add&connector=kingdee', (page) =>
    page.getByLabel('serverUrl').waitFor(),
  );
  await desk.inspect('connection', '/connections?connection=pos', async (page) => {
    await page.getByRole('heading', { level: 3 }).first().waitFor();
    await page.getByRole('tab').nth(3).waitFor();
  });
  await desk.inspect('connection-objects', '/connections?connection=erp&tab=objects', grid);
  await desk.inspect('connection-settings', '/connections?connection=pos&tab=settings', (page) =>
    page.getByRole('switch').waitFor(),
  );
  await desk.inspect(undefined, '/connections?connection=pos&tab=secrets', (page) =>
    page
      .getByText(/使用模拟器|simulator/)
      .first()
      .waitFor(),
  );
  await desk.inspect('connection-adoption', '/connections?connection=erp&tab=adoption', (page) =>
    page.getByRole('grid').getByRole('row').nth(1).waitFor(),
  );
  await desk.inspect(undefined, '/connections?view=configuration', async (page) => {
    await page.locator('.cm-content').waitFor();
    await page.getByText(/Nothing is changed|没有变更/).waitFor();
  });
}, 240_000);
