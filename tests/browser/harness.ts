/**
 * The console in Chromium over a hub of its own:
 *
 * @example
 * const desk = consoleDesk();
 * test('an operator …', async () => {
 *   const page = await desk.open('/problems', { role: 'operator', language: 'zh-CN' });
 *   await page.getByRole('button', { name: '重试' }).click();
 *   await desk.expectAccessible(page);
 * });
 *
 * After each test it is checked, for every page that was open, that no request has left the hub, that nothing was
 * written to the browser's console as an error, and that no answer failed but those the test has allowed.
 */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { packageRoot } from '../../src/hub.ts';
import type { Role } from '../../src/security/index.ts';
import { startTestHub, type TestHub, type TestHubOptions } from '../harness.ts';
import { settledUser } from '../support/browser.ts';
import { seriousViolations } from './accessibility.ts';
import { launchChromium } from './chromium.ts';

export type Language = 'zh-CN' | 'en';

export interface OpenOptions {
  /** Who looks; undefined: nobody has signed in. @default 'admin' */
  readonly role?: Role | undefined;
  /** @default 'en' */
  readonly language?: Language;
  readonly brightness?: 'light' | 'dark';
  /** Before the page is opened: e.g. `page.route` to let the API fail. */
  readonly before?: (page: Page) => Promise<unknown>;
  /** Statuses answers may have in this test beside those below 400, e.g. `[403]`. 401 before somebody signs in is one always. */
  readonly allow?: readonly number[];
  /** Requests may fail: the network is cut in this test. */
  readonly offline?: boolean;
}

export interface Desk {
  readonly hub: TestHub;
  /** Opens a place of the console (`/health?…`) in a browser of its own. */
  open(place: string, options?: OpenOptions): Promise<Page>;
  /** Fails for serious violations of accessibility rules. */
  expectAccessible(page: Page): Promise<void>;
  /**
   * Looks at a place as its address alone shows it: in Chinese, after a reload in English, after going somewhere else and
   * back, and in the dark. Accessibility is checked in each. `ready` waits until everything is there. With
   * LIANHUB_SCREENSHOTS set, docs/console/<name>.<language>.png are taken; not of a place without a name.
   */
  inspect(
    name: string | undefined,
    place: string,
    ready: (page: Page) => Promise<unknown>,
    who?: Pick<OpenOptions, 'role'>,
  ): Promise<void>;
  /** Milliseconds from opening a place with nothing in the browser's store until `ready`. */
  timeToUse(place: string, ready: (page: Page) => Promise<unknown>): Promise<number>;
}

const password = 'kettle-lantern-42';
const size = { width: 1360, height: 860 };
const picturesFolder = path.join(packageRoot, 'docs/console');

/** What a page did that it should not do. */
interface Watched {
  readonly page: Page;
  readonly faults: string[];
}

/** A hub and a browser for the tests of a file. `prepare`: what the hub is to know before the first test. */
export function consoleDesk(
  options: TestHubOptions = {},
  prepare: (hub: TestHub) => Promise<unknown> = async () => undefined,
): Desk {
  let started: { hub: TestHub; browser: Browser } | undefined;
  const sessions = new Map<Role, Promise<readonly [string, string][]>>();
  const watched: Watched[] = [];
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    const [hub, browser] = await Promise.all([startTestHub(options), launchChromium()]);
    started = { hub, browser };
    await prepare(hub);
  });
  afterAll(async () => {
    await started?.browser.close();
    await started?.hub.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepWhatWasSeen(task.name, watched);
    const faults = watched.splice(0).flatMap((one) => one.faults);
    for (const context of contexts.splice(0)) await context.close();
    expect(faults).toEqual([]);
  });

  const current = (): { hub: TestHub; browser: Browser } => {
    if (!started) throw new Error('the hub has not been started');
    return started;
  };

  /** Cookies of a user with a role; made once. */
  const sessionOf = (role: Role): Promise<readonly [string, string][]> => {
    const made = sessions.get(role) ?? signIn(current().hub, role);
    sessions.set(role, made);
    return made;
  };

  const open = async (place: string, wish: OpenOptions = {}): Promise<Page> => {
    const { hub, browser } = current();
    const { language = 'en', brightness = 'light', allow = [], offline = false, before } = wish;
    const context = await browser.newContext({
      viewport: size,
      locale: language,
      timezoneId: 'Asia/Shanghai',
      colorScheme: brightness,
      reducedMotion: 'reduce',
    });
    contexts.push(context);
    const role = 'role' in wish ? wish.role : 'admin';
    if (role !== undefined) {
      const cookies = await sessionOf(role);
      await context.addCookies(cookies.map(([name, value]) => ({ name, value, url: hub.url })));
    }
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    watched.push(watch(page, hub.url, [...allow, ...(role === undefined ? [401] : [])], offline));
    await before?.(page);
    await page.goto(`${hub.url}/console${place}`);
    return page;
  };

  const desk: Desk = {
    get hub() {
      return current().hub;
    },
    open,
    async expectAccessible(page) {
      await settled(page);
      expect(await seriousViolations(page)).toEqual([]);
    },
    async inspect(name, place, ready, who = {}) {
      const page = await open(place, { ...who, language: 'zh-CN' });
      await ready(page);
      const address = page.url();
      const look = async (language: Language): Promise<void> => {
        await ready(page);
        expect(page.url()).toBe(address);
        await desk.expectAccessible(page);
        if (name && process.env.LIANHUB_SCREENSHOTS) await takePicture(page, `${name}.${language}`);
      };
      await look('zh-CN');
      // As the menu of languages does; what is seen after a reload is what the address says.
      await page.evaluate(`localStorage.setItem('lianhub.language', 'en')`);
      await page.reload();
      await look('en');
      // Somewhere else without leaving the console, as by a link, and back by the button of the browser.
      if (!('role' in who && who.role === undefined)) {
        const [elsewhere, title] = place.startsWith('/account')
          ? ['/find', 'Find']
          : ['/account', 'My account'];
        await page.evaluate(`history.pushState(null, '', '/console${elsewhere}')`);
        await page.getByRole('heading', { name: title, level: 1 }).waitFor();
        await page.goBack();
        await ready(page);
        expect(page.url()).toBe(address);
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.locator('html[style*="color-scheme: dark"]').waitFor();
      await desk.expectAccessible(page);
    },
    async timeToUse(place, ready) {
      await sessionOf('admin');
      const page = await open(place);
      await ready(page);
      // The page's own clock: it begins when the address is opened.
      const took = (await page.evaluate('performance.now()')) as number;
      await page.close();
      return took;
    },
  };
  return desk;
}

