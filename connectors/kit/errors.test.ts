import { describe, expect, it } from 'vitest';
import { failureOf } from './conformance/subject.ts';
import { decide, defineErrorTable, fail, isDecision } from './errors.ts';

const table = defineErrorTable([
  { code: ['1', 2], text: /session/i, kind: 'reauth', hubCode: 'x.session-lost', message: 'Signed out.' },
  { status: 429, kind: 'throttle', hubCode: 'x.too-fast', message: 'Too fast.', afterMs: 5000 },
  { status: '5xx', kind: 'retry', hubCode: 'x.down', message: 'The vendor failed with {code}: {text}' },
  { status: [400, 422], kind: 'reject', hubCode: 'x.refused', message: 'Refused.' },
]);

describe('an error table', () => {
  it('decides by the first row whose every condition holds', () => {
    expect(decide(table, { status: 200, code: 1, text: 'Session lost' })?.code).toBe('x.session-lost');
    expect(decide(table, { status: 200, code: '2', text: 'SESSION' })?.code).toBe('x.session-lost');
    expect(decide(table, { status: 422 })?.code).toBe('x.refused');
  });

  it('says nothing when no row matches', () => {
    expect(decide(table, { status: 200 })).toBeUndefined();
    expect(decide(table, { status: 200, code: 1 })).toBeUndefined();
    expect(decide(table, { status: 200, text: 'session' })).toBeUndefined();
  });

  it('carries the wait of a throttle', () => {
    expect(decide(table, { status: 429 })).toEqual({
      kind: 'throttle',
      code: 'x.too-fast',
      message: 'Too fast.',
      afterMs: 5000,
    });
  });

  it('quotes the vendor in one line of readable length, however it tries', () => {
    const text = `line\r\n\u001b[31m${'x'.repeat(1000)}{code}`;
    const message = decide(table, { status: 503, text })?.message ?? '';
    expect(message).toMatch(/^The vendor failed with -: line \[31mx+…$/);
    expect(message.length).toBeLessThan(400);
  });

  it('refuses rows that can never be reached, and patterns that remember', () => {
    const everything = { kind: 'retry', hubCode: 'x.any', message: '' } as const;
    expect(() => defineErrorTable([everything, { ...everything, status: 500 }])).toThrow('hides');
    expect(() => defineErrorTable([{ ...everything, text: /a/g }])).toThrow('flag');
    expect(() => defineErrorTable([{ ...everything, status: 500 }, everything])).not.toThrow();
  });

  it('throws a decision with its cause hidden from the message', async () => {
    const decision = { kind: 'fatal', code: 'x.y', message: 'Wrong secret.' } as const;
    const failure = await failureOf(Promise.resolve().then(() => fail(decision, new Error('inner'))));
    expect(failure.message).toBe('Wrong secret.');
    expect(failure.cause).toBeInstanceOf(Error);
    expect(isDecision(failure, 'fatal')).toBe(true);
    expect(isDecision(failure, 'retry')).toBe(false);
    expect(isDecision(new Error('x'))).toBe(false);
  });
});
