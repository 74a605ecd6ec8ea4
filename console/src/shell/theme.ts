/** Light and dark: the tokens of Ant Design, chosen so that every text has the contrast WCAG 2 AA asks for. */
import { theme as antd, type ThemeConfig } from 'antd';
import { useSyncExternalStore } from 'react';

export type Brightness = 'light' | 'dark';
/** `system`: as the browser wishes. */
export type BrightnessChoice = Brightness | 'system';

const storageKey = 'lianhub.brightness';

/** Class under which the tokens are CSS variables (`--ant-color-text`), set on the whole document. */
export const variablesClass = 'lianhub';

const common = {
  borderRadius: 4,
  fontFamily:
    "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans', sans-serif",
  fontFamilyCode: "ui-monospace, 'SFMono-Regular', Consolas, 'Noto Sans Mono', 'Liberation Mono', monospace",
} as const;

export function themeOf(brightness: Brightness): ThemeConfig {
  const dark = brightness === 'dark';
  // Nothing moves for somebody whose system is set to less motion.
  const motion = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches !== true;
  return {
    cssVar: { key: variablesClass },
    hashed: false,
    algorithm: dark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: dark
      ? {
          ...common,
          motion,
          colorPrimary: '#7cb8ff',
          colorInfo: '#7cb8ff',
          colorLink: '#8fbcf5',
          colorSuccess: '#7ed957',
          colorWarning: '#f5c342',
          colorError: '#ff9491',
          colorTextSecondary: 'rgba(255,255,255,0.75)',
          colorTextTertiary: 'rgba(255,255,255,0.65)',
          colorTextPlaceholder: 'rgba(255,255,255,0.55)',
          colorTextDescription: 'rgba(255,255,255,0.65)',
          // Links stand on it.
          controlItemBgActive: '#172840',
        }
      : {
          ...common,
          motion,
          colorPrimary: '#0958d9',
          colorInfo: '#0958d9',
          colorLink: '#0958d9',
          colorSuccess: '#237804',
          colorWarning: '#ad4e00',
          colorError: '#cf1322',
          colorPrimaryHover: '#0b4fc0',
          colorLinkHover: '#0b4fc0',
          // Of these dark colours the algorithm would make greys.
          colorSuccessBg: '#f6ffed',
          colorSuccessBgHover: '#d9f7be',
          colorSuccessBorder: '#b7eb8f',
          colorWarningBg: '#fffbe6',
          colorWarningBgHover: '#fff1b8',
          colorWarningBorder: '#ffe58f',
          colorErrorBg: '#fff2f0',
          colorErrorBgHover: '#ffe1de',
          colorErrorBorder: '#ffccc7',
          colorInfoBg: '#e6f4ff',
          colorInfoBgHover: '#bae0ff',
          colorInfoBorder: '#91caff',
          colorTextSecondary: 'rgba(0,0,0,0.72)',
          colorTextTertiary: 'rgba(0,0,0,0.62)',
          colorTextPlaceholder: 'rgba(0,0,0,0.58)',
          colorTextDescription: 'rgba(0,0,0,0.62)',
        },
    components: {
      Layout: { headerHeight: 56, headerPadding: '0 16px' },
      // White on the bright colours of the dark theme would be too faint, and they on the chosen page as well.
      ...(dark
        ? {
            Button: { primaryColor: '#000', dangerColor: '#000' },
            Menu: { itemSelectedColor: '#b5d5ff', itemSelectedBg: '#1d3350' },
          }
        : {}),
    },
  };
}

const system = globalThis.matchMedia?.('(prefers-color-scheme: dark)');
const hearing = new Set<() => void>();
let chosen = storedChoice();

function storedChoice(): BrightnessChoice {
  const text = globalThis.localStorage?.getItem(storageKey);
  return text === 'light' || text === 'dark' ? text : 'system';
}

function subscribe(hear: () => void): () => void {
  hearing.add(hear);
  system?.addEventListener('change', hear);
  return () => {
    hearing.delete(hear);
    system?.removeEventListener('change', hear);
  };
}

function brightnessNow(): Brightness {
  if (chosen !== 'system') return chosen;
  return system?.matches ? 'dark' : 'light';
}

export function chooseBrightness(choice: BrightnessChoice): void {
  chosen = choice;
  if (choice === 'system') localStorage.removeItem(storageKey);
  else localStorage.setItem(storageKey, choice);
  for (const hear of hearing) hear();
}

export function useBrightness(): Brightness {
  return useSyncExternalStore(subscribe, brightnessNow);
}

export function useBrightnessChoice(): BrightnessChoice {
  return useSyncExternalStore(subscribe, () => chosen);
}
