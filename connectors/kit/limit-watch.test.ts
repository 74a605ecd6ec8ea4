import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { Faults, faultMiddleware } from './faults.ts';
import { LimitWatch } from './limit-watch.ts';
import { SimulatorClock } from './simulator-clock.ts';
import { TokenDesk } from './token-desk.ts';

describe('what a simulator counts', () => {
  it('is calls in any second, however it begins, per unit', () => {
    let now = 0;
    const watch = new LimitWatch({ perSecond: 2, concurrent: 2 }, () => now);
    for (const moment of [0, 900, 1100]) {
      now = moment;
      watch.enter('a').leave();
    }
    expect(watch.violations).toBe(0);
    now = 1500;
    expect(watch.enter('a').exceeded).toEqual(['perSecond']);
    expect(watch.enter('b').exceeded).toEqual([]);
    expect(watch.counts).toMatchObject({ calls: 5, most: { perSecond: 3 }, exceeded: { perSecond: 1 } });
  });

  it('is calls at the same time, and one in a longer stretch where the limit is below one', () => {
    let now = 0;
    const watch = new LimitWatch({ perMinute: 0.5, concurrent: 1 }, () => now);
    const first = watch.enter();
    expect(watch.enter().exceeded).toEqual(['perMinute', 'concurrent']);
    first.leave();
    now = 300_000;
    watch.limits = { perMinute: 0.5 };
    expect(watch.enter().exceeded).toEqual([]);
    now += 119_000;
    expect(watch.enter().exceeded).toEqual(['perMinute']);
  });

  it('is refused in the words of the vendor, or let through and counted', async () => {
    const watch = new LimitWatch({ perMinute: 1 });
    const app = new Hono();
    app.use(watch.middleware(undefined, (context, exceeded) => context.text(exceeded.join(), 429)));
    app.get('/', (context) => context.text('in'));
    expect((await app.request('/')).status).toBe(200);
    const second = await app.request('/');
    expect([second.status, await second.text()]).toEqual([429, 'perMinute']);
    expect(watch.counts.exceeded.perMinute).toBe(1);
  });

  it('is tokens: one of a subject is good until it ends, and wrong secrets lock out', () => {
    const clock = new SimulatorClock(1000);
    const desk = new TokenDesk({ ttlMs: 100, now: clock.now, lockAfter: 2 });
    const first = desk.issue('a', true);
    const second = desk.issue('a', true);
    if (typeof first === 'string' || typeof second === 'string') throw new Error('no token');
    expect([desk.stateOf(first.token), desk.stateOf(second.token)]).toEqual(['expired', 'good']);
    expect([desk.subjectOf(second.token), desk.subjectOf(first.token)]).toEqual(['a', undefined]);
    clock.advance(100);
    expect(desk.stateOf(second.token)).toBe('expired');
    expect(desk.stateOf('other')).toBe('unknown');
    expect([desk.issue('a', false), desk.issue('a', false), desk.issue('a', true)]).toEqual([
      'wrong',
      'wrong',
      'locked',
    ]);
    expect(desk.asked).toBe(5);
  });

  it('is answered as a test says, once, and nothing is done', async () => {
    const faults = new Faults();
    const app = new Hono();
    app.use(faultMiddleware(faults));
    app.get('*', (context) => context.text('done'));
    faults.answer(1, { status: 418, body: { code: 7 } }, 'tea');
    expect(await (await app.request('/coffee')).text()).toBe('done');
    const canned = await app.request('/tea');
    expect([canned.status, await canned.json()]).toEqual([418, { code: 7 }]);
    expect(faults.waiting).toBe(0);
    expect(await (await app.request('/tea')).text()).toBe('done');
  });
});
