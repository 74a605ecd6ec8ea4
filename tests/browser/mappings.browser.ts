import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/hub.ts';
import { quiet, type TestHub, tokenOf, until } from '../harness.ts';
import { consoleDesk } from './harness.ts';

const desk = consoleDesk({}, async (hub) => {
  hub.pos.placeOrder('WEB', hub.inventor.order());
  await until('an order has come', async () => {
    const { rows } = await hub.database.query(`select 1 from records where entity = 'order'`);
    return rows.length > 0;
  });
  await quiet(hub.database);
  await park(hub, 'S02/2026-11-01/sale', 'derive.late', 'a ticket came after the bill was posted');
  await park(
    hub,
    'S03/2026-11-01/sale',
    'derive.not-told',
    'retailDay S03: the source does not tell storeId',
  );
});

/** Something a rule could not settle. */
async function park(hub: TestHub, group: string, code: string, sentence: string): Promise<void> {
  await hub.database.query(
    `insert into derivation_groups (rule, group_key, fields, lane, state, due_at, error_code, error)
     values ('retailDay', $1, '{}', 'derive/retailDay/0', 'parked', now(), $2, $3)`,
    [group, code, sentence],
  );
}

const product = '/mappings/pospal/product';
const shipped = readFile(path.join(packageRoot, 'mappings/pospal/product.yaml'), 'utf8');

const textOf = (page: Page) => page.getByRole('textbox', { name: 'Text of the mapping' });

/** Puts another text into the editor, as if it was typed. */
async function type(page: Page, text: string): Promise<void> {
  await textOf(page).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

const rightText = (page: Page): Promise<void> => page.getByText('The text is right').waitFor();

/** What the result pane says, as text. */
async function resultHolds(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'What comes out' }).filter({ hasText: text }).waitFor();
}

test('a mapping is edited with its result live, rehearsed, applied, and taken back', async () => {
  const page = await desk.open('/mappings?filter=pospal');
  await page.getByRole('link', { name: 'pospal/product' }).click();
  await rightText(page);
  await resultHolds(page, '"code"');
  const text = (await shipped).replace('at: name,', 'at: barcode,');
  await type(page, text);
  const barcode = /"barcode": "([^"]+)"/.exec(
    (await page.getByRole('textbox', { name: 'Sample' }).textContent()) ?? '',
  )?.[1];
  await resultHolds(page, `"name": "${barcode}"`);
  await page.getByText('Value by value').click();
  await page.getByRole('region', { name: 'Value by value' }).getByText('barcode').first().waitFor();
  await page.reload();
  await page.getByText('changed, not applied').waitFor();
  await resultOf(page);

  await page.getByRole('button', { name: 'Rehearse', exact: true }).click();
  await page.getByLabel('Objects of each party').fill('50');
  await page.getByRole('button', { name: 'Begin' }).click();
  const differing = page.getByRole('region', { name: 'Fields that would differ' });
  await differing.getByText('name', { exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get('job')).toMatch(/^[0-9a-f-]{36}$/);

  await page.getByRole('tab', { name: 'Edit (changed)' }).click();
  await rightText(page);
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Put another version of pospal/product in use' });
  await dialog.getByText('Copies looked at').waitFor();
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await dialog.getByText('Say why: the audit log keeps it').waitFor();
  await dialog.getByLabel('Reason').fill('names as the till shows them');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await page.getByText(/^Version [0-9a-f]{8} is in use\.$/).waitFor();
  await page.getByText('changed, not applied').waitFor({ state: 'detached' });

  await page.getByRole('tab', { name: 'Versions' }).click();
  const versions = page.getByRole('tabpanel', { name: 'Versions' });
  await versions.getByText('names as the till shows them').waitFor();
  await page
    .getByRole('textbox', { name: /^[0-9a-f]{8}$/ })
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Go back to this version' }).click();
  const back = page.getByRole('dialog', { name: 'Go back to another version of pospal/product' });
  await back.getByText('The file is followed again.').waitFor();
  await back.getByLabel('Reason').fill('not what the shop wants');
  await back.getByRole('button', { name: 'Go back to this version' }).click();
  await versions.getByText('not what the shop wants').waitFor();
  await page.goBack();
  await page.getByRole('tab', { name: 'Edit', exact: true, selected: true }).waitFor();
  await textOf(page).filter({ hasText: 'at: name' }).waitFor();
});

async function resultOf(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Value by value' }).waitFor();
}

