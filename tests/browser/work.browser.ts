import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { issueToken } from '../../src/ledger/tokens.ts';
import { quiet, until } from '../harness.ts';
import { consoleDesk } from './harness.ts';

/** The demo with a milestone: what it listens for is kept, so that there are events to look at. */
const milestones = `
milestones:
  accepted:
    from: order.paid
    to: { on: fulfilment.updated }
    within: 30m
`;

const desk = consoleDesk({ yaml: (text) => text + milestones }, async (hub) => {
  hub.pos.seedCustomers(
    'WEB',
    Array.from({ length: 400 }, (_, at) => ({
      number: `M${at}`,
      name: `会员 ${at}`,
      phone: `139${10_000_000 + at}`,
    })),
  );
  for (let at = 0; at < 5; at += 1) hub.pos.placeOrder('WEB', hub.inventor.order());
  await until('orders are paid', async () => {
    const kept = await hub.database.query(`select 1 from events where type = 'order.paid'`);
    return kept.rowCount >= 5;
  });
  await quiet(hub.database);
});

const dialog = (page: Page, text: string): Locator =>
  page.getByRole('dialog').filter({ hasText: text }).last();

async function choose(page: Page, box: Locator, option: string): Promise<void> {
  await box.click();
  await page.locator('.ant-select-dropdown:visible').getByTitle(option, { exact: true }).click();
}

test('a backfill is started by form, seen progressing, stopped, and goes on', async () => {
  const page = await desk.open('/work', { role: 'operator' });
  await page.getByText('Nothing was read in full yet.').waitFor();
  await page.getByRole('button', { name: 'Start a backfill' }).click();
  const form = dialog(page, 'behind what is live');
  await form.getByRole('button', { name: 'Start', exact: true }).click();
  await form.getByText('Choose the system').waitFor();
  await choose(page, form.getByLabel('Connection'), 'pos');
  await choose(page, form.getByLabel('Object'), 'customer');
  await form.getByLabel('Rows a second at most').fill('1');
  await desk.expectAccessible(page);
  await form.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/backfill=\d+/);
  const open = dialog(page, 'Not applied yet');
  await open.getByText(/^[1-9]\d* read$/).waitFor();
  await open.getByText('under way').waitFor();
  await desk.expectAccessible(page);
  await open.getByRole('button', { name: 'Stop' }).click();
  const asked = dialog(page, 'Nothing more is read');
  await asked.getByLabel('Reason').fill('too early in the day');
  await asked.getByRole('button', { name: 'Stop' }).click();
  await open.getByText('stopped', { exact: true }).waitFor();
  const found = await desk.hub.database.query<{ state: string }>('select state from backfills');
  expect(found.rows).toEqual([{ state: 'cancelled' }]);
  await page.reload();
  await open.getByRole('button', { name: 'Go on' }).click();
  await dialog(page, 'It goes on after').getByRole('button', { name: 'Go on' }).click();
  await open.getByText('under way').waitFor();
  await page.goBack();
  await desk.inspect('work', '/work', async (one) => {
    await one.getByText('pos · customer').waitFor();
  });
});

test('messages and events are looked at as they came, personal values hidden', async () => {
  const page = await desk.open('/work?tab=inbox&connection=pos&object=customer', { role: 'viewer' });
  await page.getByRole('row').filter({ hasText: 'customer' }).first().click();
  await page.waitForURL(/message=\d+/);
  const open = dialog(page, 'What was told');
  await open.getByText('***').first().waitFor();
  await desk.expectAccessible(page);
  // Numbers of lines stand beside the text without anything between them.
  expect(await open.textContent()).not.toMatch(/会员 \d|(?<!\d)139\d{8}/);
  await page.goto(`${desk.hub.url}/console/work?tab=events`);
  await page.getByRole('row').filter({ hasText: 'order.paid' }).first().click();
  await dialog(page, 'Data').getByText('"record"').first().waitFor();
  await page.reload();
  await dialog(page, 'Data').getByText('"record"').first().waitFor();
  await dialog(page, 'Data').getByText('Event', { exact: true }).first().click();
  await page.keyboard.press('Escape');
  await dialog(page, 'Data').waitFor({ state: 'hidden' });
  await page.getByRole('tab', { name: 'Lanes' }).click();
  await page.getByRole('row').filter({ hasText: 'poll/' }).first().waitFor();
  for (const tab of ['inbox', 'events', 'lanes'])
    await desk.inspect(`work-${tab}`, `/work?tab=${tab}`, (one) => one.getByRole('row').nth(5).waitFor());
});

