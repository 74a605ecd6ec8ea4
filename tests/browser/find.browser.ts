import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { auditOf } from '../../src/ledger/audit.ts';
import { writeConflicts } from '../../src/ledger/conflicts.ts';
import { pauseConnection, resumeConnection } from '../../src/ledger/connections.ts';
import { pollNow } from '../../src/ledger/cursors.ts';
import { newId } from '../../src/ledger/ids.ts';
import { quiet, type TestHub, until } from '../harness.ts';
import { settledUser } from '../support/browser.ts';
import { consoleDesk } from './harness.ts';

/** An order that has gone all the way, and one whose ERP was paused when it came. */
let shipped = '';
let waiting = '';
/** Goods that the ERP calls otherwise than the shop does. */
let goods = '';
let member = { id: '', phone: '', name: '' };
let clerk: readonly [string, string][] = [];

const desk = consoleDesk({}, async (hub) => {
  shipped = hub.pos.placeOrder('WEB', hub.inventor.order());
  goods = hub.inventor.skus[0]?.code ?? '';
  await disagree(hub);
  await until('the order has gone all the way', async () => {
    const { rows } = await hub.database.query(
      `select 1 from records where entity = 'receivable' and data ->> 'number' = $1`,
      [`AR-${shipped}`],
    );
    return rows.length > 0;
  });
  await quiet(hub.database);
  await pauseConnection(hub.database, 'erp', 600_000, 'test');
  waiting = hub.pos.placeOrder('WEB', hub.inventor.order());
  await until('the other one is told', async () => (await orderId(hub, waiting)) !== '');
  await until('only the ERP is waited for', async () => {
    const { rows } = await hub.database.query<{ copy: boolean; left: number }>(
      `select exists (select 1 from links where connection = 'erp' and record_id = $1) as copy,
         ((select count(*) from inbox where state = 'due')
           + (select count(*) from links where state = 'due' and connection <> 'erp'))::int as left`,
      [await orderId(hub, waiting)],
    );
    return rows[0]?.copy === true && rows[0].left === 0;
  });
  const { rows } = await hub.database.query<typeof member>(
    `select id, data #>> '{phone,e164}' as phone, data ->> 'name' as name from records
       where entity = 'customer' and data #>> '{phone,e164}' is not null order by id limit 1`,
  );
  member = rows[0] ?? member;
  const user = { email: 'clerk@example.com', name: '林芳', role: 'operator', scopes: ['pii:read'] } as const;
  clerk = [...(await settledUser(hub, user, 'kettle-lantern-42')).browser.cookies];
});

/** The ERP gives the goods another name, which the shop has not; and a person is to decide about it. */
async function disagree(hub: TestHub): Promise<void> {
  hub.erp.seedMaterials([{ number: goods, name: erpName, barcode: goods }]);
  await pollNow(hub.database, 'erp', 'BD_MATERIAL');
  hub.hub.world.ring(['poll/erp/BD_MATERIAL']);
  await until('the new name is known', async () => {
    const { rows } = await hub.database.query(
      `select 1 from records where entity = 'product' and data ->> 'name' = $1`,
      [erpName],
    );
    return rows.length > 0;
  });
  const { rows } = await hub.database.query<{ record_id: string; remote_id: string }>(
    `select l.record_id, l.remote_id from links l join records r on r.id = l.record_id
     where l.connection = 'pos' and r.data ->> 'code' = $1`,
    [goods],
  );
  const [copy] = rows;
  if (!copy) throw new Error('the shop has not told of the goods');
  const now = new Date();
  const place = { connection: 'pos', object: 'product', remoteId: copy.remote_id };
  const shown = { ...place, value: shopName(hub), before: '旧名', at: now.toISOString() };
  await writeConflicts(hub.database, [
    {
      ...{ id: newId(), record_id: copy.record_id, entity: 'product', path: 'name', golden: erpName },
      told: { [`pos/product/${copy.remote_id}`]: shown },
      ...{ version: 1, state: 'open', opened_at: now, changed_at: now },
      ...{ resolved_at: null, resolved_by: null, resolution: null },
    },
  ]);
}

const erpName = '手冲咖啡壶 600ml';
const shopName = (hub: TestHub): string => hub.inventor.skus[0]?.name ?? '';

async function orderId(hub: TestHub, number: string): Promise<string> {
  const { rows } = await hub.database.query<{ id: string }>(
    `select id from records where entity = 'order' and data ->> 'number' = $1`,
    [number],
  );
  return rows[0]?.id ?? '';
}