async function signIn(hub: TestHub, role: Role): Promise<readonly [string, string][]> {
  const names: Readonly<Record<Role, string>> = {
    viewer: '陈静',
    operator: '王磊',
    integrator: '李娜',
    admin: '张伟',
  };
  const user = { email: `${role}@example.com`, name: names[role], role, scopes: [] };
  return [...(await settledUser(hub, user, password)).browser.cookies];
}

/** Pictures of the pages of a test that has failed, into a temporary folder; says where, and what was wrong with them. */
async function keepWhatWasSeen(test: string, watched: readonly Watched[]): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-failed-'));
  for (const [at, { page, faults }] of watched.entries()) {
    const file = path.join(folder, `${at + 1}.png`);
    const seen = await page.screenshot({ path: file }).catch((error: unknown) => String(error));
    console.error(
      `${test}\n  ${page.url()}\n  ${typeof seen === 'string' ? seen : file}\n  ${faults.join('\n  ')}`,
    );
  }
}

function watch(page: Page, origin: string, allowed: readonly number[], offline: boolean): Watched {
  const faults: string[] = [];
  page.on('request', (request) => {
    const to = new URL(request.url());
    if (to.protocol.startsWith('http') && to.origin !== origin) faults.push(`a request left the hub: ${to}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !allowed.includes(response.status()))
      faults.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  page.on('pageerror', (error) => faults.push(`an error nobody caught: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // Chromium says of each failed request that it failed; `response` above has looked at it.
    if (/^Failed to load resource: the server responded/.test(message.text())) return;
    if (offline && /ERR_|Failed to load resource/.test(message.text())) return;
    faults.push(`console: ${message.text()}`);
  });
  return { page, faults };
}

/** A picture of all that scrolls in the window, in docs/console. */
async function takePicture(page: Page, name: string): Promise<void> {
  const hidden =
    await page.evaluate(`Math.max(0, ...[...document.querySelectorAll('#content, .ant-drawer-body')]
    .map(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight))`);
  await page.setViewportSize({
    width: size.width,
    height: Math.min(2_400, size.height + Number(hidden)),
  });
  await settled(page);
  await mkdir(picturesFolder, { recursive: true });
  const file = path.join(picturesFolder, `${name}.png`);
  const picture = await page.screenshot({ animations: 'disabled', caret: 'hide', path: file });
  // A page that shows nothing compresses to next to nothing.
  expect(picture.byteLength).toBeGreaterThan(20_000);
  await page.setViewportSize(size);
}

/** Waits until nothing moves any more: colours half way are nobody's. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    await document.fonts.ready;
    const isLasting = (one) => one.effect.getTiming().iterations === Infinity;
    let moving;
    while ((moving = document.getAnimations().filter((one) => one.playState === 'running' && !isLasting(one))).length > 0)
      await Promise.allSettled(moving.map((one) => one.finished));
  })()`);
}
