import { expect, test } from 'vitest';
import { addUser } from '../../src/ledger/users.ts';
import { consoleDesk } from './harness.ts';

const desk = consoleDesk({ seed: false });

test('somebody new signs in, chooses a password, and comes to the page they asked for', async () => {
  const { email, password } = await addUser(desk.hub.database, {
    email: 'new@example.com',
    name: '赵敏',
    role: 'operator',
    author: 'test',
  });
  const page = await desk.open('/account?action=deadletters', { role: undefined, allow: [422] });
  await page.getByLabel('Email').waitFor();
  await desk.expectAccessible(page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Type your email address').waitFor();

  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('not-this-one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Email or password is wrong').waitFor();
  expect(await page.getByLabel('Email').inputValue()).toBe(email);

  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Choose a password of your own' }).waitFor();
  await desk.expectAccessible(page);
  const fill = async (now: string, chosen: string): Promise<void> => {
    await page.getByLabel('Password now').fill(now);
    await page.getByLabel('New password', { exact: true }).fill(chosen);
    await page.getByLabel('New password, once more').fill(chosen);
    await page.getByRole('button', { name: 'Change password' }).click();
  };
  await fill('wrong-wrong-wrong', 'lantern-kettle-42');
  await page.getByText('The current password is not this one').waitFor();
  await fill(password, 'lantern-kettle-42');
  await page.getByRole('heading', { name: 'My account' }).waitFor();
  expect(new URL(page.url()).search).toBe('?action=deadletters');

  await page.getByRole('button', { name: 'User menu of 赵敏' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to LianHub' }).waitFor();
});

test('the sign-in and the account look right in both languages', async () => {
  await desk.inspect(
    'sign-in',
    '/sign-in',
    (page) => page.getByRole('button', { name: /^(Sign in|登录)$/ }).waitFor(),
    {
      role: undefined,
    },
  );
  await desk.inspect('account', '/account', async (page) => {
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('users.sign-in').first().waitFor();
  });
});

test('a session that ends asks to sign in again over the page, and what was typed stays', async () => {
  const page = await desk.open('/account', { allow: [401] });
  await page.getByLabel('Only kinds that begin with').fill('dead');
  await page.context().clearCookies();
  await page.getByRole('searchbox', { name: 'Find any number' }).waitFor();
  await page.getByLabel('Only kinds that begin with').press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.getByLabel('Email').fill('admin@example.com');
  await dialog.getByLabel('Password').fill('kettle-lantern-42');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page
    .getByRole('grid', { name: 'What you have decided' })
    .or(page.getByText('You have decided nothing'))
    .waitFor();
  expect(await page.getByLabel('Only kinds that begin with').inputValue()).toBe('dead');
});

test('language, theme and keys are where everybody looks for them, and stay chosen', async () => {
  const page = await desk.open('/account', { language: 'zh-CN', allow: [404] });
  await page.getByRole('heading', { name: '我的账户' }).waitFor();
  await page.getByRole('button', { name: '语言' }).click();
  await page.getByRole('menuitem', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'My account' }).waitFor();
  await page.getByRole('button', { name: 'Light or dark' }).click();
  await page.getByRole('menuitem', { name: 'Dark' }).click();
  await page.reload();
  await page.getByRole('heading', { name: 'My account' }).waitFor();
  expect(await page.evaluate('document.documentElement.style.colorScheme')).toBe('dark');
  await page.keyboard.press('/');
  await page.keyboard.type('W2026');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/find\?q=W2026$/);
  await page.goBack();
  await page.getByRole('heading', { name: 'My account' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
});
