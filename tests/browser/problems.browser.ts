import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/index.ts';
import { tokenOf, until } from '../harness.ts';
import { golden, linkOf, newestInbox } from '../support/read-outs.ts';
import { consoleDesk } from './harness.ts';
import { connectors, corrected, getStuck, type Stuck, shops } from './stuck-hub.ts';

let stuck: Stuck;
const desk = consoleDesk({ yaml: shops, connectors }, async (hub) => {
  stuck = await getStuck(hub);
});

/** What the API says, to whoever may not see personal values. */
async function read<Told>(path: string): Promise<Told> {
  const headers = { authorization: `Bearer ${await tokenOf(desk.hub)}` };
  const answer = await fetch(`${desk.hub.url}${path}`, { headers });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Told;
}

interface Letter {
  readonly name: string;
  readonly key: string;
}

async function letterOf(number: string): Promise<Letter> {
  const { items } = await read<{ items: Letter[] }>('/v1/deadletters?code=apply.unbalanced');
  const found = items.find(({ key }) => key.endsWith(number));
  if (!found) throw new Error(`there is no letter of ${number}`);
  return found;
}

/** Puts another text into an editor. */
async function write(page: Page, label: string, text: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: label });
  await editor.click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
}

const grid = (page: Page, name: string) => page.getByRole('grid', { name });
const dialogButton = (page: Page, dialog: string, button: string) =>
  page.getByRole('dialog', { name: dialog }).getByRole('button', { name: button });

test('what is stuck is told by cause with count, worth and age, and one click leads to what to do', async () => {
  const page = await desk.open('/problems');
  const row = grid(page, 'By cause').getByRole('row').filter({ hasText: 'apply.unbalanced' });
  await row.waitFor();
  expect(await row.innerText()).toMatch(/not applied\s+4/);
  const refused = grid(page, 'By cause').getByRole('row').filter({ hasText: 'kingdee.invalid' });
  expect(await refused.innerText()).toMatch(/¥[\d,.]+\s+2 orders/);
  // With the keyboard alone.
  await row.focus();
  await page.keyboard.press('Enter');
  await grid(page, 'What is stuck').waitFor();
  await page.getByText('What to do:').first().waitFor();
  const here = page.url();
  expect(here).toContain('group=');
  await page.reload();
  await grid(page, 'What is stuck').getByRole('row').nth(4).waitFor();
  await page.goBack();
  await row.waitFor();
  await page.goForward();
  await page.getByRole('button', { name: 'All causes' }).click();
  await page.getByText('Needs somebody').click();
  await page.waitForURL(/show=person/);
  await grid(page, 'By cause').getByRole('row').filter({ hasText: 'kingdee.invalid' }).waitFor();
  await page.goBack();
  await page.waitForURL((url) => !url.search.includes('show='));
});

test('pictures: causes, one cause, a letter being edited, waits, conflicts, and the rest', async () => {
  const [first] = stuck.unbalanced;
  const { name } = await letterOf(first ?? '');
  const { items } = await read<{ items: { group: string; code: string }[] }>('/v1/problems');
  const { told } = await read<{ told: { body: JsonObject } }>(`/v1/deadletters/${name}`);
  const cause = items.find(({ code }) => code === 'kingdee.invalid');
  const rows = (count: number) => (page: Page) =>
    page.getByRole('grid').first().getByRole('row').nth(count).waitFor();
  await desk.inspect('problems', '/problems', rows(4));
  await desk.inspect('problems-cause', `/problems?group=${cause?.group}&in=parked`, rows(2));
  await desk.inspect('problems-waits', '/problems?tab=waits', rows(2));
  await desk.inspect('problems-conflicts', `/problems?tab=conflicts&record=${stuck.disputed}`, (page) =>
    page.getByRole('dialog').getByRole('table').waitFor(),
  );
  await desk.inspect(
    'problems-letter',
    `/problems?letter=${encodeURIComponent(name)}&edit=yes`,
    async (page) => {
      await page.locator('.cm-mergeView').waitFor();
      await page.locator('form .cm-content').click();
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.insertText(JSON.stringify(corrected(told.body), null, 2));
      await page.locator('.cm-mergeView .cm-changedText').first().waitFor();
    },
  );
}, 180_000);

