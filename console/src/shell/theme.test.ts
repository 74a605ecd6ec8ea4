import { theme } from 'antd';
import { expect, onTestFinished, test, vi } from 'vitest';
import { themeOf } from './theme.ts';

/** Of a colour as `#rrggbb`, as WCAG 2 defines it. */
function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

test.each(['light', 'dark'] as const)('what a tag says in its colour can be read: %s', (brightness) => {
  const tokens = theme.getDesignToken(themeOf(brightness));
  const kinds = {
    success: [tokens.colorSuccess, tokens.colorSuccessBg],
    warning: [tokens.colorWarning, tokens.colorWarningBg],
    error: [tokens.colorError, tokens.colorErrorBg],
    processing: [tokens.colorInfo, tokens.colorInfoBg],
  } as const;
  for (const [kind, [text, ground]] of Object.entries(kinds))
    expect([kind, contrast(text, ground) >= 4.5], `${text} on ${ground}`).toEqual([kind, true]);
});

test('nothing moves for somebody whose system is set to less motion', () => {
  expect(theme.getDesignToken(themeOf('light')).motion).toBe(true);
  onTestFinished(() => void vi.unstubAllGlobals());
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: query === '(prefers-reduced-motion: reduce)' }));
  expect(theme.getDesignToken(themeOf('light')).motion).toBe(false);
});
