import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WecomSimulator } from '../../connectors/wecom/simulator/index.ts';
import { listDeliveries } from '../../src/ledger/deliveries.ts';
import { listTimers } from '../../src/ledger/rule-desk.ts';
import { type TestHub, until } from '../harness.ts';
import { Receiver } from '../support/receiver.ts';
import { consoleDesk } from './harness.ts';

/** The demo with a rule that tells a sales assistant of each order, and a milestone the warehouse has to keep. */
const rules = `
rules:
  new-order:
    on: order.created
    do:
      action: wecom.send-message
      input: { to: { users: [LiNa] }, message: { type: text, content: "New order {{ record.number }}" } }
milestones:
  accepted:
    from: order.paid
    to: { on: fulfilment.updated, when: 'record.states.process == "accepted"' }
    within: 30m
outbound: { allow: [127.0.0.1] }
`;

let receiver: Receiver;
let number = '';
const desk = consoleDesk(
  {
    yaml: (text) =>
      `${text
        .replace('\nsyncs:', '\n  wecom: { connector: wecom, simulator: {} }\nsyncs:')
        .replace('  product:\n    parties:', '  product:\n    owners: { name: erp }\n    parties:')}${rules}`,
  },
  async (hub) => {
    const wecom = hub.hub.simulators.get('wecom')?.simulator as WecomSimulator;
    wecom.addDepartment({ id: 1, name: '总部', parentid: 0 });
    wecom.addMember({ userid: 'LiNa' });
    // The first message arrives, and its answer gets lost.
    wecom.faults.next(1, 'error500AfterEffect', 'send');
    number = hub.pos.placeOrder('WEB', hub.inventor.order());
    await until('nobody knows what became of the message', async () => {
      const [timer] = await listTimers(hub.database, { rule: 'new-order', states: ['unknown'] });
      return timer !== undefined;
    });
    await order(hub, 3);
  },
);
beforeAll(async () => {
  receiver = await Receiver.start();
});
afterAll(() => receiver.stop());

/** Orders are placed, and the rule has told of them. */
async function order(hub: TestHub, count: number): Promise<void> {
  const before = (await listTimers(hub.database, { rule: 'new-order', states: ['done'] })).length;
  for (let at = 0; at < count; at += 1) hub.pos.placeOrder('WEB', hub.inventor.order());
  await until('the rule has told of them', async () => {
    const told = await listTimers(hub.database, { rule: 'new-order', states: ['done'] });
    return told.length >= before + count;
  });
}

/** Nothing waits to be posted for the first time. */
function taken(): Promise<void> {
  return until('everything is posted', async () => {
    const due = await listDeliveries(desk.hub.database, { state: 'due' }, 10);
    return due.every((one) => one.attempts > 0);
  });
}

const dialog = (page: Page, text: string): Locator =>
  page.getByRole('dialog').filter({ hasText: text }).last();

test('who reads, writes and owns what is a matrix, system by system and field by field', async () => {
  const page = await desk.open('/syncs');
  const overview = page.getByRole('region', { name: 'Syncs by connection' });
  const row = overview.getByRole('row', { name: /^inventory/ });
  await row.getByText('reads').waitFor();
  await row.getByText('updates').waitFor();
  await overview.getByRole('link', { name: 'product', exact: true }).click();
  const fields = page.getByRole('region', { name: 'Fields by system' });
  const name = fields.getByRole('row').filter({ has: page.getByText('name', { exact: true }) });
  await name.first().getByText('reads').first().waitFor();
  await name.first().getByText('erp', { exact: true }).waitFor();
  await page.getByLabel('Field here or there…').fill('barcode');
  await page.waitForURL(/sync=product.*field=barcode/);
  await page.reload();
  await page.getByRole('region', { name: 'Fields of product' }).waitFor();
  expect(await page.getByLabel('Field here or there…').inputValue()).toBe('barcode');
  await desk.inspect('syncs', '/syncs?tab=matrix&sync=order', async (one) => {
    await one.getByText('lines[]', { exact: true }).waitFor();
  });
});

test('a rule of which nobody knows what became of its action is settled by a person', async () => {
  await desk.inspect('syncs-rules', '/syncs?tab=rules', async (one) => {
    await one.getByText(number).first().waitFor();
    await one.getByText('rules.new-order').first().waitFor();
  });
  const page = await desk.open('/syncs?tab=rules&state=unknown');
  await page.getByRole('row').filter({ hasText: number }).click();
  await page.waitForURL(/timer=/);
  await dialog(page, 'order.created').getByRole('heading', { name: 'What it is told' }).waitFor();
  await desk.expectAccessible(page);
  await page.getByRole('button', { name: 'Settle it' }).click();
  const asked = dialog(page, 'Look there first');
  await asked.getByLabel('Reason').fill('Li Na has it');
  await asked.getByRole('button', { name: 'Settle it' }).click();
  await page.getByText('Settled: done').first().waitFor();
  const [timer] = await listTimers(desk.hub.database, { rule: 'new-order' });
  expect(timer).toMatchObject({ state: 'done', reason: expect.stringContaining('Li Na has it') });
  await page.getByRole('button', { name: 'Settle it' }).waitFor({ state: 'hidden' });
  await page.goBack();
  await page.getByText('Nothing has begun.').waitFor();
});