async function find(page: Page, text: string): Promise<void> {
  await page.getByRole('searchbox').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

/** With the scope to see personal data. */
const asClerk = { role: undefined, before: (page: Page) => page.context().addCookies(cookiesOfClerk()) };
const cookiesOfClerk = () => clerk.map(([name, value]) => ({ name, value, url: desk.hub.url }));

test('a customer is found by phone; who may see personal data sees who it is, a viewer does not', async () => {
  const page = await desk.open('/find', asClerk);
  await page.getByText('Type into the box at the top').waitFor();
  await find(page, member.phone.replace('+86', ''));
  const grid = page.getByRole('grid', { name: 'What was found' });
  const row = grid.getByRole('row').filter({ hasText: 'Customer' }).first();
  await row.getByText('phone', { exact: true }).waitFor();
  expect(await row.textContent()).not.toContain(member.name);
  await page.getByRole('button', { name: 'Show personal data' }).click();
  await row.getByText(member.name).waitFor();
  await row.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/records/${member.id}$`));
  await page.getByRole('grid', { name: 'Values' }).getByText(member.name).first().waitFor();
  expect((await auditOf(desk.hub.database, `record/${member.id}`)).map((one) => one.action)).toContain(
    'personal.read',
  );
  await page.goBack();
  await row.waitFor();

  const viewer = await desk.open(`/find?q=${encodeURIComponent(member.phone)}`, { role: 'viewer' });
  const hidden = viewer.getByRole('grid').getByRole('row').filter({ hasText: 'Customer' }).first();
  await hidden.getByText('***').waitFor();
  expect(await viewer.getByRole('button', { name: 'Show personal data' }).count()).toBe(0);
  await hidden.click();
  const values = viewer.getByRole('grid', { name: 'Values' });
  await values.getByText('***').first().waitFor();
  const seen = (await viewer.locator('#content').textContent()) ?? '';
  expect(seen).not.toContain(member.name);
  expect(seen).not.toContain(member.phone.slice(-8));
  expect(await viewer.getByRole('button', { name: 'Hold' }).count()).toBe(0);
});

test('an order is found by its number in the shop, with its chain in all systems and what was written', async () => {
  const page = await desk.open('/account', { role: 'operator' });
  await find(page, shipped);
  await page.getByRole('heading', { name: `Order ${shipped}` }).waitFor();
  const chain = page.getByRole('table').filter({ hasText: 'Document' });
  const heads = await chain.getByRole('columnheader').allTextContents();
  expect(heads).toEqual(expect.arrayContaining(['pos', 'erp', 'wms']));
  for (const document of ['Order', 'Fulfilment', 'Shipment', 'Receivable'])
    await chain.getByRole('rowheader').filter({ hasText: document }).first().waitFor();
  await page.getByText('Nothing is left to do').waitFor();

  await chain.getByRole('button', { name: /SAL_SaleOrder .* in erp: writes/ }).click();
  const drawer = page.getByRole('dialog', { name: 'SAL_SaleOrder in erp' });
  await drawer.getByText('approve').first().waitFor();
  await drawer.getByText('save', { exact: true }).click();
  await drawer.getByText('FBillTypeID').first().waitFor();
  const address = page.url();
  expect(address).toMatch(/copy=.*try=/);
  await page.reload();
  await drawer.getByText('FBillTypeID').first().waitFor();
  expect(page.url()).toBe(address);
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });

  const there = desk.hub.erp.bills('SAL_SaleOrder').find((bill) => bill.FNetOrderBillNo === shipped);
  await find(page, String(there?.FBillNo));
  await page.getByRole('heading', { name: `Order ${shipped}` }).waitFor();
});

test('an order is held with a reason, said so, and released; each says before what it will do', async () => {
  const page = await desk.open(`/orders/${waiting}`, { role: 'operator' });
  await page.getByRole('button', { name: 'Hold', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: `Hold Order ${waiting}` });
  await dialog.getByText(/stands? still/).waitFor();
  await dialog.getByRole('button', { name: 'Hold', exact: true }).click();
  await dialog.getByText('Say why').waitFor();
  await dialog.getByLabel('Reason').fill('the address is being checked');
  await dialog.getByRole('button', { name: 'Hold', exact: true }).click();
  await page.getByText('user/operator@example.com holds it: the address is being checked').waitFor();
  await desk.expectAccessible(page);

  await page.getByRole('button', { name: 'Release' }).first().click();
  const release = page.getByRole('dialog', { name: `Release Order ${waiting}` });
  await release.getByText('1 hold ends').waitFor();
  await release.getByLabel('Reason').fill('it is right');
  await release.getByRole('button', { name: 'Release' }).click();
  await page.getByText('holds it').waitFor({ state: 'detached' });

  await page.getByRole('button', { name: /What can be done with SAL_SaleOrder/ }).click();
  await page.getByRole('menuitem', { name: 'Push again' }).click();
  const push = page.getByRole('dialog', { name: /Push Order .* to erp again/ });
  await push.getByText('SAL_SaleOrder (erp): save is sent').waitFor();
  await push.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: `What can be done with Order ${waiting}` }).click();
  await page.getByRole('menuitem', { name: 'Move to another day' }).click();
  const move = page.getByRole('dialog', { name: /to another day/ });
  await move.getByText('To', { exact: true }).waitFor();
  await desk.expectAccessible(page);
  await move.getByRole('button', { name: 'Cancel' }).click();
});

test('a record shows where systems differ, why a value is what it is, and what is to be decided', async () => {
  const page = await desk.open('/find', { role: 'operator' });
  await find(page, goods);
  await page.getByRole('heading', { name: `Product ${goods}` }).waitFor();
  const values = page.getByRole('grid', { name: 'Values' });
  const name = values.getByRole('row').filter({ hasText: 'Name' }).first();
  await name.getByText(erpName).first().waitFor();
  await name.getByText(shopName(desk.hub)).waitFor();
  await name.getByText('conflict').waitFor();
  await page.getByText('1 value differs').waitFor();
  await page.getByRole('switch', { name: 'Only differences' }).click();
  await page.waitForURL(/differing=yes/);
  await until('only what differs is listed', async () => (await values.getByRole('row').count()) === 2);

  await values.getByRole('row').nth(1).focus();
  await page.keyboard.press('Enter');
  const why = page.getByRole('dialog', { name: 'Why: Name' });
  await why.getByText('BD_MATERIAL of erp, by poll').waitFor();
  await why.getByText('FName').first().waitFor();
  await desk.expectAccessible(page);
  await page.reload();
  await why.getByText('FName').first().waitFor();
  await page.goBack();
  await why.waitFor({ state: 'hidden' });

  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByRole('grid', { name: 'History' }).getByRole('row').nth(1).click();
  await page
    .getByRole('dialog', { name: /Version/ })
    .getByRole('rowheader')
    .first()
    .waitFor();
  await page.keyboard.press('Escape');

  await page.getByRole('tab', { name: 'Conflicts' }).click();
  await page.getByRole('grid', { name: 'Conflicts' }).getByRole('row').nth(1).click();
  const conflict = page.getByRole('dialog', { name: 'Conflict: Name' });
  await conflict.getByRole('button', { name: 'Take this' }).last().click();
  const take = page.getByRole('dialog', { name: /Take the value of pos/ });
  await take.getByText(/would be written/).waitFor();
  await desk.expectAccessible(page);
  await take.getByRole('button', { name: 'Cancel' }).click();
});

test('an API that is slow, down or refuses is said so, with what to do', async () => {
  let answerNow = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    answerNow = resolve;
  });
  const slow = await desk.open(`/orders/${shipped}`, {
    before: (page) =>
      page.route('**/v1/orders/**', async (route) => {
        await late;
        await route.continue();
      }),
  });
  await slow.getByText('This takes longer than usual').waitFor();
  answerNow();
  await slow.getByText('Nothing is left to do').waitFor();

  const down = await desk.open('/find?q=coffee', {
    offline: true,
    before: (page) => page.route('**/v1/find**', (route) => route.abort()),
  });
  await down.getByText('The hub cannot be reached').waitFor();
  await down.unroute('**/v1/find**');
  await down.getByRole('button', { name: 'Try again' }).click();
  await down.getByText('Nothing is known under “coffee”').waitFor();

  const none = await desk.open('/orders/NOBODY-1', { allow: [404] });
  await none.getByText('records.unknown').waitFor();

  const refused = await desk.open(`/orders/${shipped}`, {
    allow: [403],
    before: (page) =>
      page.route('**/v1/orders/**', (route) =>
        route.fulfill({
          status: 403,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            type: 'urn:lianhub:auth.scope',
            title: 'auth.scope',
            status: 403,
            code: 'auth.scope',
            detail: 'this needs the scope read',
          }),
        }),
      ),
  });
  await refused.getByText('You may not do or see this').waitFor();
  expect(await refused.getByRole('button', { name: 'Try again' }).count()).toBe(0);
});

test('find, order and record look right in both languages', async () => {
  await resumeConnection(desk.hub.database, 'erp');
  const ready = (page: Page): Promise<void> => page.getByRole('grid').getByRole('row').nth(1).waitFor();
  await desk.inspect('find', `/find?q=${shipped.slice(0, -2)}`, ready);
  await desk.inspect('order', `/orders/${shipped}`, (page) => page.getByRole('rowheader').first().waitFor());
  const { rows } = await desk.hub.database.query<{ id: string }>(
    `select id from records where entity = 'product' and data ->> 'code' = $1`,
    [goods],
  );
  await desk.inspect('record', `/records/${rows[0]?.id}`, ready);
  for (const tab of ['history', 'copies', 'conflicts'])
    await desk.inspect(undefined, `/records/${rows[0]?.id}?tab=${tab}`, ready);
  await desk.inspect('explain', `/records/${rows[0]?.id}?field=name`, (page) =>
    page.getByText('FName').first().waitFor(),
  );
});
