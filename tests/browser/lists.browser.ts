import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { consoleDesk } from './harness.ts';

const rows = 100_000;
/** Of the pages the tests answer with. */
const pageRows = 5_000;

/** Decisions of the admin of these tests; without the chain that makes them proof. */
const desk = consoleDesk({ seed: false }, ({ database }) =>
  database.query(`
    alter table audit disable trigger user;
    insert into audit (at, author, action, subject)
    select now() - n * interval '1 minute', 'user/admin@example.com', 'deadletters.retry', 'inbox/' || n
    from generate_series(1, 1000) n;
    alter table audit enable trigger user`),
);

/** Answers the list in few long pages: what is looked at is the table. */
function longPages(page: Page): Promise<unknown> {
  return page.route('**/v1/audit?*', (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
    const items = Array.from({ length: pageRows }, (_, at) => ({
      ...{ id: from + at, at: '2026-11-02T08:00:00Z', author: 'user/admin@example.com' },
      ...{ action: 'deadletters.retry', subject: `inbox/${from + at}`, details: {} },
    }));
    const next = from + pageRows < rows ? String(from + pageRows) : null;
    return route.fulfill({ json: { items, next } });
  });
}

const grid = (page: Page) => page.getByRole('grid', { name: 'What you have decided' });

test('a list of 100,000 rows is read as somebody scrolls, and stays quick', async () => {
  const page = await desk.open('/account', { before: longPages });
  await grid(page).getByRole('row').nth(1).waitFor();
  // Down to the end, page after page, as with the End key held down.
  await page.evaluate(`(async () => {
    const scroller = document.querySelector('[role="grid"]');
    const foot = () => document.querySelector('[role="grid"] ~ div [role="status"]').textContent;
    while (foot() !== '${rows} items') {
      scroller.scrollTop = scroller.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  })()`);
  expect(await grid(page).getByRole('row').count()).toBeLessThan(60);
  const jump = async (share: number): Promise<number> =>
    (await page.evaluate(`(async () => {
      const scroller = document.querySelector('[role="grid"]');
      const from = performance.now();
      scroller.scrollTop = scroller.scrollHeight * ${share};
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return performance.now() - from;
    })()`)) as number;
  const took = [];
  for (const share of [0.5, 0.1, 0.9, 0.3, 0.7]) took.push(await jump(share));
  // The median of five jumps across tens of thousands of rows.
  expect(took.toSorted((a, b) => a - b)[2]).toBeLessThan(100);
  await page
    .getByText(/inbox\/7\d{4}$/)
    .first()
    .waitFor();
  await desk.expectAccessible(page);
});

test('keys that come faster than the window is drawn move from row to row all the same', async () => {
  const page = await desk.open('/account');
  await grid(page).getByRole('row').nth(1).focus();
  await page.evaluate(`for (const key of ['ArrowDown', 'ArrowDown', 'PageDown', 'PageDown', 'PageDown', 'ArrowUp', 'Enter'])
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));`);
  await page.getByRole('dialog').getByText('deadletters.retry').waitFor();
  const open = grid(page).locator('[aria-selected="true"]');
  const step = Number(
    await page.evaluate(`Math.floor(document.querySelector('[role="grid"]').clientHeight / 44) - 2`),
  );
  expect(await open.getAttribute('aria-rowindex')).toBe(String(2 + 2 + 3 * step - 1));
});

test('a list is worked with by the keyboard, and going back comes to the row that was left', async () => {
  const page = await desk.open('/account');
  await grid(page).getByRole('row').nth(1).focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'PageDown', 'ArrowUp']) await page.keyboard.press(key);
  await page.keyboard.press('Enter');
  await page.waitForURL(/decision=\d+/);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('deadletters.retry').waitFor();
  await page.reload();
  await dialog.getByText('deadletters.retry').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(new URL(page.url()).search).toBe('');
  await page.goBack();
  await dialog.waitFor();
});
