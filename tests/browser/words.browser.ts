import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { tokenOf } from '../harness.ts';
import { consoleDesk } from './harness.ts';
import { connectors, getStuck, type Stuck, shops } from './stuck-hub.ts';

let stuck: Stuck;
const desk = consoleDesk({ yaml: shops, connectors }, async (hub) => {
  stuck = await getStuck(hub);
});

/** Everything the navigation and its tabs lead to. */
const places = [
  '/health',
  '/find?q=WEB',
  ...['causes', 'unknown', 'waits', 'conflicts', 'matches', 'requests', 'derived', 'rules'].map(
    (tab) => `/problems?tab=${tab}`,
  ),
  '/mappings',
  '/mappings?tab=derivations',
  '/mappings?tab=crossrefs',
  '/mappings?tab=crossrefs&table=stores',
  '/mappings/pospal/product',
  '/mappings/pospal/product?view=versions',
  '/mappings/pospal/product?view=lines',
  '/connections',
  '/connections?view=add',
  '/connections?view=configuration',
  ...['overview', 'objects', 'settings', 'secrets', 'adoption'].map(
    (tab) => `/connections?connection=erp&tab=${tab}`,
  ),
  '/syncs',
  ...['rules', 'subscriptions', 'deliveries', 'types'].map((tab) => `/syncs?tab=${tab}`),
  ...['jobs', 'backfills', 'inbox', 'events', 'lanes', 'audit', 'tokens', 'users'].map(
    (tab) => `/work?tab=${tab}`,
  ),
  '/account',
];

async function isThere(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  const busy = page.locator('[aria-busy="true"]:visible, .ant-skeleton:visible');
  await busy.first().waitFor({ state: 'hidden' });
}

/** Texts and labels of three and more words without a Chinese one among them, that are no code. */
function englishOn(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const found = new Set();
    const isSentence = (text) =>
      !/\\p{Script=Han}/u.test(text) && /(^|\\s)[A-Za-z]+ [a-z]+ [a-z]+/.test(text);
    for (const labelled of document.body.querySelectorAll('[aria-label], [placeholder]')) {
      const texts = [labelled.getAttribute('aria-label'), labelled.getAttribute('placeholder')];
      for (const text of texts) if (text !== null && isSentence(text)) found.add(text);
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent.trim();
      const around = node.parentElement;
      if (!around || around.closest('code, pre, .cm-editor, script, style, [lang="en"], svg')) continue;
      if (isSentence(text)) found.add(text);
    }
    return [...found];
  })()`);
}

describe('In the Chinese console', () => {
  test('no page says a sentence in English, and each has one main part', { timeout: 300_000 }, async () => {
    const page = await desk.open('/health', { language: 'zh-CN' });
    const english: string[] = [];
    for (const place of places) {
      await page.goto(`${desk.hub.url}/console${place}`);
      await isThere(page);
      english.push(...(await englishOn(page)).map((text) => `${place}: ${text}`));
      expect([place, await page.locator('main').count()]).toEqual([place, 1]);
      // What opens beside a list.
      const row = page.getByRole('grid').first().getByRole('row').nth(1);
      if ((await row.count()) === 0) continue;
      await row.click();
      await isThere(page);
      english.push(...(await englishOn(page)).map((text) => `${place}, opened: ${text}`));
    }
    expect(english).toEqual([]);
  });

  test('a dead letter, a refusal and a wrong file are told in Chinese, the original at hand', async () => {
    const page = await desk.open('/problems', { language: 'zh-CN', allow: [404] });
    await page.getByRole('row').filter({ hasText: 'apply.unbalanced' }).click();
    await page.getByText('订单各行、运费和抹零合计与实付不符').first().waitFor();
    await page
      .getByText(/^订单的 .+ 合计为 .+，而订单上写的是 99999(\.00)?；请在来源处改正$/)
      .first()
      .waitFor();
    await page.goto(`${desk.hub.url}/console/mappings/pospal/nothing`);
    await page.getByText(/^这里没有使用名为 pospal\/nothing 的映射；现有 /).waitFor();
    await page.getByText('先在 hub.yaml 的某个参与方里写上它。').waitFor();

    await page.goto(`${desk.hub.url}/console/mappings/pospal/product`);
    const text = page.getByRole('textbox', { name: '映射文本' });
    await text.filter({ hasText: 'entity: product' }).click();
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.type('nothing: 1\n');
    await page.getByText('没有这个选项，或没有这个词。').waitFor();
    expect(stuck.unbalanced).toHaveLength(4);
  });
});

describe('Whoever leaves a form they have changed', () => {
  const asked = (page: Page) => page.getByRole('dialog', { name: 'Leave without saving?' });
  const navigation = (page: Page, name: string) =>
    page.getByRole('navigation').getByRole('link', { name, exact: true });

  test('is asked, by the navigation, by the drawer and by the tab; not when it is untouched or saved', async () => {
    const page = await desk.open('/work?tab=tokens');
    const open = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Make a token' }).first().click();
      await page.getByLabel('Name', { exact: true }).waitFor();
    };
    const close = () => page.getByRole('button', { name: 'Close', exact: true }).first().click();
    await open();
    await close();
    await page.getByLabel('Name', { exact: true }).waitFor({ state: 'detached' });

    await open();
    await page.getByLabel('Name', { exact: true }).fill('board');
    await close();
    await asked(page).getByRole('button', { name: 'Stay' }).click();
    await asked(page).waitFor({ state: 'hidden' });
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('board');
    // By the address: somebody goes back.
    await page.evaluate('window.history.back()');
    await asked(page).getByRole('button', { name: 'Stay' }).click();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('board');
    // By the tab.
    const dialog = page.waitForEvent('dialog');
    void page.close({ runBeforeUnload: true });
    const unload = await dialog;
    expect(unload.type()).toBe('beforeunload');
    await unload.dismiss();

    await page.getByRole('button', { name: 'Make a token' }).last().click();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByLabel('Name', { exact: true }).waitFor({ state: 'detached' });
    expect(await asked(page).count()).toBe(0);
    await navigation(page, 'Health').click();
    await page.waitForURL(/\/health/);
  });

  test('finds the text of a mapping again, and leaves by choice', async () => {
    const page = await desk.open('/syncs');
    const matrix = page.getByRole('region', { name: 'Syncs by connection' });
    await matrix.getByRole('link', { name: 'pospal/product' }).first().click();
    await page.waitForURL(/\/mappings\/pospal\/product\?connection=pos/);
    const text = page.getByRole('textbox', { name: 'Text of the mapping' });
    await text.filter({ hasText: 'entity: product' }).click();
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.type('# mine\n');
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('tab', { name: 'Edit (changed)' }).click();
    await navigation(page, 'Health').click();
    await asked(page).getByText('You find it here again').waitFor();
    await desk.expectAccessible(page);
    await asked(page).getByRole('button', { name: 'Leave' }).click();
    await page.waitForURL(/\/health/);
    await page.goBack();
    await text.filter({ hasText: '# mine' }).waitFor();
    expect(await tokenOf(desk.hub)).toBeTruthy();
  });
});
