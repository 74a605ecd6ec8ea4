import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { silentLogger } from '../../log.ts';
import { etagOf, expectMatch } from './preconditions.ts';
import { refusal } from './refusals.ts';

test('a change is let through only when it knows what is there', async () => {
  const now = etagOf(['sub', 7]);
  const app = new Hono();
  app.put('/', (context) => {
    expectMatch(context, now);
    return context.text('changed');
  });
  app.onError(refusal(silentLogger()));
  const put = async (ifMatch?: string) =>
    (await app.request('/', { method: 'PUT', headers: ifMatch === undefined ? {} : { 'if-match': ifMatch } }))
      .status;
  expect(now).toMatch(/^"[\w-]{22}"$/);
  expect(etagOf(['sub', 8])).not.toBe(now);
  expect(await put()).toBe(428);
  expect(await put(etagOf(['sub', 6]))).toBe(412);
  expect(await put(`W/${now}`)).toBe(412);
  expect(await put(`"other", ${now}`)).toBe(200);
  expect(await put('*')).toBe(200);
});
