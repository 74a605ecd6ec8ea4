import { defineTexts } from '../../language/index.ts';

export const texts = defineTexts('account', {
  title: { en: 'My account', 'zh-CN': '我的账户' },
  lead: { en: 'Who you are here, what you may do, your password.', 'zh-CN': '您的身份、权限与密码。' },
  who: { en: 'Who you are', 'zh-CN': '身份' },
  name: { en: 'Name', 'zh-CN': '名称' },
  email: { en: 'Email', 'zh-CN': '邮箱' },
  role: { en: 'Role', 'zh-CN': '角色' },
  scopes: { en: 'You may', 'zh-CN': '权限' },
  read: { en: 'look at everything, personal data hidden', 'zh-CN': '查看全部内容（个人信息隐藏）' },
  operate: {
    en: 'do the daily work: try again, leave, pause, decide',
    'zh-CN': '日常处理：重试、跳过、暂停、裁决',
  },
  configure: { en: 'change mappings, rules and subscriptions', 'zh-CN': '修改映射、规则与订阅' },
  admin: { en: 'manage users and read the audit log', 'zh-CN': '管理用户、查看审计日志' },
  'pii:read': { en: 'see personal data; each look is noted', 'zh-CN': '查看个人信息（每次查看留痕）' },
  password: { en: 'Password', 'zh-CN': '密码' },
  passwordChanged: {
    en: 'Your password is changed; all your other sessions have ended.',
    'zh-CN': '密码已修改，您的其他会话均已结束。',
  },
  decisions: { en: 'What you have decided', 'zh-CN': '我的操作记录' },
  decision: { en: 'Decision {{id}}', 'zh-CN': '操作 {{id}}' },
  at: { en: 'When', 'zh-CN': '时间' },
  action: { en: 'What', 'zh-CN': '操作' },
  subject: { en: 'About', 'zh-CN': '对象' },
  details: { en: 'Details', 'zh-CN': '详情' },
  filter: { en: 'Only kinds that begin with…', 'zh-CN': '仅显示类型以此开头的…' },
  noDecisions: {
    en: 'You have decided nothing yet. What you try again, leave or change is kept here, for everybody to see.',
    'zh-CN': '暂无操作记录。您的重试、跳过或修改会记录在此，可供审计。',
  },
});
