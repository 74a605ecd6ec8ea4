import { describe, expect, it } from 'vitest';
import { brakeReason, tightest } from './brake.ts';

const policy = { brake: 5, max: 100 };

describe('The brake on deletions', () => {
  it('lets a share up to the brake through, and stops one more', () => {
    expect(brakeReason(policy, { gone: 5, copies: 100 })).toBeUndefined();
    expect(brakeReason(policy, { gone: 6, copies: 100 })).toMatch(/6 of 100 .* 5% may be/);
    expect(brakeReason({ brake: 0.1, max: 100 }, { gone: 3, copies: 3_000 })).toBeUndefined();
    expect(brakeReason({ brake: 0.1, max: 100 }, { gone: 3, copies: 2_999 })).toMatch(/0\.1%/);
  });

  it('stops more than the largest number, however small their share is', () => {
    expect(brakeReason(policy, { gone: 100, copies: 1_000_000 })).toBeUndefined();
    expect(brakeReason(policy, { gone: 101, copies: 1_000_000 })).toMatch(/at most 100 may be/);
  });

  it('stops every deletion of few copies, and all of them at a bound of nought', () => {
    expect(brakeReason(policy, { gone: 1, copies: 3 })).toBeDefined();
    expect(brakeReason({ brake: 100, max: 0 }, { gone: 1, copies: 1_000 })).toBeDefined();
    expect(brakeReason({ brake: 0, max: 0 }, { gone: 0, copies: 0 })).toBeUndefined();
  });

  it('takes the tighter bounds where parties share an object', () => {
    expect(
      tightest([
        { brake: 5, max: 100, fullMs: 1 },
        { brake: 10, max: 7, fullMs: 1 },
      ]),
    ).toEqual({ brake: 5, max: 7 });
  });
});
