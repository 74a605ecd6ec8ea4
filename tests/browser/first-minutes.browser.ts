/** What somebody new does first, in one go: from the sign-in to a dead letter that goes on. */
import { expect, test } from 'vitest';
import { addUser } from '../../src/ledger/users.ts';
import type { JsonObject } from '../../src/model/index.ts';
import { until } from '../harness.ts';
import { newestInbox } from '../support/read-outs.ts';
import { consoleDesk } from './harness.ts';
import { corrected } from './stuck-hub.ts';

/** An order whose total is not what its lines come to. */
let number = '';
const desk = consoleDesk({}, async (hub) => {
  number = hub.pos.placeOrder('WEB', { ...hub.inventor.order(), totalAmount: '99999.00' });
  await until('the order is refused', async () => {
    return (await newestInbox(hub, 'pos', 'online-order', `WEB/${number}`))?.state === 'dead';
  });
});

test('somebody new signs in, sees what is wrong, is led to it, puts it right, and sees that all is well', async () => {
  const { email, password } = await addUser(desk.hub.database, {
    ...{ email: 'new@example.com', name: '赵敏', role: 'operator', author: 'test' },
  });
  // What is no letter any more is nowhere for a moment, until the page has left it.
  const page = await desk.open('/', { role: undefined, allow: [404] });
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Password now').fill(password);
  await page.getByLabel('New password', { exact: true }).fill('lantern-kettle-42');
  await page.getByLabel('New password, once more').fill('lantern-kettle-42');
  await page.getByRole('button', { name: 'Change password' }).click();

  // The first page says what needs somebody, and leads there.
  await page.waitForURL(/\/health$/);
  const finding = page.getByRole('listitem').filter({ hasText: 'cannot go on as they are' });
  await finding.getByRole('link', { name: 'Go there' }).click();
  const causes = page.getByRole('grid', { name: 'By cause' });
  await causes.getByRole('row').filter({ hasText: 'apply.unbalanced' }).click();
  await page.getByText('What to do:').first().waitFor();
  await page
    .getByRole('grid', { name: 'What is stuck' })
    .getByRole('row')
    .filter({ hasText: number })
    .click();

  // Put right by editing what was told.
  await page.getByRole('button', { name: 'Edit and try again' }).click();
  const editor = page.getByRole('textbox', { name: 'Edited object' });
  await editor.click();
  const name = new URL(page.url()).searchParams.get('letter') ?? '';
  const letter = await page.evaluate(`fetch('/v1/deadletters/${name}').then((answer) => answer.json())`);
  const { told } = letter as { told: { body: JsonObject } };
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(JSON.stringify(corrected(told.body), null, 2));
  await page.getByRole('button', { name: 'Edit and try again' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit and try again' });
  await dialog.getByLabel('Reason').fill('sum of its lines');
  await dialog.getByRole('button', { name: 'Apply what I edited' }).click();
  await page.getByText(/It is applied as inbox\//).waitFor();
  await until('the ERP has it', () => desk.hub.erp.bill('SAL_SaleOrder', number) !== undefined);

  await page.goto(`${desk.hub.url}/console/health`);
  await page.getByText('Nothing needs anybody just now').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(number);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `Order ${number}` }).waitFor();
  await page.getByText('Nothing is left to do').waitFor();
  expect(await page.getByText('cannot go on').count()).toBe(0);
});