test('a wrong mapping shows the mark at its place, and fields come in by completion and from the trees', async () => {
  const page = await desk.open(product);
  await rightText(page);
  await resultHolds(page, '"code"');
  await type(page, (await shipped).replace('  name:', '  nmae:'));
  await page.locator('.cm-lintRange-error', { hasText: 'nmae' }).waitFor();
  await page.getByText('1 thing is wrong').waitFor();
  expect(await page.getByRole('button', { name: 'Apply', exact: true }).isDisabled()).toBe(true);
  await page.getByText('This is what the last right text made of it.').waitFor();
  await page.getByRole('list', { name: 'What the checker says' }).getByRole('button').first().click();
  expect(await page.evaluate('document.getSelection().anchorNode.textContent')).toContain('nmae');

  await page.getByRole('button', { name: 'Discard changes' }).click();
  await rightText(page);
  await textOf(page).press('ControlOrMeta+End');
  await page.keyboard.insertText('  spu');
  await page.keyboard.press('Control+Space');
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard changes' }).click();

  await page.getByText('Our fields', { exact: true }).click();
  await page.getByLabel('Find a field…').fill('taxRate');
  const field = page.getByRole('treeitem', { name: /taxRate/ }).first();
  await field.focus();
  await field.press('Enter');
  await textOf(page).filter({ hasText: 'taxRate: {' }).waitFor();
  await page.getByText('Their fields', { exact: true }).click();
  const theirs = page.getByRole('treeitem', { name: /description/ }).first();
  await page.getByLabel('Find a field…').fill('description');
  if ((await theirs.count()) > 0) await theirs.dragTo(textOf(page));
  await desk.expectAccessible(page);
});

test('who was slower sees both versions, and nothing that was typed is lost', async () => {
  const page = await desk.open(product, { allow: [412] });
  await rightText(page);
  await type(page, `# mine\n${await shipped}`);
  await rightText(page);
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Copies looked at').waitFor();
  await applied({ text: `# theirs\n${await shipped}` });
  await dialog.getByLabel('Reason').fill('mine is better');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await dialog.getByRole('textbox', { name: 'As it is now' }).filter({ hasText: '# theirs' }).waitFor();
  await dialog.getByRole('textbox', { name: 'Yours' }).filter({ hasText: '# mine' }).waitFor();
  await dialog.getByRole('button', { name: 'Go on with mine' }).click();
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await page.getByText(/^Version [0-9a-f]{8} is in use\.$/).waitFor();
  await textOf(page).filter({ hasText: '# mine' }).waitFor();
  await applied({ version: 'file' });
});

