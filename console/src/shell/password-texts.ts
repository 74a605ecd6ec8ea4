import { defineTexts } from '../language/index.ts';

export const passwordTexts = defineTexts('password', {
  current: { en: 'Password now', 'zh-CN': '当前密码' },
  currentMissing: { en: 'Type the password you use now', 'zh-CN': '请输入当前密码' },
  chosen: { en: 'New password', 'zh-CN': '新密码' },
  rule: { en: 'At least {{shortest}} characters', 'zh-CN': '至少 {{shortest}} 个字符' },
  tooShort: { en: 'Use at least {{shortest}} characters', 'zh-CN': '请使用至少 {{shortest}} 个字符' },
  repeated: { en: 'New password, once more', 'zh-CN': '再次输入新密码' },
  different: { en: 'The two are not the same', 'zh-CN': '两次输入不一致' },
  change: { en: 'Change password', 'zh-CN': '修改密码' },
});
