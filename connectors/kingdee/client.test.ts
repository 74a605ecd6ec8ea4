import { afterEach, describe, expect, it } from 'vitest';
import { objectOf, signal } from '../kit/testing.ts';
import { orderItem, type Running, start } from './testing.ts';

let running: Running;
afterEach(async () => {
  await running.close();
});

describe('signing in', () => {
  it.each(['ValidateUser', 'LoginByAppSecret', 'LoginBySign', 'signed'] as const)(
    'works by %s',
    async (auth) => {
      running = await start({ auth });
      expect(await running.session.test(signal)).toMatchObject({ ok: true });
      const items = [orderItem('A-1', [['M01', '1', '1']])];
      const results = await objectOf(running.session, 'SAL_SaleOrder').write({ step: 'save', items, signal });
      expect(results).toMatchObject([{ ok: true }]);
    },
  );

  it.each(['seconds', 'milliseconds'])('works at the gateway with a time in %s', async (timestamp) => {
    running = await start({ auth: 'signed', strictness: 'gateway' }, { timestamp });
    expect(await running.session.test(signal)).toMatchObject({ ok: true });
  });

  it('says what is wrong with the clock, the account set and the white list', async () => {
    const hourAhead = () => Date.now() + 3_600_000;
    running = await start({ auth: 'signed', strictness: 'gateway', now: hourAhead });
    expect(await running.session.test(signal)).toMatchObject({
      ok: false,
      message: expect.stringContaining('clock'),
    });
    await running.close();
    running = await start({ auth: 'signed' }, { acctId: 'other' });
    expect(await running.session.test(signal)).toMatchObject({
      ok: false,
      message: expect.stringContaining('acctId'),
    });
    await running.close();
    running = await start({ barred: ['maker'] });
    expect(await running.session.test(signal)).toMatchObject({
      ok: false,
      message: expect.stringContaining('white list'),
    });
  });

  it('stops after a second lost session instead of trying for ever', async () => {
    running = await start({ auth: 'signed' }, { appId: 'wrong_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4' });
    const list = objectOf(running.session, 'BD_MATERIAL').list({ signal });
    await expect(list).rejects.toMatchObject({ decision: { kind: 'fatal', code: 'kingdee.credentials' } });
    expect(running.simulator.totalCalls()).toBe(2);
  });

  it('is asked for again when a write meets a lost session, and the write happens once', async () => {
    running = await start();
    await running.session.test(signal);
    running.simulator.expireSessions();
    const items = [orderItem('A-2', [['M01', '1', '1']])];
    const results = await objectOf(running.session, 'SAL_SaleOrder').write({ step: 'save', items, signal });
    expect(results).toMatchObject([{ ok: true }]);
    expect(running.simulator.bills('SAL_SaleOrder')).toHaveLength(1);
  });

  it('uses the credential a step names, and a missing right stops the connection', async () => {
    running = await start();
    const orders = objectOf(running.session, 'SAL_SaleOrder');
    const items = [{ ...orderItem('A-3', []), remoteId: '1', remoteNumber: 'A-3' }];
    await expect(orders.write({ step: 'audit', items, signal })).rejects.toMatchObject({
      decision: { kind: 'fatal', code: 'kingdee.no-permission' },
    });
    await expect(orders.write({ step: 'audit', as: 'nobody', items, signal })).rejects.toMatchObject({
      decision: { kind: 'fatal', code: 'kingdee.credential' },
    });
  });
});

describe('a site that limits parallel calls', () => {
  it('slows the connection down', async () => {
    running = await start({ maxParallel: 0 });
    const list = objectOf(running.session, 'BD_MATERIAL').list({ signal });
    await expect(list).rejects.toMatchObject({ decision: { kind: 'throttle', afterMs: 10_000 } });
  });
});
