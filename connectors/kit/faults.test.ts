import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf, patient } from './conformance/subject.ts';
import { countCalls, Faults, faultMiddleware } from './faults.ts';
import { createHttpClient, type HttpAnswer, type HttpClient } from './http.ts';
import { type Served, serve } from './simulator.ts';

let faults: Faults;
let calls: Map<string, number>;
let effects: number;
let served: Served;
let client: HttpClient;

beforeEach(async () => {
  faults = new Faults();
  calls = new Map();
  effects = 0;
  const app = new Hono();
  app.use(countCalls(calls));
  app.use(faultMiddleware(faults));
  app.post('/:file', (context) => {
    effects++;
    return context.json({ ok: true });
  });
  served = await serve(app);
  client = createHttpClient({ connection: 'test', timeoutMs: 2000 });
});

afterEach(async () => {
  client.close();
  await served.close();
});

function call(operation = 'Save', signal = patient()): Promise<HttpAnswer> {
  const url = `${served.url}/Service.${operation}.common`;
  return client.send({ operation, method: 'POST', url, write: true, signal });
}

describe('a fault', () => {
  it('happens as often as asked and then no more', async () => {
    faults.next(2, 'error500');
    const statuses = [await call(), await call(), await call()].map((answer) => answer.status);
    expect(statuses).toEqual([500, 500, 200]);
    expect(effects).toBe(1);
  });

  it('after the effect has had its effect', async () => {
    faults.next(1, 'error500AfterEffect');
    expect((await call()).status).toBe(500);
    expect(effects).toBe(1);
  });

  it('with no answer after the effect holds the connection open until the server closes', async () => {
    faults.next(1, 'timeoutAfterEffect');
    const silent = failureOf(call());
    await expect.poll(() => effects).toBe(1);
    await served.close();
    expect((await silent).decision.code).toBe('http.no-answer');
  });

  it('with no answer outlasts a caller who gives up', async () => {
    faults.next(1, 'timeoutAfterEffect');
    const stop = new AbortController();
    const given = failureOf(call('Save', stop.signal));
    await expect.poll(() => effects).toBe(1);
    stop.abort();
    expect((await given).decision.kind).toBe('unknown');
    expect((await call()).status).toBe(200);
  });

  it('of a refused connection does nothing and says nothing', async () => {
    faults.next(1, 'refuse');
    expect((await failureOf(call())).decision.code).toBe('http.no-answer');
    expect(effects).toBe(0);
  });

  it('of garbage answers 200 with a login page and does nothing', async () => {
    faults.next(1, 'garbage');
    const answer = await call();
    expect([answer.status, answer.text().startsWith('<!DOCTYPE html>'), effects]).toEqual([200, true, 0]);
  });

  it('slows down one call, latency all of them', async () => {
    faults.slowMs = 30;
    faults.latencyMs = 20;
    faults.next(1, 'slow');
    const started = performance.now();
    await call();
    expect(performance.now() - started).toBeGreaterThan(45);
    await call();
    expect(performance.now() - started).toBeGreaterThan(65);
  });

  it('meets only the operation it is meant for', async () => {
    faults.next(1, 'error500', 'Save');
    expect((await call('BatchSave')).status).toBe(200);
    expect((await call('Save')).status).toBe(500);
  });

  it('that simulators make themselves waits for them', async () => {
    faults.next(1, 'halfPage', 'List');
    expect((await call()).status).toBe(200);
    expect([
      faults.take('halfPage', 'Other'),
      faults.take('halfPage', 'List'),
      faults.take('halfPage', 'List'),
    ]).toEqual([false, true, false]);
  });

  it('can be called off', async () => {
    faults.next(Number.POSITIVE_INFINITY, 'error500');
    expect((await call()).status).toBe(500);
    faults.clear();
    expect([faults.waiting, (await call()).status]).toEqual([0, 200]);
  });
});

describe('a simulator', () => {
  it('counts every call, those that failed on purpose too', async () => {
    faults.next(1, 'error500');
    await call();
    await call();
    expect(calls.get('/Service.Save.common')).toBe(2);
  });

  it('says so when its port is taken', async () => {
    await expect(serve(new Hono(), Number(new URL(served.url).port))).rejects.toThrow('EADDRINUSE');
  });

  it('can be closed twice, with connections open', async () => {
    await call();
    await Promise.all([served.close(), served.close()]);
  });
});