test('pictures of unknown writes, matches and requests', async () => {
  const link = await linkOf(desk.hub, 'wms', 'delivery-order', `${stuck.unknown}-1`);
  await desk.inspect('problems-unknown', `/problems?tab=unknown&letter=push/${link?.id}`, (page) =>
    page.getByRole('dialog').locator('.cm-content').first().waitFor(),
  );
  const { items } = await read<{ items: { id: string }[] }>('/v1/matches');
  await desk.inspect('problems-matches', `/problems?tab=matches&match=${items[0]?.id}`, (page) =>
    page.getByRole('dialog').getByRole('table').nth(1).waitFor(),
  );
  await desk.inspect('problems-requests', '/problems?tab=requests', (page) =>
    page.getByRole('grid').getByRole('row').nth(1).waitFor(),
  );
  for (const [tab, text] of [
    ['derived', /Rules make all their documents|规则的单据均已生成/],
    ['rules', /No action of a rule has failed|没有失败的规则动作/],
  ] as const)
    await desk.inspect(undefined, `/problems?tab=${tab}`, (page) => page.getByText(text).waitFor());
}, 180_000);

test('a dead letter is fixed by editing it: what is no JSON is kept and marked, hidden values stay, the order goes on', async () => {
  const [number = ''] = stuck.unbalanced;
  const { name } = await letterOf(number);
  // What is no letter any more is nowhere for a moment, until the page has left it.
  const allow = [404];
  const page = await desk.open(`/problems?letter=${encodeURIComponent(name)}`, { role: 'operator', allow });
  await page.getByRole('button', { name: 'Edit and try again' }).click();
  await page.waitForURL(/edit=yes/);
  await page.getByText('Personal values are hidden').waitFor();
  await write(page, 'Edited object', '{ "orderNo": ');
  await page.getByRole('button', { name: 'Edit and try again' }).click();
  await page.getByRole('alert').filter({ hasText: 'This is not JSON' }).waitFor();
  // Looked away and come back: what was typed is there.
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await page.getByRole('button', { name: 'Edit and try again' }).click();
  expect(await page.getByRole('textbox', { name: 'Edited object' }).innerText()).toContain('"orderNo":');

  const { told } = await read<{ told: { body: JsonObject } }>(`/v1/deadletters/${name}`);
  expect(told.body.contactTel).toBe('***');
  await write(page, 'Edited object', JSON.stringify(corrected(told.body), null, 2));
  await page.getByRole('button', { name: 'Edit and try again' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit and try again' });
  await dialog.getByText(/hidden values? stay/).waitFor();
  await dialog.getByLabel('Reason').fill('sum of its lines');
  await dialog.getByRole('button', { name: 'Apply what I edited' }).click();
  await page.getByText(/It is applied as inbox\//).waitFor();
  await until('it goes on', () => desk.hub.erp.bill('SAL_SaleOrder', number) !== undefined);
  const applied = (await golden(desk.hub, 'order')).find(({ data }) => data.number === number);
  expect(JSON.stringify(applied?.data.receiver)).not.toContain('***');
  const audit = await desk.hub.database.query(
    `select details ->> 'note' as note, author from audit where subject = $1 and action = 'deadletters.edit'`,
    [name],
  );
  expect(audit.rows).toEqual([{ note: 'sum of its lines', author: 'user/operator@example.com' }]);
});

test('somebody else was quicker with a letter: both versions are shown, and what was typed is not lost', async () => {
  const [, number = ''] = stuck.unbalanced;
  const { name } = await letterOf(number);
  const page = await desk.open(`/problems?letter=${encodeURIComponent(name)}&edit=yes`, {
    allow: [404, 412],
  });
  const { told } = await read<{ told: { body: JsonObject } }>(`/v1/deadletters/${name}`);
  await page.getByRole('textbox', { name: 'Edited object' }).waitFor();
  const mine = corrected({ checkedBy: '我的版本', ...told.body });
  await write(page, 'Edited object', JSON.stringify(mine, null, 2));
  await page.getByRole('button', { name: 'Edit and try again' }).click();
  await page.getByRole('dialog', { name: 'Edit and try again' }).locator('.cm-mergeView').waitFor();

  const token = await tokenOf(desk.hub);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '*' };
  const body = JSON.stringify({ body: { ...told.body, checkedBy: '别人的版本' } });
  const edited = await fetch(`${desk.hub.url}/v1/deadletters/${name}/edit`, {
    method: 'POST',
    headers,
    body,
  });
  expect(edited.status).toBe(200);
  const { becomes } = (await edited.json()) as { becomes: string };
  await until('that one is dead as well', async () => {
    return (await newestInbox(desk.hub, 'pos', 'online-order', `WEB/${number}`))?.state === 'dead';
  });
  await dialogButton(page, 'Edit and try again', 'Apply what I edited').click();
  await page.getByText(`Somebody has edited it already: it is ${becomes} now`).waitFor();
  const both = page.getByRole('region', { name: 'It has changed meanwhile' });
  await both.getByText('别人的版本').first().waitFor();
  await both.getByText('我的版本').first().waitFor();
  await both.getByRole('button', { name: 'Go on with mine' }).click();
  await page.waitForURL((url) => url.searchParams.get('letter') === becomes);
  expect(await page.getByRole('textbox', { name: 'Edited object' }).innerText()).toContain('我的版本');
  await page.getByRole('button', { name: 'Edit and try again' }).click();
  await dialogButton(page, 'Edit and try again', 'Apply what I edited').click();
  await until('mine goes on', () => desk.hub.erp.bill('SAL_SaleOrder', number) !== undefined);
});

test('many are tried again at a rate, or left, after it was said what that does', async () => {
  const left = async (): Promise<number> =>
    (await read<{ items: unknown[] }>('/v1/deadletters?code=apply.unbalanced')).items.length;
  const before = await left();
  const page = await desk.open('/problems?code=kingdee.invalid', { role: 'operator' });
  await grid(page, 'By cause').getByRole('row').filter({ hasText: 'kingdee.invalid' }).click();
  desk.hub.erp.seedCustomers([{ number: 'CUST-NOBODY', name: '现在有了' }]);
  await page.getByRole('button', { name: 'Try all again' }).click();
  const dialog = page.getByRole('dialog', { name: 'Try again' });
  await dialog.getByText('2 will be tried again.').waitFor();
  await dialog.getByLabel('So many a second').fill('');
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await dialog.getByText('A number from 0.01 to 1000').waitFor();
  await dialog.getByLabel('So many a second').fill('20');
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('2 are tried again.').waitFor();
  // Live: it empties by itself.
  await page.getByText('Nothing is stuck for this cause any more.').waitFor();

  await page.goto(`${desk.hub.url}/console/problems?code=apply.unbalanced`);
  await grid(page, 'By cause').getByRole('row').filter({ hasText: 'apply.unbalanced' }).click();
  await grid(page, 'What is stuck').getByRole('checkbox', { name: 'Select this' }).first().click();
  await page.getByRole('button', { name: 'Leave 1' }).click();
  await page.getByRole('dialog', { name: 'Leave' }).getByText('1 will be left.').waitFor();
  await page.getByRole('dialog', { name: 'Leave' }).getByLabel('Reason').fill('test order');
  await dialogButton(page, 'Leave', 'Leave').click();
  await page.getByText('1 was left.').waitFor();
  await until('there is one less', async () => (await left()) === before - 1);
});

test('a missing code is filled in here, and what waited for it is seen to go', async () => {
  const page = await desk.open('/problems?tab=waits', { role: 'operator', allow: [422] });
  const codes = grid(page, 'Missing codes');
  await codes.getByRole('row').filter({ hasText: 'WEB2' }).click();
  await page.waitForURL(/missing=/);
  await page.reload();
  const drawer = page.getByRole('dialog', { name: 'WEB2 is missing in settle-customers' });
  await drawer.getByRole('button', { name: 'Fill in' }).click();
  await drawer.getByText('Type the code it has there').waitFor();
  await drawer.getByLabel('What WEB2 is called in erp').fill('CUST-WEB');
  await drawer.getByLabel('From (empty: always)').fill('2026-02-31');
  await drawer.getByRole('button', { name: 'Fill in' }).click();
  const dialog = page.getByRole('dialog', { name: 'Fill in' });
  await dialog.getByRole('alert').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  // What was typed is there still.
  expect(await drawer.getByLabel('What WEB2 is called in erp').inputValue()).toBe('CUST-WEB');
  await drawer.getByLabel('From (empty: always)').fill('');
  await drawer.getByRole('button', { name: 'Fill in' }).click();
  await dialog.getByText('4 that wait may go on.').waitFor();
  await dialog.getByRole('button', { name: 'Fill in' }).click();
  await page.getByText(/The code is there: 4 may go on/).waitFor();
  await drawer.getByText('Nothing waits for it any more.').waitFor();
  await codes.getByRole('row').filter({ hasText: 'WEB2' }).waitFor({ state: 'detached' });

  await drawer.getByRole('button', { name: 'Close' }).click();
  await codes.getByRole('row').filter({ hasText: 'Bitcoin' }).click();
  const theirs = page.getByRole('dialog', { name: 'Bitcoin is missing in payment-methods' });
  await theirs.getByLabel(/^Our code/).fill('crypto');
  await theirs.getByRole('button', { name: 'Fill in' }).click();
  await dialogButton(page, 'Fill in', 'Fill in').click();
  await theirs.getByText('Nothing waits for it any more.').waitFor();
});

test('a conflict is decided field by field, and not by who has not seen what was told since', async () => {
  const page = await desk.open(`/problems?tab=conflicts&record=${stuck.disputed}`, {
    role: 'operator',
    allow: [409],
  });
  await page.getByLabel('For name take what pos/product/S01-7 shows').check();
  await page.getByLabel('Another value for specification').fill('100 克一罐');
  await page.getByRole('button', { name: 'Decide 2 fields' }).click();
  const dialog = page.getByRole('dialog', { name: 'Decide 2 fields' });
  await dialog.getByText('茉莉花茶 100 克').waitFor();
  await dialog.getByText('100 克一罐').waitFor();
  // Meanwhile the shop tells another name.
  await desk.hub.database.query(
    `update conflicts set version = version + 1, told = jsonb_set(told, '{pos/product/S01-7,value}', '"茉莉花茶（新）"')
     where record_id = $1 and path = 'name'`,
    [stuck.disputed],
  );
  await dialog.getByRole('button', { name: 'Decide', exact: true }).click();
  const both = page.getByRole('region', { name: 'It has changed meanwhile' });
  await both.getByText('茉莉花茶（新）').first().waitFor();
  await both.getByText('茉莉花茶 100 克').first().waitFor();
  await both.getByRole('button', { name: 'Go on with mine' }).click();
  await page.getByRole('dialog').getByRole('table').getByText('茉莉花茶（新）').waitFor();
  expect(await page.getByLabel('Another value for specification').inputValue()).toBe('100 克一罐');
  await page.getByRole('button', { name: 'Decide 2 fields' }).click();
  await dialogButton(page, 'Decide 2 fields', 'Decide').click();
  await page.getByText('2 fields are decided.').waitFor();
  await page.getByText('Nothing of this record is in conflict any more.').waitFor();
  const product = (await golden(desk.hub, 'product')).find(({ id }) => id === stuck.disputed);
  expect(product?.data).toMatchObject({ name: '茉莉花茶（新）', specification: '100 克一罐' });
});

test('an unknown write is settled by what was found there; an id that is taken is refused at its field', async () => {
  const { hub } = desk;
  const link = await linkOf(hub, 'wms', 'delivery-order', `${stuck.unknown}-1`);
  const { rows } = await hub.database.query<{ remote_id: string }>(
    `select remote_id from links where connection = 'wms' and object = 'delivery-order' and remote_id is not null limit 1`,
  );
  const page = await desk.open('/problems?tab=unknown', { role: 'operator', allow: [404, 409] });
  await grid(page, 'Unknown writes')
    .getByRole('row')
    .filter({ hasText: `${stuck.unknown}-1` })
    .press('Enter');
  await page.waitForURL((url) => url.search.includes(link?.id ?? 'nothing'));
  const drawer = page.getByRole('dialog', { name: `Dead letter ${stuck.unknown}-1` });
  await drawer.getByRole('button', { name: 'Settle it' }).click();
  await drawer.getByText('Say what you have found').waitFor();
  await drawer.getByRole('radio', { name: 'It exists there' }).check();
  await drawer.getByLabel('Its id in wms').fill(rows[0]?.remote_id ?? '');
  await drawer.getByRole('button', { name: 'Settle it' }).click();
  const dialog = page.getByRole('dialog', { name: 'It exists there' });
  await dialog.getByRole('button', { name: 'Settle it' }).click();
  await dialog.getByText('is linked to another record already').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await drawer.getByLabel('Its id in wms').fill(hub.wms.order(`${stuck.unknown}-1`)?.id ?? '');
  await drawer.getByRole('button', { name: 'Settle it' }).click();
  await dialog.getByRole('button', { name: 'Settle it' }).click();
  await page.getByText('It is linked, and goes on.').waitFor();
  await drawer.getByText('It is no dead letter any more').waitFor();
  expect(hub.wms.order(`${stuck.unknown}-1`)?.creates).toBe(1);
});

test('a proposal is rejected, and a refused request closed with a note', async () => {
  const page = await desk.open('/problems?tab=matches', { role: 'operator' });
  await grid(page, 'Matches').getByRole('row').nth(1).click();
  await page.getByRole('dialog').getByRole('button', { name: 'None of them' }).click();
  await page
    .getByRole('dialog', { name: 'None of them' })
    .getByRole('button', { name: 'None of them' })
    .click();
  await page.getByText('They stay apart.').waitFor();
  await page.getByText('Nobody is in doubt.').waitFor();

  await page.getByRole('tab', { name: 'Requests' }).click();
  await grid(page, 'Requests').getByRole('row').nth(1).click();
  await page.getByRole('button', { name: 'I have dealt with it' }).click();
  const dialog = page.getByRole('dialog', { name: 'I have dealt with it' });
  await dialog.getByRole('button', { name: 'I have dealt with it' }).click();
  await dialog.getByText('Say why').waitFor();
  await dialog.getByLabel('Reason').fill('told the buyer');
  await dialog.getByRole('button', { name: 'I have dealt with it' }).click();
  await page.getByText('The request is closed.').waitFor();
});

test('a viewer sees and decides nothing; what is refused, slow or away says so', async () => {
  const { name } = await letterOf(stuck.unbalanced[3] ?? '').catch(() => letterOf(stuck.unbalanced[2] ?? ''));
  const viewer = await desk.open(`/problems?letter=${encodeURIComponent(name)}`, {
    role: 'viewer',
    language: 'zh-CN',
  });
  await viewer.getByText('处理需要操作员角色').waitFor();
  expect(await viewer.getByRole('button', { name: /重试|跳过/ }).count()).toBe(0);

  const forbidden = await desk.open('/problems', {
    allow: [403],
    before: (page) =>
      page.route('**/v1/problems?*', (route) =>
        route.fulfill({
          status: 403,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            type: 'x',
            title: 'x',
            status: 403,
            code: 'auth.scope',
            detail: 'This needs read.',
          }),
        }),
      ),
  });
  await forbidden.getByText('You may not do or see this').waitFor();
  await desk.expectAccessible(forbidden);

  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const slow = await desk.open('/problems', {
    before: (page) =>
      page.route('**/v1/problems?*', async (route) => {
        await held;
        await route.continue();
      }),
  });
  await slow.getByText('This takes longer than usual').waitFor();
  goOn();
  await grid(slow, 'By cause').waitFor();

  const away = await desk.open('/problems', {
    offline: true,
    before: (page) => page.route('**/v1/problems?*', (route) => route.abort('connectionrefused')),
  });
  await away.getByText('The hub cannot be reached').waitFor();
  await desk.expectAccessible(away);
  await away.unroute('**/v1/problems?*');
  await away.getByRole('button', { name: 'Try again' }).click();
  await grid(away, 'By cause').waitFor();
});
