import { defineTexts } from '../../../language/index.ts';

export const formTexts = defineTexts('connection-form', {
  optional: { en: '(optional)', 'zh-CN': '（可选）' },
  missing: { en: 'This is needed', 'zh-CN': '此项必填' },
  keyMissing: { en: 'Give it a name', 'zh-CN': '请填写名称' },
  key: { en: 'Name', 'zh-CN': '名称' },
  value: { en: 'Value', 'zh-CN': '值' },
  add: { en: 'Add', 'zh-CN': '添加' },
  remove: { en: 'Remove', 'zh-CN': '移除' },
  yes: { en: 'yes', 'zh-CN': '是' },
  no: { en: 'no', 'zh-CN': '否' },
  fallback: { en: 'Default: {{value}}', 'zh-CN': '默认：{{value}}' },
  isSet: { en: 'Set; type to replace it', 'zh-CN': '已设置；输入新值即可替换' },
  texts: { en: 'Type, then Enter', 'zh-CN': '输入后按回车' },
  json: { en: 'JSON', 'zh-CN': 'JSON' },
  number: { en: 'A number', 'zh-CN': '需为数字' },
  wholeNumber: { en: 'A whole number', 'zh-CN': '需为整数' },
  wrongNumber: { en: '{{kind}} {{bounds}}', 'zh-CN': '{{kind}} {{bounds}}' },
  wrongPattern: { en: 'It has to look like {{pattern}}', 'zh-CN': '格式须符合 {{pattern}}' },
  wrongJson: { en: 'This is no JSON', 'zh-CN': '不是有效的 JSON' },
  tooLong: { en: 'At most {{longest}} characters', 'zh-CN': '最多 {{longest}} 个字符' },
});
