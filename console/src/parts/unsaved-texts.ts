import { defineTexts } from '../language/index.ts';

export const unsavedTexts = defineTexts('unsaved', {
  title: { en: 'Leave without saving?', 'zh-CN': '不保存就离开吗？' },
  lost: {
    en: 'What you have changed here is not saved yet. If you leave, it is lost.',
    'zh-CN': '您在这里的修改尚未保存，离开后将丢失。',
  },
  kept: {
    en: 'What you have changed here is not in use yet. You find it here again until this tab is closed.',
    'zh-CN': '您在这里的修改尚未生效。关闭此标签页之前，回到这里仍可继续。',
  },
  stay: { en: 'Stay', 'zh-CN': '留在此页' },
  leave: { en: 'Leave', 'zh-CN': '离开' },
});
