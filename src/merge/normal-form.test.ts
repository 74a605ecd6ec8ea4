import { describe, expect, it } from 'vitest';
import { isNormalForm } from './normal-form.ts';
import { mergeState } from './state.ts';

describe('What a system makes of what was sent to it', () => {
  it.each([
    ['trimmed', '张三', ' 张三  '],
    ['blanks joined, full-width narrowed', 'A 1', 'Ａ  １'],
    ['rounded up', '12.35', '12.345'],
    ['rounded down', '12.34', '12.345'],
    ['without trailing zeros', '12', '12.000'],
    ['a negative rounded', '-0.1', '-0.14'],
    ['a time without fractions', '2026-01-01T10:20:30.000Z', '2026-01-01T10:20:30.517Z'],
    ['a time without seconds', '2026-01-01T10:20:00Z', '2026-01-01T10:20:30Z'],
    ['in another order', ['b', 'a '], ['a', 'b']],
    [
      'a phone in another dress',
      { kind: 'real', e164: '+8613800000000', display: '138 0000 0000' },
      { kind: 'real', e164: '+8613800000000', display: '13800000000' },
    ],
  ])('is its copy when it is %s', (_how, shown, sent) => {
    expect(isNormalForm(shown, sent)).toBe(true);
  });

  it.each([
    ['another text', '李四', '张三'],
    ['a shorter text', '张', '张三'],
    ['another number', '12.5', '12.345'],
    ['finer than what was sent', '12.3451', '12.345'],
    ['another minute', '2026-01-01T10:21:00Z', '2026-01-01T10:20:30Z'],
    ['an element less', ['a'], ['a', 'b']],
    [
      'another phone',
      { kind: 'real', e164: '+8613800000001', display: '1' },
      { kind: 'real', e164: '+8613800000000', display: '1' },
    ],
    ['nothing', undefined, 'x'],
  ])('is an edit when it is %s', (_how, shown, sent) => {
    expect(isNormalForm(shown, sent)).toBe(false);
  });

  it('changes nothing when it comes back, and what is edited there afterwards is no conflict', () => {
    const merge = (theirs: object, incoming: object, outstanding?: object) =>
      mergeState({
        golden: { name: ' 张三', discount: '9.555' },
        theirs: { ...theirs },
        incoming: { ...incoming },
        ...(outstanding ? { outstanding: { ...outstanding } } : {}),
        origin: { connection: 'a', at: '2026-01-02T00:00:00Z' },
        rules: { conflict: 'park' },
        provenance: {
          name: { connection: 'b', at: '2026-01-01T00:00:00Z', takenAt: '2026-01-01T00:00:00Z' },
        },
        now: '2026-01-02T00:00:00Z',
      });
    const sent = { name: ' 张三', discount: '9.555' };
    const back = merge({ name: '旧', discount: '9' }, { name: '张三', discount: '9.56' }, sent);
    expect(back).toMatchObject({ patch: {}, conflicts: [] });
    const edited = merge({ name: '张三', discount: '9.56' }, { name: '王五', discount: '9.56' });
    expect(edited).toMatchObject({ patch: { name: { to: '王五' } }, conflicts: [] });
  });
});