/** Somebody else changes the mapping, by the API. */
async function applied(body: object): Promise<void> {
  const done = await fetch(`${desk.hub.url}/v1${product}/apply`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await tokenOf(desk.hub)}`,
      'content-type': 'application/json',
      'if-match': '*',
    },
    body: JSON.stringify(body),
  });
  expect(done.status, await done.text()).toBe(200);
}

test('rows copied from Excel are pasted into a code table, one is changed, one is ended', async () => {
  const page = await desk.open('/mappings?tab=crossrefs');
  await page.getByRole('button', { name: 'warehouses' }).click();
  const grid = page.getByRole('grid', { name: 'Code table warehouses' });
  await grid.getByText('CK001').waitFor();
  await grid.getByRole('row').nth(1).focus();
  await page.evaluate(`{
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'erp\\tW07\\tCK007\\r\\nerp\\tW08\\tCK008\\r\\n');
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }`);
  await page.getByRole('button', { name: 'See what it changes…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import into warehouses' }).last();
  await dialog.getByText('CK008').waitFor();
  await dialog.getByRole('button', { name: 'Import' }).click();
  await page.getByText('2 keys are changed.').waitFor();
  await grid.getByText('CK007').waitFor();

  await page.reload();
  await grid.getByText('CK007').click();
  await page.getByLabel('Their code').fill('CK077');
  await page.getByRole('button', { name: 'Save…' }).click();
  const save = page.getByRole('dialog', { name: 'Set W07 in warehouses' });
  await save.getByText('CK077').waitFor();
  await save.getByRole('button', { name: 'Save' }).click();
  await grid.getByText('CK077').click();
  await page.getByRole('button', { name: 'End…' }).click();
  const end = page.getByRole('dialog', { name: 'End W07 in warehouses' });
  await end.getByText(/^CK077 \( – \d{4}-\d{2}-\d{2}\)$/).waitFor();
  await end.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByText('W07 has ended.').waitFor();
  await page.getByRole('button', { name: 'Import or paste' }).click();
  await page.getByRole('textbox', { name: 'Cells' }).fill('one\ttwo\tthree\tfour\tfive');
  await page.getByText('There are 5 columns; expected connection, key, value').waitFor();
});

test('what a rule has parked is decided, and stands in the address', async () => {
  const page = await desk.open('/mappings?tab=derivations&rule=retailDay');
  await page.getByRole('grid', { name: 'Parked' }).getByText('S02/2026-11-01/sale').click();
  expect(new URL(page.url()).searchParams.get('group')).toBe('retailDay/S02/2026-11-01/sale');
  await page.reload();
  await page.getByRole('button', { name: 'Leave it' }).click();
  const dialog = page.getByRole('dialog', { name: /^Leave what came later/ });
  await dialog.getByRole('button', { name: 'Leave it' }).click();
  await page.getByText('S02/2026-11-01/sale: the difference goes nowhere.').waitFor();
  const parked = page.getByRole('grid', { name: 'Parked' });
  await parked.getByText('S02/2026-11-01/sale').waitFor({ state: 'detached' });
  await park(desk.hub, 'S01/2026-11-01/sale', 'derive.late', 'a ticket came after the bill was posted');
});

test('who may only look sees everything in Chinese, and nothing to press', async () => {
  const page = await desk.open('/mappings/kingdee/order', { role: 'viewer', language: 'zh-CN' });
  await page.getByText('您可以查看映射，但不能修改').waitFor();
  await page.getByText('运行样本需要').waitFor();
  expect(await page.getByRole('button', { name: '应用' }).count()).toBe(0);
  await page.getByRole('tab', { name: '解析结果' }).click();
  await page.getByText('FSaleOrderEntry[].FMaterialId.FNumber').waitFor();
  await desk.expectAccessible(page);
  await page.goBack();
  await page.getByText('您可以查看映射，但不能修改').waitFor();
});

const shots: readonly (readonly [
  name: string | undefined,
  place: string,
  ready: (page: Page) => Promise<unknown>,
])[] = [
  ['mappings', '/mappings', (page) => page.getByRole('link', { name: 'kingdee/order' }).waitFor()],
  [
    'mapping',
    '/mappings/kingdee/order',
    async (page) => {
      await page.getByText(/The text is right|文本检查通过/).waitFor();
      await page.getByText('"FSaleOrderEntry"').first().waitFor();
    },
  ],
  [
    'mapping-fields',
    '/mappings/pospal/product?left=ours&right=steps',
    async (page) => {
      await page.getByText(/The text is right|文本检查通过/).waitFor();
      await page.getByRole('treeitem').nth(5).waitFor();
      await page.getByText('sellPrice').nth(1).waitFor();
    },
  ],
  [
    'mapping-versions',
    '/mappings/pospal/product?view=versions&from=VERSION',
    (page) => page.getByText('not what the shop wants').first().waitFor(),
  ],
  [
    'mapping-rehearsal',
    '/mappings/pospal/product?view=rehearsal&job=JOB',
    (page) =>
      page
        .getByText(/Fields that would differ|有差异的字段/)
        .first()
        .waitFor(),
  ],
  [undefined, '/mappings/pospal/product?view=lines', (page) => page.getByText('sellPrice').first().waitFor()],
  ['work-jobs', '/work?tab=jobs', (page) => page.getByRole('row').nth(1).waitFor()],
  ['derivations', '/mappings?tab=derivations', (page) => page.getByText('S03/2026-11-01/sale').waitFor()],
  ['crossrefs', '/mappings?tab=crossrefs', (page) => page.getByText('warehouses').first().waitFor()],
  [
    'crossrefs-table',
    '/mappings?tab=crossrefs&table=warehouses',
    (page) => page.getByText('CK008').waitFor(),
  ],
];

test('each view is complete and accessible in both languages and in the dark', async () => {
  const { rows } = await desk.hub.database.query<{ id: string }>(
    `select id from jobs where kind = 'rehearsal' order by id desc limit 1`,
  );
  const authorization = `Bearer ${await tokenOf(desk.hub)}`;
  const history = await fetch(`${desk.hub.url}/v1${product}/versions`, { headers: { authorization } });
  const { decisions } = (await history.json()) as { decisions: { version: string | null }[] };
  const version = decisions.findLast((one) => one.version !== null)?.version ?? '';
  for (const [name, place, ready] of shots)
    await desk.inspect(name, place.replace('JOB', rows[0]?.id ?? '').replace('VERSION', version), ready);
}, 240_000);
