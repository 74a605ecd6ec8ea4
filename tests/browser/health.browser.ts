import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { demoDay, demoDayYaml } from './demo-day.ts';
import { consoleDesk } from './harness.ts';

const desk = consoleDesk({ yaml: demoDayYaml }, demoDay);

const map = (page: Page) => page.getByRole('region', { name: /^(Map|流向图)/ });
/** Everything that is loaded piece by piece is there. */
async function drawn(page: Page): Promise<void> {
  await map(page).getByRole('button').first().waitFor();
  await page
    .getByRole('img', { name: /messages received|收到消息/ })
    .locator('svg')
    .waitFor();
  await page
    .getByRole('img', { name: /in-warehouse|met,|达成/ })
    .locator('svg')
    .waitFor();
  await page
    .getByRole('status')
    .getByText(/^(Live|实时)$/)
    .waitFor();
}

test('what needs somebody is told with since when and what to do, and one click leads there', async () => {
  const page = await desk.open('/health');
  const finding = page.getByRole('listitem').filter({ hasText: 'cannot go on as they are' });
  await finding.getByText('3 messages or copies of erp/SAL_SaleOrder').waitFor();
  await finding.getByText(/ago$/).waitFor();
  await finding.getByText('put the cause right, and try them again').waitFor();
  await finding.getByRole('link', { name: 'Go there' }).click();
  await page.waitForURL(/\/problems\?/);
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
    tab: 'causes',
    connection: 'erp',
    object: 'SAL_SaleOrder',
  });
  await page.goBack();
  await finding.waitFor();
});

test('a connection on the map narrows the page to it, in the address, over reload and back', async () => {
  const page = await desk.open('/health');
  await map(page).getByRole('button', { name: 'erp' }).last().click();
  await page.getByText('What needs somebody: erp').waitFor();
  expect(new URL(page.url()).search).toBe('?connection=erp');
  await page.getByText('1 day', { exact: true }).click();
  await page.waitForURL(/minutes=1440/);
  await page.reload();
  await page.getByText('What needs somebody: erp').waitFor();
  expect(await page.getByRole('radio', { name: '1 day' }).isChecked()).toBe(true);
  await page.goBack();
  await page.goBack();
  await page.getByText('What needs somebody', { exact: true }).waitFor();
});

test('what happens is shown within seconds, without asking for it', async () => {
  const page = await desk.open('/health');
  await drawn(page);
  const received = async (): Promise<number> => {
    const label = await page.getByRole('img', { name: /messages received/ }).getAttribute('aria-label');
    return Number(/^(\d+)/.exec(label ?? '')?.[1]);
  };
  const before = await received();
  for (let count = 0; count < 5; count += 1) desk.hub.pos.placeOrder('WEB', desk.hub.inventor.order());
  await expect.poll(received, { timeout: 20_000 }).toBeGreaterThanOrEqual(before + 5);
});

test('without the stream of events it says so and asks again and again', async () => {
  const page = await desk.open('/health', {
    before: (one) => one.route('**/v1/live', (route) => route.abort()),
    offline: true,
  });
  await page.getByText('Not live: asked again every 10 seconds').waitFor();
  const [asked] = await Promise.all([
    page.waitForRequest('**/v1/flows?*', { timeout: 15_000 }),
    page.getByRole('img', { name: /messages received/ }).waitFor(),
  ]);
  expect(asked.method()).toBe('GET');
});

test('an API that is down, slow or refuses leaves a clear state and a way on', async () => {
  const down = await desk.open('/health', {
    before: (one) => one.route('**/v1/health', (route) => route.abort()),
    offline: true,
  });
  await down.getByText('The hub cannot be reached').waitFor();
  await desk.expectAccessible(down);
  await down.unroute('**/v1/health');
  await down.getByRole('button', { name: 'Try again' }).click();
  await drawn(down);

  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = await desk.open('/health', {
    before: (one) =>
      one.route('**/v1/health', async (route) => {
        await released;
        await route.continue();
      }),
  });
  await slow.getByText('This takes longer than usual').waitFor();
  release();
  await drawn(slow);

  const refused = await desk.open('/health', {
    allow: [403],
    before: (one) =>
      one.route('**/v1/health', (route) =>
        route.fulfill({
          status: 403,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            ...{ type: 'urn:lianhub:auth.scope', title: 'auth.scope', status: 403, code: 'auth.scope' },
            detail: 'This needs the scope read.',
          }),
        }),
      ),
  });
  await refused.getByText('You may not do or see this').waitFor();
  await refused.getByText('auth.scope').waitFor();
  await desk.expectAccessible(refused);

  const gone = await desk.open('/health', {
    before: (one) => one.route('**/v1/whoami', (route) => route.abort()),
    offline: true,
  });
  await gone.getByText('The hub cannot be reached').waitFor();
  await gone.unroute('**/v1/whoami');
  await gone.getByRole('button', { name: 'Try again' }).click();
  await drawn(gone);
});

test('it is told in both languages, in the light and in the dark, to everybody', async () => {
  await desk.inspect('health', '/health', drawn);
});
