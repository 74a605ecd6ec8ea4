import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { consoleFiles } from './console.ts';

const plain = (coding: string, bytes: Buffer): string =>
  (coding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes)).toString('utf8');

test('the console says so when it was not built, and is served as it was built', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-console-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const app = consoleFiles(folder);
  const get = async (to: string, headers: Record<string, string> = {}) => {
    const answer = await app.request(to, { headers });
    const coding = answer.headers.get('content-encoding');
    return coding === null
      ? answer
      : new Response(plain(coding, Buffer.from(await answer.arrayBuffer())), answer);
  };
  const absent = await get('/console/', { accept: 'application/json' });
  expect([absent.status, ((await absent.json()) as { code: string }).code]).toEqual([
    404,
    'console.not-built',
  ]);
  expect(await (await get('/console/', { accept: 'text/html' })).text()).toContain('npm start builds it');
  expect((await get('/')).status).toBe(404);

  const script = `console.log('${'lianhub '.repeat(200)}')`;
  await mkdir(path.join(folder, 'assets'));
  await writeFile(path.join(folder, 'assets/index-a1b2.js'), script);
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>Console</title>');
  const root = await get('/');
  expect([root.status, root.headers.get('location')]).toEqual([302, '/console/']);
  for (const page of ['/console/', '/console/problems', '/console/orders/42?tab=a']) {
    const answer = await get(page);
    expect(await answer.text(), page).toContain('<title>Console</title>');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
  for (const [accepted, used] of [
    ['gzip, br', 'br'],
    ['gzip, br;q=0', 'gzip'],
    ['identity', null],
  ] as const) {
    const answer = await get('/console/assets/index-a1b2.js', { 'accept-encoding': accepted });
    expect([answer.headers.get('content-encoding'), await answer.text()]).toEqual([used, script]);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(answer.headers.get('content-type')).toContain('text/javascript');
  }
  for (const none of [
    '/console/assets/gone.js',
    '/console/..%2f..%2fpackage.json',
    '/console/%2e%2e/%2e%2e/etc/passwd.txt',
  ])
    expect((await get(none)).status, none).toBe(404);
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>Newer</title>');
  // Files keep their time to a fraction of a second at best.
  await utimes(path.join(folder, 'index.html'), new Date(), new Date(Date.now() + 5_000));
  expect(await (await get('/console/')).text()).toContain('Newer');
});
