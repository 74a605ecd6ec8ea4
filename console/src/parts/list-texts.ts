import { defineTexts } from '../language/index.ts';

/** Of filters above lists, and of what is shown once. */
export const texts = defineTexts('list', {
  filters: { en: 'Filters', 'zh-CN': '筛选' },
  any: { en: 'any', 'zh-CN': '全部' },
  refresh: { en: 'Read again', 'zh-CN': '刷新' },
  once: {
    en: 'This is shown this once and kept nowhere. Copy it now.',
    'zh-CN': '仅显示这一次，系统不会再次展示，请立即复制。',
  },
  copy: { en: 'Copy', 'zh-CN': '复制' },
  copied: { en: 'Copied', 'zh-CN': '已复制' },
  kept: { en: 'I have kept it', 'zh-CN': '我已保存' },
});