test('an administrator makes a user, who has to choose a password, and signs in', async () => {
  const page = await desk.open('/work?tab=users', { allow: [409, 422] });
  await page.getByRole('button', { name: 'Add a user' }).click();
  const form = dialog(page, 'password for the first sign-in');
  await form.getByLabel('Email').fill('nobody');
  await form.getByLabel('Name').fill('赵敏');
  await choose(page, form.getByLabel('Role'), 'operator');
  await form.getByRole('button', { name: 'Add a user' }).click();
  await form.locator('.ant-form-item-explain-error').first().waitFor();
  await form.getByLabel('Email').fill('zhao.min@example.com');
  await form.getByRole('button', { name: 'Add a user' }).click();
  const once = dialog(page, 'Hand it over in person');
  const password = (await once.locator('code').textContent()) ?? '';
  await desk.expectAccessible(page);
  await once.getByRole('button', { name: 'I have kept it' }).click();
  await page
    .getByRole('row', { name: /zhao\.min@example\.com/ })
    .getByText('has to choose a password')
    .waitFor();

  const theirs = await desk.open('/work', { role: undefined });
  await theirs.getByLabel('Email').fill('zhao.min@example.com');
  await theirs.getByLabel('Password').fill(password);
  await theirs.getByRole('button', { name: 'Sign in' }).click();
  await theirs.getByLabel('Password now').fill(password);
  await theirs.getByLabel('New password', { exact: true }).fill('lantern-kettle-42');
  await theirs.getByLabel('New password, once more').fill('lantern-kettle-42');
  await theirs.getByRole('button', { name: 'Change password' }).click();
  await theirs.getByRole('heading', { name: 'Work' }).waitFor();

  await page.getByText('zhao.min@example.com').first().click();
  const open = dialog(page, 'Signed in');
  await open.getByRole('button', { name: 'Disable' }).click();
  await dialog(page, 'Let zhao.min@example.com sign in no more')
    .getByRole('button', { name: 'Disable' })
    .click();
  await open.getByText('Signed in nowhere.').waitFor();
  await desk.expectAccessible(page);
  await page.goBack();
  await desk.inspect('work-users', '/work?tab=users', async (one) => {
    await one.getByText('zhao.min@example.com').waitFor();
  });
});

test('a token is made, shown once, and refused once it is revoked', async () => {
  await issueToken(desk.hub.database, { name: 'report', role: 'viewer', author: 'test' });
  const page = await desk.open('/work?tab=tokens');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const form = dialog(page, 'A program uses the API with it');
  await form.getByLabel('Name').fill('board');
  await form.getByRole('button', { name: 'Make a token' }).click();
  const once = dialog(page, 'Authorization: Bearer');
  const secret = (await once.locator('code').textContent()) ?? '';
  await once.getByRole('button', { name: 'I have kept it' }).click();
  const ask = async (): Promise<number> => {
    const answer = await fetch(`${desk.hub.url}/v1/whoami`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    return answer.status;
  };
  expect(await ask()).toBe(200);
  await page.getByText('board', { exact: true }).click();
  await dialog(page, 'Token board').getByRole('button', { name: 'Revoke' }).click();
  await dialog(page, 'Revoke the token board').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('board is revoked').first().waitFor();
  expect(await ask()).toBe(401);
  await desk.inspect('work-tokens', '/work?tab=tokens', async (one) => {
    await one.getByText('report').waitFor();
  });
});

test('the audit log tells who decided what, and that nobody has rewritten it; others may not read it', async () => {
  const page = await desk.open('/work?tab=audit&action=backfill');
  await page.getByRole('row').filter({ hasText: 'backfill.cancel' }).click();
  await dialog(page, 'backfill.cancel').getByText('too early in the day').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Verify the log' }).click();
  await page.getByText('The log is what was written').waitFor();
  await desk.expectAccessible(page);
  await desk.inspect('work-audit', '/work?tab=audit', async (one) => {
    await one.getByText('users.create').first().waitFor();
  });
  const viewer = await desk.open('/work', { role: 'viewer', language: 'zh-CN', allow: [403] });
  await viewer.getByRole('tab', { name: '收件箱' }).waitFor();
  expect(await viewer.getByRole('tab', { name: '用户' }).count()).toBe(0);
  expect(await viewer.getByRole('button', { name: '发起全量读取' }).count()).toBe(0);
  await viewer.goto(`${desk.hub.url}/console/work?tab=users&user=new`);
  await viewer.getByText('没有权限').waitFor();
  expect(await viewer.getByRole('button', { name: '添加用户' }).count()).toBe(0);
  await desk.expectAccessible(viewer);
});
