import type { Page, Route } from 'playwright-core';
import { expect, test } from 'vitest';
import { consoleDesk } from './harness.ts';

const desk = consoleDesk({ seed: false });

const someId = '01a20000-0000-7000-8000-000000000001';

/** Every page, and every tab of it that asks for something of its own. */
const places = [
  ...['/health', '/account', '/find?q=coffee', '/orders/W1', `/records/${someId}`],
  ...[`/records/${someId}?tab=history`, `/records/${someId}?tab=conflicts`],
  ...['causes', 'unknown', 'waits', 'conflicts', 'matches', 'requests', 'derived', 'rules'].map(
    (tab) => `/problems?tab=${tab}`,
  ),
  ...['/mappings', '/mappings?tab=derivations', '/mappings?tab=crossrefs', '/mappings/pospal/product'],
  '/mappings/pospal/product?view=versions',
  ...['/connections', '/connections?view=add', '/connections?view=configuration'],
  ...['overview', 'objects', 'settings', 'secrets', 'adoption'].map(
    (tab) => `/connections?connection=erp&tab=${tab}`,
  ),
  ...['matrix', 'rules', 'subscriptions', 'deliveries', 'types'].map((tab) => `/syncs?tab=${tab}`),
  ...['backfills', 'jobs', 'inbox', 'events', 'lanes', 'audit', 'users', 'tokens'].map(
    (tab) => `/work?tab=${tab}`,
  ),
];

const forbidden = {
  status: 403,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    ...{ type: 'urn:lianhub:auth.scope', title: 'auth.scope', status: 403, code: 'auth.scope' },
    detail: 'This needs the scope read.',
  }),
};

/** An API that does what a test says; who is signed in is always known. */
class Api {
  #mode: 'silent' | 'away' | 'refuses' = 'silent';
  #held: Route[] = [];

  async stand(page: Page): Promise<void> {
    // The page's clock goes on when it is told to: nobody waits for what is slow.
    await page.clock.install();
    await page.route('**/v1/**', async (route) => {
      if (route.request().url().endsWith('/v1/whoami')) return route.fallback();
      if (this.#mode === 'silent') this.#held.push(route);
      else if (this.#mode === 'away') await route.abort();
      else await route.fulfill(forbidden);
    });
  }

  /** Answers nothing at all. */
  silence(): void {
    this.#held = [];
    this.#mode = 'silent';
  }

  /** What was asked, and all that is, finds nobody. */
  async goAway(): Promise<void> {
    this.#mode = 'away';
    // What the page has given up meanwhile is nobody's any more.
    for (const route of this.#held.splice(0)) await route.abort().catch(() => undefined);
  }

  refuse(): void {
    this.#mode = 'refuses';
  }
}

for (const half of [0, 1]) {
  test(`every page says that the API is slow, away or refuses, and has a way on (${half + 1} of 2)`, async () => {
    const api = new Api();
    const page = await desk.open('/account', {
      offline: true,
      allow: [403],
      before: (one) => api.stand(one),
    });
    for (const place of places.filter((_, at) => at % 2 === half)) {
      api.silence();
      await page.goto(`${desk.hub.url}/console${place}`);
      const loading = page.locator('#content').getByRole('status', { name: 'Loading' }).first();
      await loading.waitFor();
      await page.clock.fastForward(5_000);
      await page.getByText('This takes longer than usual').first().waitFor();
      await api.goAway();
      await page.clock.fastForward(1_000);
      const away = page.getByText('The hub cannot be reached').first();
      await away.waitFor();
      api.refuse();
      await page.getByRole('button', { name: 'Try again' }).first().click();
      await page.getByText('You may not do or see this').first().waitFor();
      await page.getByText('auth.scope').first().waitFor();
      expect(new URL(page.url()).pathname).toBe(`/console${place.split('?')[0]}`);
    }
    await desk.expectAccessible(page);
  });
}