test('a subscription is made, tested, given another secret, and what it did not take is posted again', async () => {
  const page = await desk.open('/syncs?tab=subscriptions', { allow: [422] });
  await page.getByText('Nobody has subscribed.').waitFor();
  await page.getByRole('button', { name: 'Subscribe' }).click();
  const form = dialog(page, 'What happens from now on');
  await form.getByLabel('Name', { exact: true }).fill('board');
  await form.getByLabel('Address').fill('http://169.254.169.254/latest');
  await form.getByRole('combobox', { name: 'Events' }).fill('order.*');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await form.getByRole('button', { name: 'Subscribe' }).click();
  // What cannot be is marked at its field, and the rest stays typed.
  await form.getByText('destination.never').waitFor();
  expect(await form.getByLabel('Name', { exact: true }).inputValue()).toBe('board');
  await form.getByLabel('Address').fill(receiver.url);
  await form.getByRole('button', { name: 'Subscribe' }).click();
  const secret = dialog(page, 'shown this once');
  await secret.getByText(/^whsec_/).waitFor();
  await desk.expectAccessible(page);
  await secret.getByRole('button', { name: 'I have kept it' }).click();

  const known = dialog(page, receiver.url);
  await known.getByRole('button', { name: 'Test ping' }).click();
  await dialog(page, 'Post a test to board').getByRole('button', { name: 'Test ping' }).click();
  await known.getByText('seen', { exact: true }).waitFor();
  expect(receiver.types()).toEqual(['ping']);

  await known.getByRole('button', { name: 'New secret' }).click();
  await dialog(page, 'A new secret for board').getByRole('button', { name: 'New secret' }).click();
  await secret.getByText(/^whsec_/).waitFor();
  await secret.getByRole('button', { name: 'I have kept it' }).click();

  await known.getByRole('button', { name: 'Disable' }).click();
  await dialog(page, 'Disable board').getByRole('button', { name: 'Disable' }).click();
  await known.getByRole('button', { name: 'Enable' }).waitFor();
  await known.getByRole('button', { name: 'Enable' }).click();
  await dialog(page, 'Enable board').getByRole('button', { name: 'Enable' }).click();
  await known.getByRole('button', { name: 'Disable' }).waitFor();

  // One order it refuses for good.
  receiver.answer = ({ event }) => (event.type === 'order.created' ? 400 : 200);
  await order(desk.hub, 1);
  await until('it was refused', async () => receiver.types().includes('order.created'));
  receiver.answer = () => 200;
  await known.getByRole('button', { name: 'Post again' }).click();
  await dialog(page, 'First it is counted').getByRole('button', { name: 'Count them' }).click();
  const counted = dialog(page, 'a second:');
  await counted.getByText('order.created').waitFor();
  const before = receiver.received.length;
  await counted.getByRole('button', { name: 'Post again' }).click();
  await until('it was posted again', () => receiver.received.length > before);
  await desk.inspect('syncs-subscriptions', '/syncs?tab=subscriptions', async (one) => {
    await one.getByText(receiver.url).waitFor();
  });
});

test('of deliveries one sees what was answered, and one or many are posted again', async () => {
  await taken();
  const page = await desk.open('/syncs?tab=deliveries&to=board&outcome=done');
  await page.getByRole('row').filter({ hasText: 'order.created' }).first().click();
  await page.waitForURL(/delivery=/);
  const open = dialog(page, 'webhook-id');
  await open.getByText('seen').first().waitFor();
  await desk.expectAccessible(page);
  await page.reload();
  const before = receiver.received.length;
  await open.getByRole('button', { name: 'Post again' }).click();
  await dialog(page, 'under the id it has').getByRole('button', { name: 'Post again' }).click();
  await until('it was posted again', () => receiver.received.length > before);
  await page.goBack();
  await open.waitFor({ state: 'hidden' });
  // What is posted meanwhile would move the rows.
  await taken();
  await page.reload();
  const rows = page.getByRole('grid', { name: 'Deliveries' });
  await rows.getByRole('checkbox', { name: 'Select this' }).nth(0).check();
  await rows.getByRole('checkbox', { name: 'Select this' }).nth(1).check();
  const many = receiver.received.length;
  await page.getByRole('button', { name: 'Post selected again (2)' }).click();
  await dialog(page, 'Post 2 deliveries again').getByRole('button', { name: 'Post again' }).click();
  await until('both were posted again', () => receiver.received.length >= many + 2);
  await desk.inspect('syncs-deliveries', '/syncs?tab=deliveries', async (one) => {
    await one.getByText('order.created').first().waitFor();
  });
});

test('types of events have their schema; a viewer sees all of it and can change nothing', async () => {
  const page = await desk.open('/syncs?tab=types&schema=order.created', {
    role: 'viewer',
    language: 'zh-CN',
  });
  await dialog(page, 'order.created').getByText('"properties"').first().waitFor();
  await desk.expectAccessible(page);
  await page.goto(`${desk.hub.url}/console/syncs?tab=subscriptions`);
  await page.getByText('board').waitFor();
  expect(await page.getByRole('button', { name: '新建订阅' }).count()).toBe(0);
  await page.getByText('board').click();
  await dialog(page, 'board').getByText(receiver.url).waitFor();
  expect(await page.getByRole('button', { name: '测试推送' }).count()).toBe(0);
  await page.goto(`${desk.hub.url}/console/syncs?tab=deliveries`);
  await page.getByText('order.created').first().waitFor();
  expect(await page.getByRole('checkbox').count()).toBe(0);
  await desk.inspect('syncs-types', '/syncs?tab=types', (one) =>
    one.getByText('order.created').first().waitFor(),
  );
});
